import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, systemClock } from './clock.js';

test('the fake clock moves only when told to, and runs what falls due in order', async () => {
  const clock = new FakeClock(100);
  const seen: string[] = [];
  clock.after(30, () => seen.push(`late at ${clock.nowMs()}`));
  clock.after(10, () => seen.push(`early at ${clock.nowMs()}`));
  await clock.advance(9);
  assert.deepEqual(seen, []);
  await clock.advance(21);
  assert.deepEqual(seen, ['early at 110', 'late at 130']);
  assert.equal(clock.nowMs(), 130);
});

test('what was called off does not run, and what runs may plan more', async () => {
  const clock = new FakeClock();
  const seen: number[] = [];
  const cancel = clock.after(5, () => seen.push(0));
  clock.after(4, () => clock.after(4, () => seen.push(clock.nowMs())));
  cancel();
  await clock.advance(10);
  assert.deepEqual(seen, [8]);
});

test('sleep ends with the time or with the signal', async () => {
  const clock = new FakeClock();
  let awake = false;
  const sleeping = clock.sleep(10).then(() => (awake = true));
  await clock.advance(9);
  assert.equal(awake, false);
  await clock.advance(1);
  await sleeping;
  const stop = new AbortController();
  const stopped = clock.sleep(10, stop.signal);
  stop.abort();
  await assert.rejects(stopped, { code: 'CANCELLED' });
  await assert.rejects(clock.sleep(10, AbortSignal.abort()), { code: 'CANCELLED' });
});

test('the system clock is monotonic, sleeps, and stops sleeping when told', async () => {
  const startMs = systemClock.nowMs();
  await systemClock.sleep(10);
  // Timers may fire a fraction of a millisecond early by the monotonic clock.
  assert.ok(systemClock.nowMs() - startMs >= 9);
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await assert.rejects(sleeping, { code: 'CANCELLED' });
  await assert.rejects(systemClock.sleep(1, AbortSignal.abort()), { code: 'CANCELLED' });
});

test('after runs once and can be called off', async () => {
  let ran = 0;
  systemClock.after(1, () => ran++);
  const cancel = systemClock.after(1, () => (ran += 100));
  cancel();
  await systemClock.sleep(20);
  assert.equal(ran, 1);
});
