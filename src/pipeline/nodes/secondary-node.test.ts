import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, type FrameMeta, liveFrames, toLine } from '../../core/index.js';
import { unfit } from '../../vision/index.js';
import type { PipelineConfigInput } from '../config.js';
import type { FrameResult } from '../frame-result.js';
import { openPipeline } from '../pipeline.js';
import { type Answers, engineOf, found, media, models, random, told } from './secondary.test.support.js';

type Nodes = PipelineConfigInput['nodes'];
const graph = (nodes: Nodes): PipelineConfigInput => ({ version: 1, sources: { a: 'a.mp4' }, nodes });

/** One vehicle at 12, 10 to 36, 30 of the frame, one at 48, 40 to 84, 70, and a person; the picture is a sixth as wide and a fifth as high. */
const vehicles = () => found([2, 2, 6, 6], [8, 8, 14, 14, 0, 0.7], [0, 0, 1, 3, 1, 0.5]);
const ANSWERS: Answers = {
  vehicles,
  plates: () => found([4, 8, 12, 16]),
  letters: () => found([0, 0, 8, 16], [8, 0, 16, 16]),
  colours: ({ x, frame }) => told((x + frame) % 2 === 0 ? 'red' : 'blue', 0.5 + frame / 100),
  angles: ({ x, y, frame }) => ({ kind: 'values', values: { x, y, frame } }),
};

async function metasOf(nodes: Nodes, answers = ANSWERS, { frames = 6, delayMs }: { frames?: number; delayMs?: () => number } = {}) {
  await using pipeline = await openPipeline(graph(nodes), { models, engine: engineOf(answers, delayMs), media: media(frames) });
  const metas: FrameMeta[] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    metas.push(result.meta);
  }
  return metas;
}

test('what secondaries say stands on the object, of that very frame, in the order of the nodes, whoever is done first', async () => {
  const nodes: Nodes = {
    detector: { model: 'vehicles' },
    colour: { model: 'colours', on: { objects: 'detector', labels: ['vehicle'] }, instances: 3, maxBatch: 4 },
    angle: { model: 'angles', on: { objects: 'detector', labels: ['vehicle'] }, instances: 2, maxBatch: 3 },
    plate: { model: 'plates', on: { objects: 'detector', labels: ['vehicle'] }, instances: 2 },
    letter: { model: 'letters', on: { objects: 'plate' }, instances: 2 },
  };
  const runs: string[][] = [];
  for (const seed of [1, 2, 3]) {
    const next = random(seed);
    runs.push((await metasOf(nodes, ANSWERS, { frames: 12, delayMs: () => next() * 6 })).map(toLine));
  }
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
  for (const line of runs[0]!) {
    const { frame, objects } = JSON.parse(line) as FrameMeta;
    const said = objects[0]!.attributes.map(({ node, name, value }) => [node, name, value]);
    const colour = (12 + frame) % 2 === 0 ? 'red' : 'blue';
    assert.deepEqual(said, [['colour', 'colour', colour], ['angle', 'x', 12], ['angle', 'y', 10], ['angle', 'frame', frame]]); // prettier-ignore
    assert.deepEqual(objects[1]!.attributes.filter(({ name }) => name === 'x').map(({ value }) => value), [48 + 1]); // prettier-ignore
    assert.deepEqual(objects[2]!.attributes, []);
  }
});

test('what is found in an object names it as its parent, with boxes in pixels of the frame, over several steps', async () => {
  const [{ objects }] = (await metasOf(
    {
      letter: { model: 'letters', on: { objects: 'plate' } },
      plate: { model: 'plates', on: { objects: 'detector', labels: ['vehicle'] } },
      detector: { model: 'vehicles' },
    },
    ANSWERS,
    { frames: 1 },
  )) as [FrameMeta];
  const rows = objects.map(({ id, label, parentId, box: { x1, y1, x2, y2 } }) => [id, label, parentId, x1, y1, x2, y2]);
  assert.deepEqual(rows, [
    [0, 'vehicle', undefined, 12, 10, 36, 30],
    [1, 'vehicle', undefined, 48, 40, 84, 70],
    [2, 'person', undefined, 0, 0, 6, 15],
    // A plate is the lower middle of its vehicle, letters are its halves; crops begin and end at whole pixels.
    [3, 'plate', 0, 18, 20, 30, 30],
    [4, 'plate', 1, 57, 55, 75, 70],
    [5, 'letter', 3, 18, 20, 24, 30],
    [6, 'letter', 3, 24, 20, 30, 30],
    [7, 'letter', 4, 57, 55, 66, 70],
    [8, 'letter', 4, 66, 55, 75, 70],
  ]);
});

