import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePts, fromMs, rescale, toMs } from './pts.js';

const at = (ticks: bigint, num: number, den: number) => ({ ticks, timeBase: { num, den } });

test('rescale rounds to the nearest tick, halves away from zero', () => {
  const cases: [bigint, bigint][] = [
    [1n, 1n],
    [2n, 1n],
    [3n, 2n],
    [4n, 2n],
    [-1n, -1n],
    [-2n, -1n],
    [-3n, -2n],
    [0n, 0n],
  ];
  for (const [from, to] of cases) assert.equal(rescale(at(from, 1, 2), { num: 1, den: 1 }).ticks, to, `${from}/2`);
});

test('rescale is exact beyond 2^53', () => {
  const far = at(9_007_199_254_740_993n, 1, 90_000);
  assert.equal(rescale(rescale(far, { num: 1, den: 180_000 }), far.timeBase).ticks, far.ticks);
});

test('milliseconds in and out', () => {
  assert.equal(toMs(at(90n, 1, 90_000)), 1);
  assert.equal(fromMs(1.5, { num: 1, den: 90_000 }).ticks, 135n);
});

test('two clocks compare exactly', () => {
  assert.equal(comparePts(at(1n, 1, 3), at(2n, 1, 6)), 0);
  assert.equal(comparePts(at(1n, 1001, 30_000), at(1n, 1, 30)), 1);
  assert.equal(comparePts(at(-1n, 1, 30), at(0n, 1, 1)), -1);
});
