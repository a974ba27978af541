import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameMeta } from '../../core/index.js';
import { openPipeline } from '../pipeline.js';
import { type Answers, engineOf, found, media, models, random, told } from './secondary.test.support.js';
import { TrackLooks } from './track-looks.js';

/** Two vehicles that move to the right by half a pixel of the frame a frame; the second leaves after frame 19. */
const vehicles: Answers['vehicles'] = ({ frame }) => {
  const x = frame / 12;
  const near = [1 + x, 2, 5 + x, 6] as const;
  return frame < 20 ? found(near, [1 + x, 9, 5 + x, 14]) : found(near);
};

interface Run {
  readonly metas: readonly FrameMeta[];
  /** Frames that the describing model was asked about, in the order of the frames. */
  readonly asked: readonly number[];
}

async function run(describer: object, colours: Answers[string], { frames = 24, seed = 0 } = {}): Promise<Run> {
  const next = seed ? random(seed) : undefined;
  const asked: number[] = [];
  const answers: Answers = { vehicles, colours: (shown) => (asked.push(shown.frame), colours(shown)) };
  const nodes = {
    detector: { model: 'vehicles', instances: 4 },
    tracker: { track: 'bytetrack', on: { objects: 'detector' } },
    looks: { model: 'colours', on: { objects: 'tracker' }, instances: 4, ...describer },
  };
  const engine = engineOf(answers, next && (() => next() * 8));
  await using pipeline = await openPipeline({ version: 1, sources: { a: 'a.mp4' }, nodes }, { models, engine, media: media(frames) });
  const metas: FrameMeta[] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    metas.push(result.meta);
  }
  return { metas, asked: asked.toSorted((a, b) => a - b) };
}

const attribute = (metas: readonly FrameMeta[], frame: number, trackId: number) =>
  metas[frame]!.objects.find((object) => object.trackId === trackId)?.attributes[0];

test('an object that was looked at keeps what was said until it is looked at again, and says of which frame it is', async () => {
  const { metas, asked } = await run({ reinferEvery: { frames: 8 } }, ({ frame }) => told('red', frame / 100));
  assert.deepEqual(asked, [0, 0, 8, 8, 16, 16]);
  for (const { frame, inferred, objects } of metas) {
    const looked = frame - (frame % 8);
    assert.equal(inferred['looks'], frame === looked, `frame ${frame}`);
    for (const { attributes } of objects) {
      const said = { node: 'looks', name: 'colour', value: 'red', confidence: looked / 100 };
      assert.deepEqual(attributes, [frame === looked ? said : { ...said, fromFrame: looked }], `frame ${frame}`);
    }
  }
});

test('what is said does not hang on which answer comes first, with looks in every frame and with some left out', async () => {
  const colours: Answers[string] = ({ frame, y }) => told((frame * 7 + y) % 3 === 0 ? 'red' : 'blue', ((frame * 5) % 9) / 10);
  for (const describer of [
    { smooth: { by: 'majority', over: 4 } },
    { reinferEvery: { frames: 3 }, smooth: { by: 'average', over: 3 }, maxBatch: 3 },
  ]) {
    const runs = await Promise.all([0, 5, 11].map((seed) => run(describer, colours, { seed })));
    const [plain, ...delayed] = runs.map(({ metas }) => metas.map(({ objects }) => objects));
    for (const objects of delayed) assert.deepEqual(objects, plain);
  }
});

test('a vote drowns a single wrong look', async () => {
  const { metas } = await run({ smooth: { by: 'majority', over: 5 } }, ({ frame }) => told(frame === 6 ? 'blue' : 'red', 0.8));
  for (let frame = 0; frame < 24; frame++) assert.equal(attribute(metas, frame, 1)?.value, 'red', `frame ${frame}`);
});

test('most objects of a frame: those not looked at for longest come first, and no track goes without', async () => {
  const { metas, asked } = await run({ on: { objects: 'tracker', limit: 1 }, reinferEvery: { frames: 2 } }, () => told('red'));
  // Two tracks take turns; after frame 19 the second is gone, and the first is looked at every other frame.
  assert.deepEqual(asked, [...Array.from({ length: 20 }, (_, frame) => frame), 20, 22]);
  assert.equal(attribute(metas, 0, 2), undefined);
  assert.ok(attribute(metas, 1, 2));
});

const WORD = () => ({ attributes: [] });
const at = (frame: number, areaPx = 100) => ({ frame, timeMs: frame * 40, areaPx });
const answered = Promise.resolve({ answer: told('red'), fit: undefined as never });

test('a track is due by frames, by media time or by growth', () => {
  const due = (rules: object, next: ReturnType<typeof at>): boolean => {
    const looks = new TrackLooks(rules, 1, WORD);
    looks.begin(0, [7]);
    assert.ok(looks.isDue(7, at(0)), 'never looked at');
    looks.add(7, at(0), answered);
    return looks.isDue(7, next);
  };
  assert.deepEqual([due({ frames: 5 }, at(4)), due({ frames: 5 }, at(5))], [false, true]);
  assert.deepEqual([due({ seconds: 0.2 }, at(4)), due({ seconds: 0.2 }, at(5))], [false, true]);
  assert.deepEqual([due({ grownBy: 0.5 }, at(1, 149)), due({ grownBy: 0.5 }, at(1, 150))], [false, true]);
  assert.deepEqual([due({ frames: 9, seconds: 9 }, at(8, 1e6)), due({ frames: 9, grownBy: 1 }, at(1, 200))], [false, true]);
});

test('tracks that are gone are forgotten, and all of them when time goes back', () => {
  const looks = new TrackLooks({ frames: 10 }, 1, WORD);
  // Ten thousand objects pass by, one a second, each for three seconds, while one stays.
  for (let second = 0; second < 10_000; second++) looks.begin(second * 1000, [1, second + 2, second + 3, second + 4]);
  // A minute of them, and who is there.
  assert.ok(looks.size < 70, `${looks.size}`);
  looks.add(1, at(10_000), answered);
  assert.equal(looks.lookedAt(1), 10_000);
  looks.begin(0, [1]);
  assert.equal(looks.size, 1);
  assert.equal(looks.lookedAt(1), -1);
});
