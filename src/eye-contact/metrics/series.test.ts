import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correlation, gainSlope, gazeErrors, jitter, lostBlinks, quantile } from './series.js';

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('quantiles lie between neighbours in proportion', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  near(quantile([0, 10], 0.95), 9.5);
  assert.throws(() => quantile([], 0.5), /one value or more/);
});

test('gaze errors are angles between directions', () => {
  const ahead = { yaw: 0, pitch: 0 };
  const { median, p95 } = gazeErrors([{ yaw: 3, pitch: 0 }, { yaw: 0, pitch: -1 }, ahead], [ahead, ahead, ahead]);
  near(median, 1);
  near(p95, 1 + 0.9 * 2);
});

test('the gain is the slope of the output over the input', () => {
  near(gainSlope([-10, 0, 10], [-1, 0, 1]), 0.1);
  near(gainSlope([-10, 0, 10], [5, 5, 5]), 0);
});

test('correlation: of a line 1, of its mirror image -1, of a still series with a moving one 0', () => {
  near(correlation([1, 2, 3], [10, 20, 30]), 1);
  near(correlation([1, 2, 3], [3, 2, 1]), -1);
  assert.equal(correlation([1, 2, 3], [5, 5, 5]), 0);
  assert.equal(correlation([1, 1], [5, 5]), 1);
});

test('a blink one frame late is kept, one that is gone or new is not', () => {
  const open = [1, 1, 1, 1, 1, 1];
  const blink = [1, 1, 0, 1, 1, 1];
  assert.equal(lostBlinks(blink, [1, 1, 1, 0, 1, 1]), 0);
  assert.equal(lostBlinks(blink, open), 1);
  assert.equal(lostBlinks(open, blink), 1);
  assert.equal(lostBlinks(blink, [1, 1, 1, 1, 0, 1]), 2);
});

test('jitter is what a moving mean leaves: nothing of a ramp, four fifths of a zigzag', () => {
  near(jitter([0, 1, 2, 3, 4, 5, 6]), 0);
  // Around each of ±1 lie three of its sign and two of the other: the mean is a fifth of it, four fifths are left.
  near(jitter([1, -1, 1, -1, 1, -1, 1, -1]), 0.8);
  assert.throws(() => jitter([1, 2]), /5 values or more, got 2/);
});
