import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, liveFrames } from '../core/index.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, mediaOpening, models } from './run.test.support.js';

const nodes = { things: { model: 'boxes' } } as const;
const broken = (frame: number) => clip(40, { failAt: { frame, fault: new Fault('INPUT_CORRUPT', 'the cable came off') } });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test('a stream that fails is told of, and the others go on to their ends', async () => {
  const media = mediaOpening({ a: [broken(10)], b: [clip(30)] });
  await using pipeline = await openPipeline({ version: 1, sources: { a: 'a', b: 'b' }, nodes }, { media, models, engine: engineOf() });
  const { streams } = await pipeline.run();
  assert.equal(streams['a']!.state, 'failed');
  assert.deepEqual(streams['a']!.fault, { code: 'INPUT_CORRUPT', message: 'the cable came off' });
  assert.equal(streams['a']!.frames, 10);
  assert.deepEqual([streams['b']!.state, streams['b']!.frames, streams['b']!.fault], ['ended', 30, undefined]);
  assert.equal(liveFrames(), 0);
});

test('a file that fails goes on behind its last good frame, with its true numbers and times', async () => {
  const media = mediaOpening({ a: [broken(10), broken(20), clip(40)] });
  const sources = { a: { uri: 'a', restart: { when: 'on-error', firstDelayMs: 0 } } } as const;
  await using pipeline = await openPipeline({ version: 1, sources, nodes }, { media, models, engine: engineOf() });
  const seen: [number, bigint][] = [];
  const { streams } = await pipeline.run({ onResult: ({ meta }) => void seen.push([meta.frame, meta.pts.ticks]) });
  assert.deepEqual(
    seen,
    numbers(40).map((n) => [n, BigInt(n)]),
  );
  assert.deepEqual([streams['a']!.state, streams['a']!.restarts], ['ended', 2]);
});

test('attempts are bounded: a file that fails at the same place for ever fails for good', async () => {
  const media = mediaOpening({ a: [broken(10)] });
  const sources = { a: { uri: 'a', restart: { when: 'on-error', firstDelayMs: 0, attempts: 3 } } } as const;
  await using pipeline = await openPipeline({ version: 1, sources, nodes }, { media, models, engine: engineOf() });
  await assert.rejects(pipeline.run(), { code: 'INPUT_CORRUPT' });
  assert.equal(media.opened.length, 4);
  assert.equal(pipeline.latest('things')?.frame, 9);
});

test('a file that plays in a loop counts and goes on in time', async () => {
  const media = mediaOpening({ a: [clip(5)] });
  const sources = { a: { uri: 'a', restart: 'always' } } as const;
  await using pipeline = await openPipeline({ version: 1, sources, nodes }, { media, models, engine: engineOf() });
  const seen: [number, bigint][] = [];
  await pipeline.run({
    onResult({ meta }) {
      seen.push([meta.frame, meta.pts.ticks]);
      if (seen.length === 13) void pipeline.stop();
    },
  });
  assert.deepEqual(
    seen.slice(0, 13),
    numbers(13).map((n) => [n, BigInt(n)]),
  );
  assert.equal(liveFrames(), 0);
});

test('a camera that is not there when a realtime pipeline opens is tried again, and the others run meanwhile', async () => {
  const down = clip(1, { openFault: new Fault('UNAVAILABLE', 'no route to the camera') });
  const media = mediaOpening({ door: [down, down, clip(5, { info: { live: true } })], yard: [clip(5)] });
  const sources = { door: { uri: 'door', restart: { when: 'on-error', firstDelayMs: 1, attempts: 5 } }, yard: 'yard' } as const;
  await using pipeline = await openPipeline({ version: 1, mode: 'realtime', sources, nodes }, { media, models, engine: engineOf() });
  const states: string[] = [];
  pipeline.on('stream', ({ stream, state }) => void (stream === 'door' && states.push(state)));
  assert.deepEqual(Object.keys(pipeline.streams.map(({ name }) => name)), ['0']);
  await pipeline.start();
  let frames = 0;
  for await (const { stream } of pipeline.of('things', { stream: 'door' })) {
    assert.equal(stream, 'door');
    if (++frames === 3) break;
  }
  await pipeline.stop();
  assert.deepEqual(states.slice(0, 3), ['restarting', 'running', states[2]]);
  assert.equal(liveFrames(), 0);
});

test('a live source that ends has failed: it is opened again without being told to', async () => {
  const media = mediaOpening({ door: [clip(4, { info: { live: true } })] });
  const sources = { door: { uri: 'door', restart: { when: 'on-error', firstDelayMs: 0 } } } as const;
  await using pipeline = await openPipeline({ version: 1, sources, nodes }, { media, models, engine: engineOf() });
  const seen: number[] = [];
  await pipeline.run({ onResult: ({ meta }) => void (seen.push(meta.frame) === 10 && pipeline.stop()) });
  assert.deepEqual(seen.slice(0, 10), numbers(10));
  assert.ok(media.opened.length >= 3);
});

test('in realtime a node that fails costs its frame, not the stream; so many in a row do', async () => {
  const media = mediaOpening({ a: [clip(20, { info: { live: true } })], b: [clip(200, { info: { live: true } })] });
  const engine = engineOf((_, shade) => {
    if (shade % 5 === 0) throw new Fault('UNAVAILABLE', 'the instance is gone');
  });
  const sources = { a: { uri: 'a', restart: 'never' } } as const;
  await using pipeline = await openPipeline({ version: 1, mode: 'realtime', realtime: { queue: 100 }, sources, nodes }, { media, models, engine });
  const lost: number[] = [];
  pipeline.on('frame-failed', ({ frame }) => void lost.push(frame));
  await assert.rejects(pipeline.run(), { message: /the source ended, which a live source should not/ });
  assert.deepEqual(lost, [4, 9, 14, 19]);
  assert.equal(pipeline.status().streams['a']?.frames, 16);

  const always = engineOf(() => {
    throw new Fault('UNAVAILABLE', 'no instance is left');
  });
  await using other = await openPipeline(
    { version: 1, mode: 'realtime', realtime: { queue: 300 }, sources: { b: { uri: 'b', restart: 'never' } }, nodes },
    { media, models, engine: always },
  );
  await assert.rejects(other.run(), { code: 'UNAVAILABLE', message: /no instance is left/ });
  assert.ok(other.status().streams['b']!.failedFrames <= 40);
  assert.equal(liveFrames(), 0);
});
