import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, liveFrames } from '../core/index.js';
import { NULL_LOG } from '../core/index.js';
import { FrameFeed } from './feed/frame-feed.js';
import { RealtimeFeed } from './feed/realtime-feed.js';
import { Restarts } from './feed/restarts.js';
import { openPipeline } from './pipeline.js';
import { clip, engineOf, gate, mediaOpening, models } from './run.test.support.js';

const NEVER = { when: 'never', firstDelayMs: 0, maxDelayMs: 0 } as const;

async function feedOf(clock: FakeClock, frames: number, live: boolean, stop = new AbortController()) {
  const source = await mediaOpening({ a: [clip(frames, { info: { live } })] }).open('a', { stream: 'a' });
  return new FrameFeed({
    stream: 'a',
    source,
    open: () => Promise.reject(new Error('opened once')),
    restarts: () => new Restarts(NEVER),
    take: undefined,
    realtime: true,
    clock,
    log: NULL_LOG,
    stop: stop.signal,
    events: { opened: async () => {}, restarting: () => {}, running: () => {}, passedOver: () => {} },
  });
}

/** Reads the queue `readMs` after `readMs`, and tells which frames were taken and how old they were. */
async function taken(overflow: 'oldest' | 'newest', queue: number, readMs: number) {
  const clock = new FakeClock();
  let dropped = 0;
  const feed = await feedOf(clock, 51, false);
  const stop = new AbortController().signal;
  const realtime = new RealtimeFeed(feed, { clock, queue, overflow, stop, onArrival() {}, onDropped: (n) => void (dropped += n), onDepth() {} });
  const seen: [frame: number, ageMs: number][] = [];
  const reader = realtime[Symbol.asyncIterator]();
  for (;;) {
    const next = reader.next();
    await clock.advance(0);
    // Frames come while the reader is busy, or waits.
    for (let ms = 0; ms < readMs; ms += 10) await clock.advance(10);
    const { done, value } = await next;
    if (done) break;
    seen.push([value.frame.number, clock.nowMs() - readMs - value.capturedMs!]);
    value[Symbol.dispose]();
  }
  return { seen, dropped };
}

test('a reader who is five times too slow gets what is newest, never older than a frame, and every frame is accounted for', async () => {
  // 25 frames a second; the reader needs 200 ms a frame.
  const { seen, dropped } = await taken('oldest', 1, 200);
  assert.ok(seen.length >= 10 && seen.length <= 13, `${seen.length}`);
  for (const [frame, ageMs] of seen.slice(1)) assert.ok(ageMs <= 40, `frame ${frame} was ${ageMs} ms old`);
  assert.equal(seen.length + dropped, 51);
  assert.equal(liveFrames(), 0);
});

test('newest: what waits is kept, and the frame that comes is dropped', async () => {
  const { seen, dropped } = await taken('newest', 2, 200);
  assert.deepEqual(seen.slice(0, 3).map(([frame]) => frame), [0, 1, 2]); // prettier-ignore
  assert.equal(seen.length + dropped, 51);
});

test('a file plays at the pace of its times; after a pause it goes on from where it was', async () => {
  const clock = new FakeClock();
  const feed = await feedOf(clock, 100, false);
  const realtime = new RealtimeFeed(feed, { clock, queue: 50, overflow: 'oldest', stop: new AbortController().signal, onArrival() {}, onDropped: (n) => assert.fail(`${n} dropped`), onDepth() {} }); // prettier-ignore
  const arrived: [number, number][] = [];
  const read = (async () => {
    for await (const arrival of realtime) {
      arrived.push([arrival.frame.number, Math.round(clock.nowMs())]);
      arrival[Symbol.dispose]();
      if (arrival.frame.number === 11) break;
    }
  })();
  for (let ms = 0; ms < 200; ms += 10) await clock.advance(10);
  const before = arrived.length;
  feed.pause();
  for (let ms = 0; ms < 1000; ms += 10) await clock.advance(10);
  const paused = arrived.length;
  assert.ok(paused - before <= 1);
  feed.resume();
  for (let ms = 0; ms < 600; ms += 10) await clock.advance(10);
  await read;
  // 40 ms apart on both sides of the pause, none left out.
  assert.deepEqual(arrived.map(([frame]) => frame), Array.from({ length: 12 }, (_, n) => n)); // prettier-ignore
  for (const [n, [, atMs]] of arrived.entries()) if (n > 0 && n !== paused) assert.equal(atMs - arrived[n - 1]![1], 40, `frame ${n}`);
  assert.equal(liveFrames(), 0);
});

test('a camera that is paused is left, and opened again when it goes on; numbers and times go on', async () => {
  const media = mediaOpening({ door: [10_000, 60].map((frames) => clip(frames, { info: { live: true }, delayMs: 1 })) });
  const config = {
    version: 1,
    mode: 'realtime',
    sources: { door: { uri: 'door', restart: 'never' } },
    nodes: { things: { model: 'boxes' } },
  } as const;
  await using pipeline = await openPipeline(config, { media, models, engine: engineOf() });
  const seen: number[] = [];
  const run = pipeline.run({ onResult: ({ meta }) => void (seen.push(meta.frame) === 5 && pipeline.pause('door')) });
  run.catch(() => {});
  while (seen.length < 5 || pipeline.status().streams['door']!.underWay > 0) await new Promise((resolve) => setImmediate(resolve));
  while (media.left.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  const paused = seen.length;
  assert.ok(paused <= 8, `${paused} results`);
  assert.deepEqual([pipeline.status().streams['door']!.state, liveFrames(), media.opened.length], ['paused', 0, 1]);
  pipeline.resume();
  await assert.rejects(run, /the source ended/);
  assert.equal(media.opened.length, 2);
  assert.ok(seen.length > paused);
  assert.ok(seen.every((frame, at) => at === 0 || frame > seen[at - 1]!));
});

test('no more frames are under way than there are models to look at them, so that none waits behind another', async () => {
  const held = gate();
  let most = 0;
  let atWork = 0;
  const engine = engineOf(async () => {
    most = Math.max(most, ++atWork);
    await held.passed;
    atWork--;
  });
  const media = mediaOpening({ door: [clip(200, { info: { live: true } })] });
  const nodes = { things: { model: 'boxes', instances: 2 } } as const;
  const config = { version: 1, mode: 'realtime', sources: { door: { uri: 'door', restart: 'never' } }, nodes } as const;
  await using pipeline = await openPipeline(config, { media, models, engine });
  const run = pipeline.run();
  while (pipeline.status().streams['door']!.dropped < 150) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pipeline.status().streams['door']!.underWay, 2);
  held.open();
  await assert.rejects(run, /the source ended/);
  assert.equal(most, 2);
  const { drops, framesIn, framesOut } = (({ dropped: all, ...rest }) => ({ drops: all, ...rest }))(pipeline.metrics().streams['door']!);
  assert.equal(framesOut + drops.oldest, 200);
  assert.equal(framesIn, 200);
});
