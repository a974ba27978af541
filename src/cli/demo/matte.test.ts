import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxMean, enlarge, keepLargest, personColours, refineMask, sharpen } from './matte.js';

const SIZE = { width: 64, height: 48 };
const each = (value: (x: number, y: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: SIZE.width * SIZE.height }, (_, i) => value(i % SIZE.width, Math.floor(i / SIZE.width)));
const colours = (colour: (x: number, y: number) => readonly [number, number, number]): Uint8Array =>
  Uint8Array.from(Array.from({ length: SIZE.width * SIZE.height }, (_, i) => colour(i % SIZE.width, Math.floor(i / SIZE.width))).flat());
const row = (values: Float32Array, y: number): Float32Array => values.subarray(y * SIZE.width, (y + 1) * SIZE.width);

test('a mean over squares leaves an even plane and a slope as they are, edges included', () => {
  assert.ok(
    boxMean(
      each(() => 0.7),
      SIZE,
      5,
    ).every((value) => Math.abs(value - 0.7) < 1e-5),
  );
  const slope = boxMean(
    each((x) => x),
    SIZE,
    3,
  );
  assert.ok(Math.abs(row(slope, 20)[30]! - 30) < 1e-4);
  // At the left edge the square is cut: columns 0 to 3 remain.
  assert.ok(Math.abs(row(slope, 20)[0]! - 1.5) < 1e-4);
});

test('a mask that is three pixels off moves onto the edge in the photograph', () => {
  const photograph = colours((x) => (x < 30 ? [200, 60, 50] : [40, 90, 160]));
  const refined = refineMask(
    each((x) => (x < 33 ? 1 : 0)),
    photograph,
    SIZE,
    { radius: 6, epsilon: 1e-4 },
  );
  const middle = row(refined, 24);
  const drops = Array.from({ length: 62 }, (_, x) => middle[x]! - middle[x + 1]!);
  assert.equal(drops.indexOf(Math.max(...drops)), 29, 'the steepest drop lies between the last column of the person and the first of the background');
  assert.ok(middle[29]! > 0.75 && middle[33]! < 0.5, `${middle[29]} and ${middle[33]}`);
  assert.ok(middle[10]! > 0.99 && middle[55]! < 0.01);
});

test('an edge between colours of equal brightness is found too', () => {
  // BT.601 luma 100 on both sides: a grey guide would see nothing.
  const photograph = colours((x) => (x < 30 ? [180, 60, 97] : [60, 122, 96]));
  const middle = row(
    refineMask(
      each((x) => (x < 32 ? 1 : 0)),
      photograph,
      SIZE,
      { radius: 6, epsilon: 1e-4 },
    ),
    24,
  );
  assert.ok(middle[29]! - middle[30]! > 0.4, `${middle[29]} and ${middle[30]}`);
});

test('a small mask grows without a shift: its middle stays in the middle', () => {
  const grown = enlarge(Float32Array.of(0, 1, 0, 1), { width: 2, height: 2 }, SIZE);
  assert.ok(Math.abs((row(grown, 5)[31]! + row(grown, 5)[32]!) / 2 - 0.5) < 1e-6);
  assert.deepEqual([row(grown, 0)[0], row(grown, 47)[63]], [0, 1]);
});

test('weak alpha goes, strong alpha becomes whole, between is a soft curve', () => {
  const found = [...sharpen(Float32Array.of(0.1, 0.2, 0.5, 0.8, 0.9), 0.2, 0.8)].map((value) => Number(value.toFixed(6)));
  assert.deepEqual(found, [0, 0, 0.5, 1, 1]);
});

test('only the largest region stays, with its soft edge', () => {
  const alpha = each((x, y) => (x < 20 ? 1 : x === 20 ? 0.3 : x > 50 && y < 8 ? 0.9 : 0));
  const kept = keepLargest(alpha, SIZE);
  assert.deepEqual([row(kept, 4)[10], row(kept, 4)[55]], [1, 0]);
  assert.ok(Math.abs(row(kept, 4)[20]! - 0.3) < 1e-6);
  assert.ok(
    keepLargest(
      each(() => 0),
      SIZE,
    ).every((value) => value === 0),
  );
});

test('no fringe of the old background is left on a soft edge', () => {
  const alpha = each((x) => (x < 30 ? 1 : x < 33 ? 0.5 : 0));
  const mixed = colours((x) => (x < 30 ? [200, 40, 40] : x < 33 ? [120, 140, 140] : [40, 240, 240]));
  const found = personColours(mixed, alpha, SIZE);
  for (const x of [10, 29, 30, 31, 32])
    assert.deepEqual([...found.subarray((24 * 64 + x) * 3, (24 * 64 + x) * 3 + 3)].map(Math.round), [200, 40, 40]);
});
