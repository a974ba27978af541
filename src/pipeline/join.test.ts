import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, liveFrames, memoryLog } from '../core/index.js';
import { fakeMedia } from '../media/index.js';
import type { FrameResult } from './frame-result.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, frameOf, gate, models } from './run.test.support.js';

const BRANCHES = ['one', 'two', 'three'] as const;
/** Each crop in a run of its own, so that a test can hold up one frame without its neighbours. */
const ALONE = { maxBatch: 1, instances: 2 } as const;
const config = {
  version: 1,
  sources: { a: 'a.mp4' },
  nodes: {
    things: { model: 'boxes' },
    one: { model: 'looks-1', on: { objects: 'things' }, ...ALONE },
    two: { model: 'looks-2', on: { objects: 'things' }, ...ALONE },
    three: { model: 'looks-3', on: { objects: 'things' }, ...ALONE },
  },
} as const;
const media = (frames: number) => fakeMedia({ anyClip: clip(frames) });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const settled = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await turn();
};

/** What each branch said of each object, as the frame that it looked at. */
const lookedAt = (result: FrameResult): number[][] => result.objects.map(({ attributes }) => attributes.map(({ value }) => frameOf(Number(value))));

/** Numbers with a fixed seed. */
function random(seed = 7): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test('every branch has reported on every frame, the first included, whatever their speeds, and on that very frame', async () => {
  for (const plan of ['parallel', 'serial'] as const) {
    const next = random();
    const engine = engineOf(async () => {
      for (let turns = Math.floor(next() * 6); turns > 0; turns--) await turn();
    });
    await using pipeline = await openPipeline({ ...config, plan }, { media: media(60), models, engine });
    let frames = 0;
    await pipeline.run({
      onResult(result) {
        assert.equal(result.meta.frame, frames++);
        for (const branch of BRANCHES) assert.equal(result.meta.inferred[branch], true);
        assert.deepEqual(lookedAt(result), Array(2).fill(Array(3).fill(result.meta.frame)));
      },
    });
    assert.equal(frames, 60);
  }
});

test('serial and parallel give the same records, whatever the batch', async () => {
  const runs: string[][] = [];
  for (const [plan, maxBatch] of [
    ['serial', 1],
    ['parallel', 1],
    ['parallel', 4],
    ['serial', 8],
    ['auto', 3],
  ] as const) {
    // prettier-ignore
    const nodes = Object.fromEntries(Object.entries(config.nodes).map(([name, node]) => [name, { ...node, maxBatch, maxDelayMs: 1 }]));
    const tracker = { track: 'bytetrack', on: { objects: 'things' } } as const;
    const graph = { ...config, plan, sources: { a: 'a.mp4', b: 'b.mp4' }, nodes: { ...nodes, tracker } };
    await using pipeline = await openPipeline(graph, { media: media(120), models, engine: engineOf() });
    const lines: string[] = [];
    await pipeline.run({
      onResult: ({ meta }) => void lines.push(JSON.stringify(meta, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))),
    });
    runs.push(lines.toSorted());
  }
  for (const run of runs) assert.deepEqual(run, runs[0]);
  assert.equal(runs[0]!.length, 240);
});

test('starting waits for no frame: with every branch blocked the pipeline is running, memory is bounded, and the first frame comes whole', async () => {
  const held = gate();
  const engine = engineOf((model) => (model === 'boxes' ? undefined : held.passed));
  await using pipeline = await openPipeline(config, { media: media(30), models, engine });
  const first: number[][][] = [];
  await pipeline.start({ onResult: (result) => void first.push(lookedAt(result)) });
  assert.equal(pipeline.state, 'running');
  await settled(() => engine.requests.some(({ answer }) => answer === 'decoded') && pipeline.status().streams['a']!.underWay > 1);
  for (let turns = 0; turns < 50; turns++) await turn();
  // Thirty frames are there at once; no more are taken than keep the models busy.
  assert.ok(liveFrames() < 25, `${liveFrames()}`);
  assert.equal(first.length, 0);
  held.open();
  assert.equal((await pipeline.ended).frames, 30);
  assert.deepEqual(first[0], [[0, 0, 0], [0, 0, 0]]); // prettier-ignore
  assert.equal(liveFrames(), 0);
});