test('crops of several frames and streams go through the model together', async () => {
  const nodes = {
    detector: { model: 'vehicles', labels: ['vehicle'], instances: 2 },
    angle: { model: 'angles', on: { objects: 'detector' }, instances: 1, maxBatch: 8 },
  } as const;
  const config = { version: 1, sources: { a: 'a.mp4', b: 'b.mp4' }, nodes } as const;
  let asked = 0;
  const counting: Answers = { ...ANSWERS, angles: (shown) => (asked++, ANSWERS['angles']!(shown)) };
  await using pipeline = await openPipeline(config, { models, engine: engineOf(counting, () => 5), media: media(20) });
  for await (const result of pipeline.results()) {
    using _ = result;
    for (const { attributes } of result.objects) assert.equal(attributes.find(({ name }) => name === 'frame')?.value, result.meta.frame);
  }
  assert.equal(asked, 2 * 20 * 2);
  const { batches, executions } = pipeline.models.angle!.statistics();
  // A frame has two crops: more than that in one run are those of several.
  assert.ok(Object.keys(batches).some((rows) => Number(rows) > 2), JSON.stringify(batches)); // prettier-ignore
  assert.ok(executions < asked / 2, `${executions}`);
});

test('objects are chosen by label, confidence and size, and what nobody looks at stays as it is', async () => {
  const saidBy = async (on: object): Promise<number[]> => {
    const [meta] = await metasOf({ detector: { model: 'vehicles' }, angle: { model: 'angles', on: { objects: 'detector', ...on } } }, ANSWERS, { frames: 1 }); // prettier-ignore
    return meta!.objects.flatMap(({ id, attributes }) => (attributes.length > 0 ? [id] : []));
  };
  assert.deepEqual(await saidBy({}), [0, 1, 2]);
  assert.deepEqual(await saidBy({ labels: ['person'] }), [2]);
  assert.deepEqual(await saidBy({ minConfidence: 0.6 }), [0, 1]);
  assert.deepEqual(await saidBy({ minSize: { width: 25 } }), [1]);
  assert.deepEqual(await saidBy({ limit: 1 }), [0]);
});

test('a frame without objects was looked at; one that the detector left out was not', async () => {
  const nodes: Nodes = { detector: { model: 'vehicles', everyFrames: 2 }, angle: { model: 'angles', on: { objects: 'detector' } } };
  const metas = await metasOf(nodes, { ...ANSWERS, vehicles: () => found() }, { frames: 4 });
  assert.deepEqual(metas.map(({ inferred }) => inferred['angle']), [true, false, true, false]); // prettier-ignore
  const some = await metasOf({ ...nodes, angle: { ...nodes['angle'], everyFrames: 4 } as Nodes[string] }, ANSWERS, { frames: 5 });
  assert.deepEqual(some.map(({ inferred }) => inferred['angle']), [true, false, false, false, true]); // prettier-ignore
});

test('points, texts, vectors and masks come as they are: small ones in the results, whole answers to readers', async () => {
  const answers: Answers = {
    vehicles: () => ({ ...found([2, 2, 6, 6]), points: Float32Array.of(2, 2, 0.5, 6, 6, 0.25) }),
    marks: () => ({ kind: 'landmarks', points: Float32Array.of(0, 0, 1, 8, 16, 0.5), score: 0.75 }),
    reading: ({ frame }) => ({ kind: 'text', text: frame === 0 ? 'AB 1' : '', score: 0.5, letterScores: new Float32Array(4) }),
    reid: () => ({ kind: 'embedding', vector: Float32Array.of(0.6, 0.8) }),
    cover: () => ({ kind: 'mask', size: { width: 2, height: 1 }, values: Uint8Array.of(0, 255), meaning: 'cover' }),
  };
  const on = { objects: 'detector' };
  const nodes = {
    detector: { model: 'vehicles' },
    marks: { model: 'marks', on },
    plate: { model: 'reading', on },
    look: { model: 'reid', on, embedding: true },
    quiet: { model: 'reid', on },
    mask: { model: 'cover', on },
  } as const;
  await using pipeline = await openPipeline(graph(nodes), { models, engine: engineOf(answers), media: media(2) });
  const results: FrameResult[] = [];
  for await (const result of pipeline.results()) results.push(result);
  const [first, second] = results as [FrameResult, FrameResult];
  const [object] = first.objects;
  assert.deepEqual(object!.points, [
    { node: 'detector', points: [[12, 10, 0.5], [36, 30, 0.25]] }, // prettier-ignore
    // The lower middle of the box.
    { node: 'marks', confidence: 0.75, points: [[12, 10, 1], [24, 30, 0.5]] }, // prettier-ignore
  ]);
  assert.deepEqual(object!.attributes, [{ node: 'plate', name: 'text', value: 'AB 1', confidence: 0.5 }]);
  assert.deepEqual(object!.embeddings, [{ node: 'look', vector: [0.6, 0.8] }]);
  assert.deepEqual(second.objects[0]!.attributes, []);
  assert.deepEqual(first.of('quiet'), [object]);
  const [vector] = first.answers('quiet');
  assert.ok(vector?.answer.kind === 'embedding' && vector.object === object);
  const [mask] = first.answers('mask');
  assert.ok(mask?.answer.kind === 'mask');
  assert.deepEqual(unfit({ x1: 0, y1: 0, x2: 16, y2: 16 }, mask.fit), object!.box);
  assert.deepEqual(first.answers('detector'), []);
  for (const result of results) result[Symbol.dispose]();
  assert.equal(liveFrames(), 0);
});

