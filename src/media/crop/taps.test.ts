import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stretch, type Taps, nearest, taps } from './taps.js';

/** What the taps make of samples that are `sample` numbers. */
function applied({ count, first, weights }: Taps, sample: (at: number) => number): number[] {
  return Array.from(first, (from, pixel) => {
    let sum = 0;
    for (let tap = 0; tap < count; tap++) sum += sample(from + tap) * weights[pixel * count + tap]!;
    return Math.round(sum * 1000) / 1000;
  });
}

const stretch = (start: number, length: number, least = Math.floor(start), most = Math.ceil(start + length) - 1): Stretch => ({
  start,
  length,
  least,
  most,
});

test('as many pixels as samples are the samples', () => {
  assert.deepEqual(
    applied(taps(stretch(3, 5), 5), (at) => at),
    [3, 4, 5, 6, 7],
  );
});

test('fewer pixels are the mean of what they cover', () => {
  assert.deepEqual(
    applied(taps(stretch(0, 6), 2), (at) => at * at),
    [(0 + 1 + 4) / 3, (9 + 16 + 25) / 3].map((mean) => Math.round(mean * 1000) / 1000),
  );
  assert.deepEqual(
    applied(taps(stretch(0, 3), 2), (at) => [0, 9, 30][at]!),
    [(0 + 9 / 2) / 1.5, (9 / 2 + 30) / 1.5],
  );
});

test('more pixels lie on the line between samples, and go on beyond the last', () => {
  assert.deepEqual(
    applied(taps(stretch(10, 2), 4), (at) => (at === 10 ? 0 : 100)),
    [0, 25, 75, 100],
  );
});

test('nothing outside the limits is read, and weights add up to 1, whatever the stretch', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 500; round++) {
    const start = random(200) / 4;
    const length = 1 + random(400) / 4;
    const given = stretch(start, length);
    const made = taps(given, 1 + random(60));
    assert.ok(made.first.every((first) => first >= given.least && first + made.count - 1 <= given.most));
    for (const sum of applied(made, () => 1)) assert.ok(Math.abs(sum - 1) < 1e-3, `${sum} for ${JSON.stringify(given)}`);
    assert.ok(made.weights.every((weight) => weight >= 0));
  }
});

test('the nearest sample is the one that a pixel lies in', () => {
  assert.deepEqual(
    applied(nearest(3, 4, 2), (at) => at),
    [1, 2, 2, 3],
  );
});
