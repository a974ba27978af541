import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameInterval } from './frame-interval.js';

const after = (gaps: readonly number[]): number => {
  const interval = new FrameInterval();
  for (const gap of gaps) interval.add(gap);
  return interval.ms;
};

test('the median of the latest gaps; of two in the middle the shorter', () => {
  assert.equal(after([]), 0);
  assert.equal(after([40]), 40);
  assert.equal(after([40, 80]), 40);
  assert.equal(after([80, 40, 33, 1000, 41]), 41);
});

test('dropped frames, equal times and an outage do not move it; a lasting change does', () => {
  const steady = Array.from({ length: 20 }, () => 40);
  assert.equal(after([...steady, 80, 120, 0, 60_000, 40, 80]), 40);
  assert.equal(after([...steady, ...Array.from({ length: 8 }, () => 200)]), 200);
});
