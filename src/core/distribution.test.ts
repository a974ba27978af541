import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../testing/fuzz.js';
import { Distribution } from './distribution.js';

/** The value of nearest rank among all of them. */
function exact(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1]!;
}

const KINDS: Readonly<Record<string, (next: () => number) => number>> = {
  even: (next) => next() * 100,
  'over many scales': (next) => 10 ** (next() * 8 - 2),
  'in two humps': (next) => (next() < 0.9 ? 5 + next() : 400 + next() * 100),
  'with a long tail': (next) => -20 * Math.log(1 - next()),
  'always the same': () => 33.3,
};
for (const [kind, make] of Object.entries(KINDS))
  test(`quantiles of values ${kind} are within 5 % of the exact ones, of all and of late`, () => {
    const next = random(7);
    for (const count of [1, 2, 3, 19, 100, 5000]) {
      const distribution = new Distribution({ windowMs: 10_000 });
      const values = Array.from({ length: count }, () => make(next));
      values.forEach((value) => distribution.record(value, 50));
      const { recent, ...whole } = distribution.reading(50);
      for (const figures of [whole, recent]) {
        assert.equal(figures.count, count);
        assert.equal(figures.max, Math.max(...values));
        for (const [share, told] of [
          [0.5, figures.p50],
          [0.95, figures.p95],
          [0.99, figures.p99],
        ] as const) {
          const right = exact(values, share);
          assert.ok(Math.abs(told - right) <= 0.05 * right, `p${share * 100} of ${count}: ${told}, exact ${right}`);
        }
      }
    }
  });

test('the recent figures forget what is older than the window, the others do not', () => {
  const distribution = new Distribution({ windowMs: 9000 });
  // Generations of 6 s: 0 to 6, 6 to 12, ...
  distribution.record(100, 0);
  distribution.record(10, 6500);
  assert.deepEqual([distribution.reading(6500).recent.count, distribution.reading(6500).recent.max], [2, 100]);
  distribution.record(20, 12_500);
  const { recent, count, max, mean } = distribution.reading(13_000);
  assert.deepEqual([recent.count, recent.max, recent.mean, recent.spanMs], [2, 20, 15, 7000]);
  assert.deepEqual([count, max, mean], [3, 100, 130 / 3]);
  const quiet = distribution.reading(60_000);
  assert.deepEqual([quiet.recent.count, quiet.recent.p99, quiet.count], [0, 0, 3]);
});

test('a window always reaches back between two thirds and four thirds of its length', () => {
  const distribution = new Distribution({ windowMs: 9000 });
  for (let nowMs = 0; nowMs < 60_000; nowMs += 250) {
    distribution.record(1, nowMs);
    const { spanMs, count } = distribution.reading(nowMs).recent;
    if (nowMs >= 12_000) assert.ok(spanMs >= 6000 && spanMs < 12_000, `${spanMs} ms at ${nowMs}`);
    assert.equal(count, Math.floor(spanMs / 250) + 1);
  }
});

test('bounds count the values up to them, those that are equal included', () => {
  const distribution = new Distribution({ bounds: [1, 5, 10] });
  for (const value of [-3, 0, 1, 1.01, 5, 10, 11]) distribution.record(value, 0);
  assert.deepEqual(distribution.boundCounts(), [
    { atMost: 1, count: 3 },
    { atMost: 5, count: 5 },
    { atMost: 10, count: 6 },
    { atMost: Infinity, count: 7 },
  ]);
});

test('what is no number is left out, and values beyond the buckets keep their extremes', () => {
  const distribution = new Distribution();
  for (const value of [NaN, Infinity, -Infinity]) distribution.record(value, 0);
  assert.equal(distribution.reading(0).count, 0);
  for (const value of [0, 0, 1e12]) distribution.record(value, 0);
  const { p50, p99, max } = distribution.reading(0);
  assert.deepEqual([p50 <= 0.001, p99 > 5e7, max], [true, true, 1e12]);
});

test('a clock that steps back loses nothing', () => {
  const distribution = new Distribution();
  distribution.record(1, 1000);
  distribution.record(2, 500);
  assert.deepEqual([distribution.reading(500).recent.count, distribution.reading(500).recent.spanMs], [2, 0]);
});
