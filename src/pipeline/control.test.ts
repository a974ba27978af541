import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveFrames, memoryLog } from '../core/index.js';
import { fakeMedia } from '../media/index.js';
import { type Position, memoryCollector } from './collector.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, models } from './run.test.support.js';

const config = {
  version: 1,
  sources: { a: 'a.mp4' },
  nodes: { things: { model: 'boxes', everyFrames: 2 }, looks: { model: 'looks', on: { objects: 'things' } } },
} as const;
const open = (frames = 20, more: Parameters<typeof openPipeline>[1] = {}) =>
  openPipeline(config, { media: fakeMedia({ anyClip: clip(frames) }), models, engine: engineOf(), ...more });

test('results of a node can be read while it runs and after the end, the last one for ever', async () => {
  const pipeline = await open();
  const reading = pipeline.of('things');
  await pipeline.run();
  const frames: number[] = [];
  for await (const { frame, objects, inferred, node } of reading) {
    assert.deepEqual([objects.length, inferred, node], [2, true, 'things']);
    frames.push(frame);
  }
  assert.deepEqual(frames, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  await pipeline[Symbol.asyncDispose]();
  assert.equal(pipeline.latest('looks')?.frame, 18);
  assert.equal(pipeline.latest('looks', 'a')?.objects[0]?.attributes[0]?.value, 19);
  assert.equal(pipeline.latest('looks', 'b'), undefined);
  // @ts-expect-error no node is called so
  assert.throws(() => pipeline.of('thing'), { code: 'NOT_FOUND' });
});

test('a reader who does not come loses the oldest of what waits for him, and is told how many', async () => {
  await using pipeline = await open();
  const reading = pipeline.of('things', { capacity: 3 });
  await pipeline.run();
  const frames: number[] = [];
  for await (const { frame } of reading) frames.push(frame);
  assert.deepEqual([frames, reading.dropped], [[14, 16, 18], 7]);
});

test('a collector of one method takes what each node said, by position; its results survive the run', async () => {
  const kept = memoryCollector({ limit: 4 });
  const named: [string, number][] = [];
  const own = { collect: (position: Position, name: string) => void named.push([name, position.timeMs]) };
  await using pipeline = await open(6, { collectors: [kept, own] });
  await pipeline.run();
  assert.deepEqual(named, [['things', 0], ['looks', 0], ['things', 80], ['looks', 80], ['things', 160], ['looks', 160]]); // prettier-ignore
  assert.equal(kept.results('things').length, 3);
  assert.equal(kept.last('looks')?.position.frame, 4);
  assert.equal((kept.last('looks')!.result as readonly unknown[]).length, 2);
});

test('a listener that throws is logged and disturbs nobody; one that left hears no more', async () => {
  const log = memoryLog();
  await using pipeline = await open(6, { log });
  const states: string[] = [];
  pipeline.on('stream', () => {
    throw new Error('mine');
  });
  const leave = pipeline.on('stream', ({ state }) => void states.push(state));
  await pipeline.run();
  leave();
  assert.deepEqual(states, ['running', 'ended']);
  assert.ok(log.records.some(({ level, message }) => level === 'error' && /listener of "stream" failed: Error: mine/.test(message)));
});

test('start, pause, resume, seek, stop and start again, with the state at each step', async () => {
  await using pipeline = await open(200);
  assert.deepEqual([pipeline.state, pipeline.status().elapsedMs, pipeline.status().streams['a']!.state], ['ready', 0, 'ready']);
  await assert.rejects(pipeline.ended, { code: 'FAILED_PRECONDITION' });
  const frames: number[] = [];
  let reached = (): void => {};
  const reach = (frame: number): Promise<void> => new Promise((resolve) => (reached = () => void (frames.at(-1)! >= frame && resolve())));
  const twenty = reach(20);
  await pipeline.start({
    onResult: ({ meta }) => {
      frames.push(meta.frame);
      reached();
      return new Promise((resolve) => setImmediate(resolve));
    },
  });
  await twenty;
  pipeline.pause();
  assert.deepEqual([pipeline.state, pipeline.status().streams['a']!.state], ['paused', 'paused']);
  while (pipeline.status().streams['a']!.underWay > 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  const paused = frames.length;
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(frames.length, paused);
  const seeking = pipeline.seek(6000);
  pipeline.resume();
  await seeking;
  assert.equal(pipeline.state, 'running');
  await assert.rejects(pipeline.start(), { code: 'FAILED_PRECONDITION', message: /running already/ });
  assert.throws(() => pipeline.pause('z'), { code: 'NOT_FOUND' });
  await assert.rejects(pipeline.seek(-1), { code: 'INVALID_ARGUMENT' });
  const { frames: total } = await pipeline.ended;
  // 25 frames a second: 6 s is frame 150 of 200, so that fifty come after the seek.
  assert.equal(total, paused + 50);
  assert.equal(pipeline.latest('things')?.timeMs, 7920);
  const status = pipeline.status();
  assert.deepEqual([status.state, status.streams['a']!.state, status.nodes['things']], ['ended', 'ended', { enabled: true, active: true, summary: 'finds objects with boxes on every 2. frame' }]); // prettier-ignore
  await pipeline.start();
  assert.equal((await pipeline.ended).frames, 200);
  assert.equal(liveFrames(), 0);
});

test('a pipeline that is kept open goes on when its streams have ended, until it is stopped', async () => {
  await using pipeline = await open(5);
  let ended = false;
  await pipeline.start({ keepOpen: true });
  void pipeline.ended.then(() => (ended = true));
  while (pipeline.status().streams['a']!.state !== 'ended') await new Promise((resolve) => setImmediate(resolve));
  await pipeline.addSource('b', 'b.mp4');
  while (pipeline.status().streams['b']!.state !== 'ended') await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ended, false);
  await pipeline.stop();
  assert.equal((await pipeline.ended).frames, 10);
});

test('metrics: every frame is accounted for, by stream and node', async () => {
  await using pipeline = await open(20);
  await pipeline.run();
  const { streams, totals, models: of } = pipeline.metrics();
  const { framesIn, framesOut, nodes, latencyMs, state } = streams['a']!;
  assert.deepEqual([framesIn, framesOut, state, totals.framesOut], [20, 20, 'ended', 20]);
  assert.deepEqual([nodes['things']!.looks, nodes['things']!.skips, nodes['looks']!.looks, nodes['things']!.objects], [10, 10, 10, 20]);
  assert.ok(latencyMs.p99 >= latencyMs.p50);
  assert.equal(of['things']!.requests, 10);
  assert.match(pipeline.prometheus(), /^ocellus_[a-z_]*frames[a-z_]*\{.*stream="a".*\} 20$/m);
});
