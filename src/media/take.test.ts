import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Take, frameTaker } from './take.js';

const MILLISECONDS = { num: 1, den: 1000 };

/** Numbers of the frames taken of a stream with these times. */
function taken(take: Take | undefined, timesMs: readonly number[]): number[] {
  const isTaken = frameTaker(take);
  return timesMs.flatMap((ms, number) => (isTaken(number, { ticks: BigInt(ms), timeBase: MILLISECONDS }) ? [number] : []));
}
const even = (count: number, stepMs: number, fromMs = 0): number[] => Array.from({ length: count }, (_, i) => fromMs + i * stepMs);

test('without a setting every frame is taken', () => {
  assert.deepEqual(taken(undefined, even(3, 40)), [0, 1, 2]);
  assert.deepEqual(taken({}, even(3, 40)), [0, 1, 2]);
});

test('everyFrames goes by position', () => {
  assert.deepEqual(taken({ everyFrames: 3 }, even(8, 40)), [0, 3, 6]);
  assert.deepEqual(taken({ everyFrames: 1 }, even(3, 40)), [0, 1, 2]);
});

test('everySeconds goes by the stream’s own time, from its first frame on, without drifting', () => {
  assert.deepEqual(taken({ everySeconds: 0.1 }, even(11, 40, 5000)), [0, 3, 5, 8, 10]);
  assert.deepEqual(taken({ everySeconds: 1 / 25 }, even(6, 40)), [0, 1, 2, 3, 4, 5]);
});

test('a gap is followed by its first frame, not by those it would have had', () => {
  assert.deepEqual(taken({ everySeconds: 1 }, [0, 500, 7300, 7400, 8000, 8100]), [0, 2, 4]);
});

test('time that goes back begins anew', () => {
  assert.deepEqual(taken({ everySeconds: 1 }, [9000, 9500, 10_000, 100, 600, 1100]), [0, 2, 3, 5]);
});

test('with both, a frame must be wanted by both', () => {
  assert.deepEqual(taken({ everyFrames: 2, everySeconds: 0.1 }, even(11, 40)), [0, 4, 6, 8, 10]);
});

test('settings that make no sense are refused by name', () => {
  for (const everyFrames of [0, 1.5, -1, NaN]) assert.throws(() => frameTaker({ everyFrames }), { code: 'INVALID_ARGUMENT', message: /everyFrames/ });
  for (const everySeconds of [0, -1, NaN, Infinity])
    assert.throws(() => frameTaker({ everySeconds }), { code: 'INVALID_ARGUMENT', message: /everySeconds/ });
});
