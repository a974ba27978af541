import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../core/index.js';
import type { FrameResult } from '../../frame-result.js';
import { OfflinePace } from './offline-pace.js';

const result = (stream: string, ms: number): FrameResult =>
  ({ meta: { stream, pts: { ticks: BigInt(ms), timeBase: { num: 1, den: 1000 } } } }) as unknown as FrameResult;

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false;
  promise.finally(() => (isSettled = true)).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return isSettled;
};

function setUp(deliver?: (tick: number) => Promise<void>) {
  const clock = new FakeClock();
  const events: string[] = [];
  const pace = new OfflinePace({
    frameRate: 25,
    patienceMs: 5000,
    clock,
    show: ({ meta }) => void events.push(`show ${meta.stream}`),
    deliver: deliver ?? (async (tick) => void events.push(`picture ${tick}`)),
  });
  return { clock, events, pace };
}

test('a stream that is ahead waits for the others; all go on together', async () => {
  const { events, pace } = setUp();
  pace.add('a');
  pace.add('b');
  await pace.write(result('a', 0));
  const ahead = pace.write(result('a', 40));
  assert.equal(await settled(ahead), false);
  await pace.write(result('b', 0));
  assert.equal(await settled(ahead), false);
  await pace.write(result('b', 40));
  assert.equal(await settled(ahead), true);
  assert.deepEqual(events, ['show a', 'show b', 'picture 0', 'show a', 'show b']);
  await pace.finish();
  assert.deepEqual(events.at(-1), 'picture 1');
});

test('who brings nothing is waited for as long as patience says, once', async () => {
  const { clock, events, pace } = setUp();
  pace.add('a');
  pace.add('silent');
  await pace.write(result('a', 0));
  const ahead = pace.write(result('a', 40));
  await clock.advance(4999);
  assert.equal(await settled(ahead), false);
  await clock.advance(1);
  assert.equal(await settled(ahead), true);
  for (const ms of [80, 120]) await pace.write(result('a', ms));
  assert.equal(events.filter((event) => event.startsWith('picture')).length, 3);
  await pace.finish();
});

test('the end of a stream lets the others go on, also while its own frame waits', async () => {
  const { events, pace } = setUp();
  pace.add('a');
  pace.add('b');
  await pace.write(result('a', 0));
  const ahead = pace.write(result('a', 40));
  pace.end('a');
  await ahead;
  for (const ms of [0, 40]) await pace.write(result('b', ms));
  await pace.finish();
  assert.deepEqual(events.filter((event) => event.startsWith('picture')), ['picture 0', 'picture 1']); // prettier-ignore
});

test('a picture that fails is told to whoever waits, to later writers, and at the end', async () => {
  const { pace } = setUp(() => Promise.reject(new Error('disk full')));
  pace.add('a');
  await pace.write(result('a', 0));
  await assert.rejects(pace.write(result('a', 40)), /disk full/);
  await assert.rejects(pace.write(result('a', 80)), /disk full/);
  await assert.rejects(pace.finish(), /disk full/);
});

test('disposing lets go of whoever waits and makes no more pictures', async () => {
  const { events, pace } = setUp();
  pace.add('a');
  pace.add('b');
  await pace.write(result('a', 0));
  const ahead = pace.write(result('a', 40));
  await pace[Symbol.asyncDispose]();
  await ahead;
  pace.end('b');
  assert.deepEqual(events, ['show a']);
});
