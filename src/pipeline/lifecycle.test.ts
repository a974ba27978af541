import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault, liveFrames } from '../core/index.js';
import { fakeMedia } from '../media/index.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, gate, mediaOpening, models } from './run.test.support.js';

const nodes = { things: { model: 'boxes' }, looks: { model: 'looks', on: { objects: 'things' } } } as const;
const base = { version: 1, sources: { a: 'a.mp4', b: 'b.mp4' }, nodes } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await turn();
};
const open = (clips: Parameters<typeof mediaOpening>[0], config: Parameters<typeof openPipeline>[0] = base, engine = engineOf()) =>
  openPipeline(config, { media: mediaOpening(clips), models, engine });

test('a node that changes when one stream has ended changes for the others, and for the next run', async () => {
  const engine = engineOf();
  const pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(60)] }, base, engine);
  const long: number[] = [];
  await pipeline.start({
    onResult: async ({ meta }) => {
      if (meta.stream === 'b') long.push(meta.frame);
      if (meta.stream === 'b' && meta.frame === 10) {
        await until(() => pipeline.status().streams['a']!.state === 'ended');
        await pipeline.setNode('looks', { confidence: 0.5 });
      }
    },
  });
  assert.equal((await pipeline.ended).streams['b']!.frames, 60);
  await pipeline.setNode('looks', { everyFrames: 2 });
  await pipeline.start();
  assert.equal((await pipeline.ended).frames, 65);
  assert.equal(pipeline.latest('looks', 'a')!.frame, 4);
  await pipeline[Symbol.asyncDispose]();
  assert.deepEqual(engine.models, []);
  assert.equal(liveFrames(), 0);
});

test('sources come and go after the end, for the next run', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(6)], 'c.mp4': [clip(7)] });
  await pipeline.run();
  await pipeline.addSource('c', 'c.mp4');
  await pipeline.removeSource('a');
  assert.equal(pipeline.state, 'ended');
  await pipeline.start();
  const { streams } = await pipeline.ended;
  assert.deepEqual(Object.entries(streams).map(([name, { frames }]) => [name, frames]), [['b', 6], ['c', 7]]); // prettier-ignore
});

test('stopping what was not started does nothing', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(6)] });
  await pipeline.stop();
  assert.equal((await pipeline.run()).frames, 11);
});

test('started twice at once after the end, it runs once', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(6)] });
  await pipeline.run();
  const both = await Promise.allSettled([pipeline.start(), pipeline.start()]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  assert.equal((await pipeline.ended).frames, 11);
});

test('closed while it starts anew, it stays closed', async () => {
  const pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(6)] });
  await pipeline.run();
  const starting = pipeline.start();
  await pipeline[Symbol.asyncDispose]();
  await assert.rejects(starting, { code: 'FAILED_PRECONDITION', message: /is closed/ });
  assert.equal(pipeline.state, 'closed');
  assert.equal(liveFrames(), 0);
});

test('a seek before the start is where the run begins; one after the end is refused', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(50)], 'b.mp4': [clip(50)] });
  await pipeline.seek(1000, 'a');
  const { streams } = await pipeline.run();
  assert.deepEqual([streams['a']!.frames, streams['b']!.frames], [25, 50]);
  await assert.rejects(pipeline.seek(0), { code: 'FAILED_PRECONDITION' });
});

test('whoever reads results may seek between two of them', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(200)] }, { ...base, sources: { a: 'a.mp4' } });
  const times: number[] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    times.push(result.meta.frame);
    if (times.length === 3) await pipeline.seek(7600);
  }
  assert.equal(times.length < 30, true);
  assert.equal(pipeline.status().streams['a']!.positionMs, 7960);
  assert.equal(liveFrames(), 0);
});

test('of two seeks at once the last one counts, and both are answered', async () => {
  await using pipeline = await open({ 'a.mp4': [clip(200)] }, { ...base, sources: { a: 'a.mp4' } });
  let seeking: Promise<unknown> | undefined;
  let after = 0;
  const { frames } = await pipeline.run({
    onResult: ({ meta }) => {
      if (meta.frame === 5) seeking ??= Promise.all([pipeline.seek(1000), pipeline.seek(4000), pipeline.seek(7600)]);
      else if (seeking) after++;
    },
  });
  await seeking;
  assert.ok(frames < 40 && after >= 10, `${frames} frames, ${after} after the seek`);
});

