import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveFrames } from '../core/index.js';
import { fakeMedia } from '../media/index.js';
import { configChange } from './change.js';
import { parsePipelineConfig } from './config-file.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, models } from './run.test.support.js';

const base = {
  version: 1,
  sources: { a: 'a.mp4', b: 'b.mp4' },
  nodes: {
    things: { model: 'boxes' },
    tracker: { track: 'sort', on: { objects: 'things' }, settings: { confirmAfter: 1 } },
    looks: { model: 'looks', on: { objects: 'things' } },
  },
} as const;
// At a pace, so that a change that looks at the disk is made while there is something to disturb.
const media = () => fakeMedia({ anyClip: clip(120, { delayMs: 1 }) });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Runs `base`, calls `change` once frame 30 of stream a is out, and tells what each stream gave. `waits` are the streams that stand still until it is made. */
async function changedAt30(
  change: (pipeline: Awaited<ReturnType<typeof open>>['pipeline']) => Promise<unknown>,
  waits: readonly string[] = ['a', 'b'],
) {
  const { pipeline, engine } = await open();
  await using _ = pipeline;
  const frames: Record<string, number[]> = {};
  const objects: Record<string, string[]> = {};
  const inferred: Record<string, Record<string, boolean>[]> = {};
  let changing: Promise<unknown> | undefined;
  await pipeline.run({
    onResult: async ({ meta }) => {
      (frames[meta.stream] ??= []).push(meta.frame);
      (inferred[meta.stream] ??= []).push(meta.inferred);
      (objects[meta.stream] ??= []).push(meta.objects.map(({ label, trackId, attributes }) => `${label} ${trackId} ${attributes.length}`).join());
      if (meta.stream === 'a' && meta.frame === 30) changing = change(pipeline);
      // Neither is far ahead of the other, so that there is something to disturb.
      while (!changing && meta.stream !== 'a' && meta.frame > 25) await new Promise((resolve) => setImmediate(resolve));
      if (changing && waits.includes(meta.stream)) await changing;
    },
  });
  assert.equal(liveFrames(), 0);
  return { frames, objects, inferred, engine };
}

async function open() {
  const engine = engineOf();
  return { engine, pipeline: await openPipeline(base, { media: media(), models, engine }) };
}

test('a threshold changes from one frame to the next; the model stays loaded, no frame is lost, tracks keep their numbers', async () => {
  const { frames, objects, engine } = await changedAt30((pipeline) => pipeline.setNode('things', { confidence: 0.7 }));
  assert.deepEqual(frames, { a: numbers(120), b: numbers(120) });
  assert.equal(objects['a']![20], 'thing 1 1,other 2 1');
  assert.equal(objects['a']![119], 'thing 1 1');
  assert.deepEqual(engine.loads, ['boxes', 'looks']);
});

test('a detector that reports from a lower confidence on has its tracker follow what it reports now', async () => {
  const nodes = { things: { model: 'boxes', confidence: 0.7 }, tracker: { track: 'bytetrack', on: { objects: 'things' } } } as const;
  const config = { version: 1, sources: { a: 'a.mp4' }, nodes } as const;
  await using pipeline = await openPipeline(config, { media: media(), models, engine: engineOf() });
  const seen: string[] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    seen.push(result.of('tracker').map(({ label, trackId }) => `${label} ${trackId}`).join()); // prettier-ignore
    if (result.meta.frame === 30) await pipeline.setNode('things', { confidence: 0.3 });
    if (result.meta.frame === 60) await pipeline.setNode('tracker', { settings: { lostAfterMs: 100 } });
  }
  assert.deepEqual([seen[20], seen[50], seen[119]], ['thing 1', 'thing 1,other 2', 'thing 1,other 2']);
});

test('a node that is switched off says nothing from then on; what the others say stays the same', async () => {
  const { frames, objects, inferred } = await changedAt30((pipeline) => pipeline.setNode('looks', { enabled: false }));
  assert.deepEqual(frames, { a: numbers(120), b: numbers(120) });
  for (const stream of ['a', 'b']) {
    assert.equal(objects[stream]![20], 'thing 1 1,other 2 1');
    assert.equal(objects[stream]![119], 'thing 1 0,other 2 0');
    assert.deepEqual(inferred[stream]![119], { things: true, tracker: true, looks: false });
  }
});

test('a source comes and another goes while the third runs; each gives every frame once', async () => {
  const { frames } = await changedAt30(
    async (pipeline) => {
      await pipeline.removeSource('b');
      await pipeline.addSource('c', 'c.mp4');
    },
    ['a'],
  );
  assert.deepEqual([frames['a'], frames['c']], [numbers(120), numbers(120)]);
  const gone = frames['b']!;
  assert.deepEqual(gone, numbers(gone.length));
  assert.ok(gone.length < 120);
});

test('another model, another interval and a node more, at once', async () => {
  const { frames, inferred, engine } = await changedAt30((pipeline) =>
    pipeline.apply({
      ...base,
      nodes: { ...base.nodes, things: { model: 'boxes-2', everyFrames: 3 }, 'looks-2': { model: 'looks-2', on: { objects: 'tracker' } } },
    }),
  );
  assert.deepEqual(frames, { a: numbers(120), b: numbers(120) });
  assert.deepEqual(engine.loads, ['boxes', 'looks', 'boxes-2', 'looks-2']);
  const late = inferred['a']!.slice(90);
  assert.deepEqual(late.map((node) => node['things']).filter(Boolean).length, 10);
  assert.ok(late.every((node) => node['looks-2'] !== undefined));
  // What nobody uses any more is gone from memory.
  assert.deepEqual(
    engine.models.map(({ definition }) => definition.name),
    [],
  );
});