test('the end of the stream during a pending join loses nothing: what is under way comes out', async () => {
  const held = gate();
  const engine = engineOf((model, shade) => (model === 'looks-2' && frameOf(shade) === 2 ? held.passed : undefined));
  await using pipeline = await openPipeline(config, { media: media(3), models, engine });
  const frames: number[] = [];
  await pipeline.start({ onResult: ({ meta }) => void frames.push(meta.frame) });
  await settled(() => frames.length === 2);
  held.open();
  await pipeline.ended;
  assert.deepEqual(frames, [0, 1, 2]);
});

test('stop during a join that never ends gives it up after its grace, and leaves nothing behind', async () => {
  const clock = new FakeClock();
  const held = gate();
  const engine = engineOf((model) => (model === 'looks-2' ? held.passed : undefined));
  await using pipeline = await openPipeline(config, { media: media(30), models, engine, clock });
  await pipeline.start();
  await settled(() => pipeline.status().streams['a']!.underWay > 1);
  const stopped = pipeline.stop();
  await clock.advance(1400);
  assert.equal(pipeline.state, 'running');
  await clock.advance(200);
  await stopped;
  assert.equal(pipeline.state, 'ended');
  const { streams } = await pipeline.ended;
  assert.equal(streams['a']!.state, 'stopped');
  assert.equal(streams['a']!.frames, 0);
  assert.equal(liveFrames(), 0);
  held.open();
});

test('two pipelines in one process, each started twice: no hang, nothing crosses', async () => {
  const both = await Promise.all([0, 1].map(() => openPipeline(config, { media: media(20), models, engine: engineOf() })));
  for (let round = 0; round < 2; round++) {
    const results = both.map((): number[] => []);
    await Promise.all(
      both.map((pipeline, at) => pipeline.start({ onResult: (result) => void results[at]!.push(...new Set(lookedAt(result).flat())) })),
    );
    await Promise.all(both.map((pipeline) => pipeline.ended));
    const all = Array.from({ length: 20 }, (_, n) => n);
    assert.deepEqual(results, [all, all]);
  }
  for (const pipeline of both) await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('the watchdog tells who waits for whom, once until something moves again', async () => {
  const clock = new FakeClock();
  const log = memoryLog();
  const held = gate();
  const engine = engineOf((model, shade) => (model === 'looks-2' && frameOf(shade) === 1 ? held.passed : undefined));
  const nodes = { ...config.nodes, last: { track: 'sort', on: { objects: ['things'] } } } as const;
  await using pipeline = await openPipeline(
    { ...config, plan: 'serial', nodes, watchdogSeconds: 10 },
    { media: media(30), models, engine, clock, log },
  );
  const told: string[] = [];
  pipeline.on('stalled', ({ text }) => void told.push(text));
  const frames: number[] = [];
  await pipeline.start({ onResult: ({ meta }) => void frames.push(meta.frame) });
  await settled(() => frames.length === 1 && pipeline.status().streams['a']!.underWay > 1);
  for (let turns = 0; turns < 50; turns++) await turn();
  await clock.advance(9000);
  assert.deepEqual(told, []);
  await clock.advance(20_000);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^stream a: nothing has moved for 1\d\.0 s\. frame 1: two has been at work for 1\d\.0 s; three waits for its turn/);
  assert.match(told[0]!, /more frame\(s\) under way behind it$/);
  assert.ok(log.records.some(({ level, message }) => level === 'warn' && message === told[0]));
  held.open();
  await pipeline.ended;
});

test('a sink that does not take a result is named by the watchdog', async () => {
  const clock = new FakeClock();
  const held = gate();
  const collector = { collect: () => held.passed };
  await using pipeline = await openPipeline(config, { media: media(30), models, engine: engineOf(), clock, collectors: [collector] });
  const told: string[] = [];
  pipeline.on('stalled', ({ text }) => void told.push(text));
  await pipeline.start();
  await settled(() => pipeline.status().streams['a']!.underWay === 0 && liveFrames() > 2);
  for (let turns = 0; turns < 50; turns++) await turn();
  await clock.advance(16_000);
  assert.match(told[0]!, /frame 0 is done, and a collector has not taken it for 1\d\.0 s/);
  held.open();
  await pipeline.ended;
});
