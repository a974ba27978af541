import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeMedia } from '../../media/index.js';
import { openPipeline } from '../pipeline.js';
import { SIZE, type Seen, detectorSeeing, models } from '../scripted.test.support.js';

const config = (detector: object = {}) =>
  ({
    version: 1,
    sources: { a: 'a.mp4' },
    nodes: {
      detector: { model: 'boxes', ...detector },
      tracker: { track: 'bytetrack', on: { objects: 'detector' } },
      gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
    },
  }) as const;

async function resultsOf(at: (n: number) => readonly Seen[], { frames = 40, detector = {} }: { frames?: number; detector?: object } = {}) {
  const media = fakeMedia({ anyClip: { size: SIZE, frames } });
  await using pipeline = await openPipeline(config(detector), { models, engine: detectorSeeing(at), media });
  const all = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    all.push({ meta: result.meta, tracked: result.of('tracker'), events: result.events, lines: result.lines });
  }
  return all;
}

test('an object that walks down keeps its track and crosses the line once, inwards', async () => {
  const all = await resultsOf((n) => [{ x: 50, y: n * 2 - 10 }]);
  assert.ok(all.every(({ tracked }) => tracked.length === 1 && tracked[0]!.trackId === 1));
  const events = all.flatMap(({ events: of }) => of);
  assert.deepEqual(
    events.map((event) => event.type === 'line-crossing' && [event.line, event.direction, event.trackId, event.node]),
    [['middle', 'in', 1, 'gate']],
  );
  const last = all.at(-1)!.lines;
  assert.deepEqual(last, [{ node: 'gate', name: 'middle', from: { x: 0, y: 64 }, to: { x: 128, y: 64 }, in: 1, out: 0 }]);
});

test('frames that the detector skips say so, and tracks are carried over them', async () => {
  const all = await resultsOf((n) => [{ x: n * 6, y: 50 }], { frames: 45, detector: { everyFrames: 3 } });
  assert.deepEqual(
    all.map(({ meta }) => meta.inferred['detector']),
    all.map(({ meta }) => meta.frame % 3 === 0),
  );
  for (const { meta, tracked } of all.slice(24)) {
    assert.deepEqual(
      tracked.map(({ trackId }) => trackId),
      [1],
    );
    const [{ box, label, node }] = tracked as [(typeof tracked)[0]];
    assert.equal(label, 'person');
    assert.equal(node, 'detector');
    // It walks two pixels a frame; after eight looks its speed is known.
    assert.ok(Math.abs(box.x1 - meta.frame * 2) <= 2, `frame ${meta.frame}: ${box.x1}`);
  }
});

test('a weak detection keeps its track alive and stands in the results; one that belongs to no track does not', async () => {
  const all = await resultsOf(
    (n) => [
      { x: 50, y: 40, score: n > 5 ? 0.2 : 0.9 },
      { x: 5, y: 5, score: 0.3 },
    ],
    { frames: 12 },
  );
  assert.deepEqual(new Set(all.map(({ meta }) => meta.objects.length)), new Set([1]));
  assert.ok(Math.abs(all.at(-1)!.meta.objects[0]!.confidence - 0.2) < 1e-6);
  assert.equal(all.at(-1)!.meta.objects[0]!.trackId, 1);
});

test('two detectors at different rates: each object is there on every frame, under a number of its own', async () => {
  const graph = {
    version: 1,
    sources: { a: 'a.mp4' },
    nodes: {
      often: { model: 'boxes', everyFrames: 2, labels: ['person'] },
      seldom: { model: 'boxes', everyFrames: 3, labels: ['car'] },
      tracker: { track: 'bytetrack', on: { objects: ['often', 'seldom'] } },
    },
  } as const;
  const both = detectorSeeing(() => [
    { x: 20, y: 20 },
    { x: 80, y: 60, classId: 1 },
  ]);
  await using pipeline = await openPipeline(graph, { models, engine: both, media: fakeMedia({ anyClip: { size: SIZE, frames: 12 } }) });
  for await (const result of pipeline.results()) {
    using _ = result;
    assert.deepEqual(
      result.of('tracker').map(({ label, trackId }) => [label, trackId]),
      [
        ['person', 1],
        ['car', 2],
      ],
      `frame ${result.meta.frame}`,
    );
  }
});
