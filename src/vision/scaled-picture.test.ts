import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaledPicture } from './scaled-picture.js';
import type { PackedRgb } from './warp.js';

/** Red counts columns, green counts rows, blue is 7. */
const ramp = (width: number, height: number, by = 1): PackedRgb => ({
  size: { width, height },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [(pixel % width) * by, Math.floor(pixel / width) * by, 7][i % 3]!;
  }),
});
const rgb = { order: 'rgb', layout: 'packed' } as const;

test('at its own size, a picture stays as it is', () => {
  const picture = ramp(5, 4);
  assert.deepEqual([...scaledPicture(picture, { size: picture.size, ...rgb })], [...picture.data]);
});

test('a part is cut out, put in its place, and padded around', () => {
  const source = { x: 2, y: 1, width: 2, height: 1 };
  const request = { size: { width: 3, height: 2 }, content: { x: 1, y: 1, width: 2, height: 1 }, source, pad: 9, ...rgb };
  assert.deepEqual([...scaledPicture(ramp(5, 4), request)], [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 2, 1, 7, 3, 1, 7]);
});

test('planes, the other order of channels, and gray', () => {
  const one: PackedRgb = { size: { width: 1, height: 1 }, data: Uint8Array.of(100, 50, 200) };
  const size = { width: 2, height: 1 };
  assert.deepEqual([...scaledPicture(one, { size, order: 'bgr', layout: 'planar' })], [200, 200, 50, 50, 100, 100]);
  assert.deepEqual([...scaledPicture(one, { size, order: 'bgr', layout: 'packed' })], [200, 50, 100, 200, 50, 100]);
  // 0.299 * 100 + 0.587 * 50 + 0.114 * 200 = 82.05.
  assert.deepEqual([...scaledPicture(one, { size, order: 'gray', layout: 'planar' })], [82, 82]);
});

test('shrinking takes the mean of all that is covered, parts of pixels by their share', () => {
  // 0, 10, 20 | 30, 40, 50: halves of six are means of three; of five, the middle one counts for half on each side.
  const reds = (width: number): number[] =>
    [...scaledPicture(ramp(width, 1, 10), { size: { width: 2, height: 1 }, ...rgb })].filter((_, i) => i % 3 === 0);
  assert.deepEqual(reds(6), [10, 40]);
  assert.deepEqual(reds(5), [8, 32]);
});

test('growing mixes neighbours, and ends at the edges', () => {
  const wide = scaledPicture(ramp(2, 1, 100), { size: { width: 4, height: 1 }, ...rgb });
  assert.deepEqual([...wide].filter((_, i) => i % 3 === 0), [0, 25, 75, 100]); // prettier-ignore
});

test('the finest stripes become gray rather than noise', () => {
  const stripes: PackedRgb = {
    size: { width: 64, height: 64 },
    data: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (Math.floor(i / 3) % 2) * 255),
  };
  const small = scaledPicture(stripes, { size: { width: 16, height: 16 }, ...rgb });
  assert.ok(small.every((value) => Math.abs(value - 127.5) <= 1));
});

test('rectangles outside of their picture are refused', () => {
  const picture = ramp(4, 4);
  const size = { width: 2, height: 2 };
  assert.throws(() => scaledPicture(picture, { size, source: { x: 3, y: 0, width: 2, height: 2 }, ...rgb }), {
    code: 'INVALID_ARGUMENT',
    message: 'source 2x2 at 3,0 must be whole pixels inside 4x4',
  });
  assert.throws(() => scaledPicture(picture, { size, content: { x: 0, y: 0, width: 0, height: 2 }, ...rgb }), { message: /^content 0x2/ });
});
