import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, liveFrames } from '../core/index.js';
import { fakeEngine } from '../inference/index.js';
import { type FakeClip, fakeMedia } from '../media/index.js';
import type { ModelDefinition, ModelSource } from '../models/index.js';
import { openPipeline } from './pipeline.js';

const definition: ModelDefinition = {
  name: 'boxes',
  weights: { runtime: 'fake', path: 'fake:identity' },
  picture: {
    input: 'images',
    fit: { mode: 'stretch', size: { width: 32, height: 32 }, order: 'rgb', layout: 'planar', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  head: { type: 'boxes', outputs: { boxes: 'boxes' }, confidence: 0.3, maximumIou: 0.5, limit: 10 },
  labels: ['person', 'car'],
};
const models: ModelSource = { named: async () => definition, own: async (own) => own };

/** Each picture has a person in its upper left quarter and a car over all of it. */
const engine = () =>
  fakeEngine({
    answer: () => ({
      answers: [
        {
          kind: 'detections' as const,
          boxes: Float32Array.of(0, 0, 16, 16, 0, 0, 32, 32),
          scores: Float32Array.of(0.9, 0.8),
          classIds: Int32Array.of(0, 1),
        },
      ],
    }),
  });
const clip = (frames = 12, more: FakeClip = {}) => ({ size: { width: 64, height: 48 }, frames, ...more });
const config = { version: 1, sources: { a: 'a.mp4' }, nodes: { things: { model: 'boxes', labels: ['person'] } } } as const;

test('objects come in pixels of the frame, filtered by label, in presentation order', async () => {
  await using pipeline = await openPipeline(config, { models, engine: engine(), media: fakeMedia({ anyClip: clip() }) });
  const numbers: number[] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    numbers.push(result.meta.frame);
    assert.deepEqual(
      result.of('things').map(({ label, box }) => [label, box]),
      [['person', { x1: 0, y1: 0, x2: 32, y2: 24 }]],
    );
    // @ts-expect-error no node is called so
    assert.deepEqual(result.of('thing'), []);
  }
  assert.deepEqual(
    numbers,
    Array.from({ length: 12 }, (_, n) => n),
  );
  assert.equal(liveFrames(), 0);
});

test('several sources run beside each other, each in its own order', async () => {
  const media = fakeMedia({ clips: { 'a.mp4': clip(7), 'b.mp4': clip(9) } });
  const two = { ...config, sources: { a: 'a.mp4', b: 'b.mp4' } } as const;
  await using pipeline = await openPipeline(two, { models, engine: engine(), media });
  const seen: Record<string, number[]> = { a: [], b: [] };
  const summary = await pipeline.run({ onResult: ({ meta }) => void seen[meta.stream]!.push(meta.frame) });
  assert.deepEqual(seen, { a: Array.from({ length: 7 }, (_, n) => n), b: Array.from({ length: 9 }, (_, n) => n) });
  assert.equal(summary.frames, 16);
  assert.equal(summary.streams['b']?.objects, 9);
});

test('stop ends the run in good order; abort ends it with CANCELLED; neither leaves a frame behind', async () => {
  const open = () => openPipeline(config, { models, engine: engine(), media: fakeMedia({ anyClip: clip(500) }) });
  {
    await using pipeline = await open();
    const { frames } = await pipeline.run({ onResult: ({ meta }) => void (meta.frame === 20 && pipeline.stop()) });
    assert.ok(frames > 20 && frames < 500, `${frames}`);
  }
  {
    await using pipeline = await open();
    const abort = new AbortController();
    const run = pipeline.run({ signal: abort.signal, onResult: ({ meta }) => void (meta.frame === 20 && abort.abort()) });
    await assert.rejects(run, { code: 'CANCELLED' });
  }
  assert.equal(liveFrames(), 0);
});

test('a source that fails in the middle fails the run with its fault, after the frames before it', async () => {
  const frames: number[] = [];
  await using pipeline = await openPipeline(config, {
    models,
    engine: engine(),
    media: fakeMedia({ anyClip: clip(30, { failAt: { frame: 10, fault: new Fault('INPUT_CORRUPT', 'the cable came off') } }) }),
  });
  const run = pipeline.run({ onResult: ({ meta }) => void frames.push(meta.frame) });
  await assert.rejects(run, { code: 'INPUT_CORRUPT', message: 'the cable came off' });
  assert.deepEqual(
    frames,
    Array.from({ length: 10 }, (_, n) => n),
  );
  assert.equal(liveFrames(), 0);
});

test('a label that the model does not have comes with the nearest one, and nothing stays open', async () => {
  const wrong = { ...config, nodes: { things: { model: 'boxes', labels: ['persn'] } } } as const;
  const opening = openPipeline(wrong, { models, engine: engine(), media: fakeMedia({ anyClip: clip() }) });
  await assert.rejects(opening, { code: 'CONFIG_INVALID', message: /nodes\.things\.labels: the model has no label "persn"\. Did you mean "person"/ });
});

test('a model that answers something else than detections is refused before it is loaded', async () => {
  const classifier = { ...definition, name: 'colours', head: { ...definition.head!, type: 'classify' } };
  const opening = openPipeline(config, {
    models: { ...models, named: async () => classifier },
    engine: engine(),
    media: fakeMedia({ anyClip: clip() }),
  });
  const message = /nodes\.things\.model: colours is no detector: its head "classify" answers classes, not detections/;
  await assert.rejects(opening, { code: 'CONFIG_INVALID', message });
});