test('a seek while a source waits to be opened again goes where it was told', async () => {
  const fault = new Fault('INPUT_CORRUPT', 'the cable came off');
  const sources = { a: { uri: 'a.mp4', restart: { when: 'on-error', firstDelayMs: 5 } } } as const;
  await using pipeline = await open({ 'a.mp4': [clip(40, { failAt: { frame: 20, fault } }), clip(40)] }, { ...base, sources });
  const seen: number[] = [];
  let seeking: Promise<void> | undefined;
  pipeline.on('stream', ({ state }) => void (state === 'restarting' && (seeking = pipeline.seek(200))));
  await pipeline.run({ onResult: ({ meta }) => void seen.push(Number(meta.pts.ticks)) });
  await seeking;
  assert.deepEqual(
    seen.slice(20),
    Array.from({ length: 35 }, (_, n) => n + 5),
  );
});

test('stopped while a source waits to be opened again, it ends at once', async () => {
  const fault = new Fault('INPUT_CORRUPT', 'the cable came off');
  const sources = { a: { uri: 'a.mp4', restart: { when: 'on-error', firstDelayMs: 60_000, maxDelayMs: 60_000 } } } as const;
  await using pipeline = await open({ 'a.mp4': [clip(40, { failAt: { frame: 20, fault } })] }, { ...base, sources });
  await pipeline.start();
  await until(() => pipeline.status().streams['a']!.state === 'restarting');
  pipeline.pause();
  pipeline.resume();
  assert.equal(pipeline.status().streams['a']!.state, 'restarting');
  await pipeline.stop();
  const { streams } = await pipeline.ended;
  assert.deepEqual([streams['a']!.state, streams['a']!.frames], ['stopped', 20]);
});

test('a node that fails on a paused stream ends the stream, not the pause', async () => {
  const held = gate();
  const engine = engineOf(async (_, shade) => {
    if (shade !== 6) return;
    await held.passed;
    throw new Fault('UNAVAILABLE', 'no instance is left');
  });
  await using pipeline = await open({ 'a.mp4': [clip(40)] }, { ...base, sources: { a: 'a.mp4' } }, engine);
  await pipeline.start();
  await until(() => pipeline.status().streams['a']!.frames === 5);
  pipeline.pause();
  for (let turns = 0; turns < 20; turns++) await turn();
  held.open();
  await assert.rejects(pipeline.ended, { code: 'UNAVAILABLE' });
  assert.equal(liveFrames(), 0);
});

test('a source whose output cannot be made is not added, and can be added later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lifecycle-'));
  const media = fakeMedia({ anyClip: clip(40) });
  let refuse = true;
  const picky = {
    ...media,
    createWriter: (...args: Parameters<typeof media.createWriter>) =>
      refuse && args[0].endsWith('b.mp4') ? Promise.reject(new Fault('ALREADY_EXISTS', `${args[0]} exists`)) : media.createWriter(...args),
  };
  const config = { ...base, sources: { a: 'a.mp4' }, outputs: { video: { video: join(folder, '{stream}.mp4') } } } as const;
  await using pipeline = await openPipeline(config, { media: picky, models, engine: engineOf() });
  await pipeline.start({ keepOpen: true });
  await assert.rejects(pipeline.addSource('b', 'b.mp4'), { code: 'ALREADY_EXISTS' });
  assert.deepEqual(Object.keys(pipeline.config.sources), ['a']);
  refuse = false;
  await pipeline.addSource('b', 'b.mp4');
  await until(() => pipeline.status().streams['b']!.state === 'ended');
  await pipeline.stop();
  assert.equal((await pipeline.ended).frames, 80);
  await rm(folder, { recursive: true });
});

test('a reading of a pipeline that is closed ends', async () => {
  const pipeline = await open({ 'a.mp4': [clip(5)], 'b.mp4': [clip(6)] });
  const reading = pipeline.of('things');
  await pipeline[Symbol.asyncDispose]();
  assert.deepEqual(await reading.next(), { done: true, value: undefined });
});