test('of a question whose labels exclude each other the best is told, of one whose labels stand alone all', async () => {
  const scored = (...labels: string[]) => labels.map((label, classId) => ({ classId, label, score: 0.9 - classId / 10 }));
  const colours: Answers = { ...ANSWERS, colours: () => ({ kind: 'classes', groups: [{ name: 'colour', top: scored('red', 'blue') }, { name: 'wears', top: scored('hat', 'coat') }] }) }; // prettier-ignore
  const [meta] = await metasOf({ detector: { model: 'vehicles' }, colour: { model: 'colours', on: { objects: 'detector' } } }, colours, {
    frames: 1,
  });
  assert.deepEqual(meta!.objects[0]!.attributes.map(({ value, confidence }) => [value, confidence]), [['red', 0.9], ['hat', 0.9], ['coat', 0.8]]); // prettier-ignore
});

test('a crop that fails fails its frame, when the other crops are done with it', async () => {
  const failing: Answers = {
    ...ANSWERS,
    angles: ({ x, frame }) => {
      if (frame === 2 && x > 40) throw new Fault('INPUT_CORRUPT', 'no such picture');
      return { kind: 'values', values: {} };
    },
  };
  const run = metasOf({ detector: { model: 'vehicles' }, angle: { model: 'angles', on: { objects: 'detector' } } }, failing, { delayMs: () => 2 });
  await assert.rejects(run, { code: 'INPUT_CORRUPT', message: /no such picture/ });
  assert.equal(liveFrames(), 0);
});

const detector = { model: 'vehicles', labels: ['vehicle'] };
const wrong: [title: string, nodes: Nodes, message: RegExp][] = [
  ['landmarks of whole frames', { marks: { model: 'marks' } }, /nodes\.marks\.model: marks is no detector: its head "landmarks" answers landmarks, not detections\. .*write on: \{ objects: NAME \}/],
  ['objects of a node that finds none', { detector, marks: { model: 'marks', on: { objects: 'detector' } }, colour: { model: 'colours', on: { objects: 'marks' } } }, /nodes\.colour\.on\.objects: "marks" finds no objects: it tells points on objects of detector with marks\. There are: detector/],
  ['a tracker of what is no object', { detector, marks: { model: 'marks', on: { objects: 'detector' } }, tracker: { track: 'bytetrack', on: { objects: 'marks' } } }, /nodes\.tracker\.on\.objects: "marks" finds no objects/],
  ['a label that the other node does not give', { detector, colour: { model: 'colours', on: { objects: 'detector', labels: ['vehicel'] } } }, /nodes\.colour\.on\.labels: "detector" gives no object "vehicel"\. Did you mean "vehicle"/],
  ['a label that the other node leaves out', { detector, colour: { model: 'colours', on: { objects: 'detector', labels: ['person'] } } }, /nodes\.colour\.on\.labels: "detector" gives no object "person"/],
  ['labels of a classifier', { detector, colour: { model: 'colours', on: { objects: 'detector' }, labels: ['red'] } }, /nodes\.colour\.labels: colours answers classes: .*on\.labels/],
  ['the vector of a classifier', { detector, colour: { model: 'colours', on: { objects: 'detector' }, embedding: true } }, /nodes\.colour\.embedding: colours answers classes/],
  ['points that are kept', { detector, tracker: { track: 'bytetrack', on: { objects: 'detector' } }, marks: { model: 'marks', on: { objects: 'tracker' }, reinferEvery: { frames: 3 } } }, /nodes\.marks\.reinferEvery: marks answers landmarks: .*use everyFrames/],
]; // prettier-ignore
for (const [title, nodes, message] of wrong)
  test(`${title} are refused in words`, () => assert.rejects(metasOf(nodes), { code: 'CONFIG_INVALID', message }));

test('the plan says who looks at what', async () => {
  const nodes: Nodes = {
    detector: { model: 'vehicles' },
    tracker: { track: 'bytetrack', on: { objects: 'detector' } },
    plate: { model: 'plates', on: { objects: 'tracker', labels: ['vehicle'] } },
    colour: { model: 'colours', on: { objects: 'tracker' }, reinferEvery: { seconds: 1 }, everyFrames: 2 },
  };
  await using pipeline = await openPipeline(graph(nodes), { models, engine: engineOf(ANSWERS), media: media(1) });
  assert.deepEqual(pipeline.plan.slice(2).map(({ reads, summary }) => [reads, summary]), [
    [['tracker'], 'finds objects on vehicle of tracker with plates'],
    [['tracker'], 'tells classes on objects of tracker with colours on every 2. frame, kept for each track'],
  ]); // prettier-ignore
});