test('a change that is wrong changes nothing, and says what is wrong', async () => {
  const { frames, objects } = await changedAt30(async (pipeline) => {
    const { config } = pipeline;
    await assert.rejects(pipeline.setNode('things', { confidense: 0.7 }), {
      code: 'CONFIG_INVALID',
      message: /confidense.*Did you mean "confidence"/,
    });
    await assert.rejects(pipeline.setNode('looks', { on: { objects: 'thing' } }), { code: 'CONFIG_INVALID', message: /Did you mean "things"/ });
    await assert.rejects(pipeline.setNode('things', { labels: ['person'] }), { code: 'CONFIG_INVALID', message: /no label "person"/ });
    await assert.rejects(pipeline.apply({ ...base, mode: 'realtime' }), { code: 'FAILED_PRECONDITION', message: /^mode: cannot be changed/ });
    await assert.rejects(pipeline.removeSource('z'), { code: 'NOT_FOUND' });
    await assert.rejects(pipeline.addSource('a', 'a.mp4'), { code: 'ALREADY_EXISTS' });
    assert.equal(pipeline.config, config);
  });
  assert.deepEqual(frames, { a: numbers(120), b: numbers(120) });
  assert.deepEqual(new Set(objects['a']!.slice(5)), new Set(['thing 1 1,other 2 1']));
});

test('a source that cannot be opened is not added, and the nodes of that change stay as they were', async () => {
  const engine = engineOf();
  const missing = fakeMedia({ clips: { 'a.mp4': clip(20), 'b.mp4': clip(20) } });
  await using pipeline = await openPipeline(base, { media: missing, models, engine });
  const change = { ...base, sources: { ...base.sources, c: 'c.mp4' }, nodes: { ...base.nodes, things: { model: 'boxes-2' } } } as const;
  await assert.rejects(pipeline.apply(change), { code: 'NOT_FOUND' });
  assert.deepEqual(engine.loads, ['boxes', 'looks']);
  assert.deepEqual(Object.keys(pipeline.config.sources), ['a', 'b']);
});

test('changes that come together are made one after the other, each on what the last one left', async () => {
  const { objects, inferred } = await changedAt30((pipeline) =>
    Promise.all([
      pipeline.setNode('things', { confidence: 0.7 }),
      pipeline.setNode('looks', { enabled: false }),
      pipeline.setNode('tracker', { enabled: false }),
    ]),
  );
  assert.equal(objects['a']![119], 'thing undefined 0');
  assert.deepEqual(inferred['a']![119], { things: true, tracker: false, looks: false });
});

test('a line that is moved counts anew; the one that was not touched keeps its count and its tracks', async () => {
  // A box that walks down by 2 pixels a frame: its lower edge passes 32 at frame 8 and 54.4, where the lower line is moved to, at frame 19.
  let n = 0;
  const walker = engineOf();
  const engine = {
    ...walker,
    load: async (...[definition, options]: Parameters<typeof walker.load>) => {
      const model = await walker.load(definition, options);
      return Object.assign(model, {
        infer: async () => {
          const y = 2 * n++;
          const boxes = Float32Array.of(10, y, 30, y + 16);
          const answer = { kind: 'detections' as const, boxes, scores: Float32Array.of(0.9), classIds: Int32Array.of(0) };
          return { outputs: [], answers: [answer], times: { queueMs: 0, inputMs: 0, runMs: 0, outputMs: 0, batch: 1 } };
        },
      });
    },
  } as typeof walker;
  const nodes = {
    things: { model: 'boxes', instances: 1 },
    tracker: { track: 'sort', on: { objects: 'things' }, settings: { confirmAfter: 1 } },
    gate: {
      analytics: 'lines',
      on: { objects: 'tracker' },
      lines: { upper: { from: [1, 0.5], to: [0, 0.5] }, lower: { from: [1, 0.95], to: [0, 0.95] } },
    },
  } as const;
  await using pipeline = await openPipeline(
    { version: 1, sources: { a: 'a.mp4' }, nodes },
    { media: fakeMedia({ anyClip: clip(24) }), models, engine },
  );
  let moved = false;
  for await (const result of pipeline.results()) {
    using _ = result;
    if (result.meta.frame !== 12 || moved) continue;
    moved = true;
    assert.deepEqual(pipeline.latest('gate')!.lines.map((line) => [line.name, line.in + line.out]), [['upper', 1], ['lower', 0]]); // prettier-ignore
    await pipeline.setNode('gate', { lines: { ...nodes.gate.lines, lower: { from: [1, 0.85], to: [0, 0.85] } } });
  }
  assert.deepEqual(pipeline.latest('gate')!.lines.map((line) => [line.name, line.in + line.out]), [['upper', 1], ['lower', 1]]); // prettier-ignore
});

test('what differs between two configurations', () => {
  const [before, after] = [
    parsePipelineConfig({ ...base, sources: { a: 'a.mp4', b: 'b.mp4', c: 'c.mp4' } }),
    parsePipelineConfig({
      ...base,
      sources: { a: 'other.mp4', b: { uri: 'b.mp4', nodes: { things: { everyFrames: 5 } } }, d: 'd.mp4' },
      nodes: { things: { model: 'boxes', confidence: 0.5 }, tracker: base.nodes.tracker, more: { model: 'looks', on: { objects: 'things' } } },
    }),
  ];
  assert.deepEqual(configChange(before, after), {
    sourcesAdded: ['d'],
    sourcesRemoved: ['c'],
    sourcesReplaced: ['a'],
    sourcesAdjusted: ['b'],
    nodesAdded: ['more'],
    nodesRemoved: ['looks'],
    nodesChanged: ['things'],
  });
});
