import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbPicture } from '../port.js';
import { movePoint, squareToPicture } from './affine.js';
import { sampleCrop } from './sample-crop.js';

/** Red rises to the right, green downwards, by 2 a pixel; blue is a fine chequer. */
function slopes(width: number, height: number): RgbPicture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([x * 2, y * 2, (x + y) % 2 === 0 ? 255 : 0], (y * width + x) * 3); // prettier-ignore
  return { size: { width, height }, data };
}

const PICTURE = slopes(100, 80);

for (const square of [
  { centre: { x: 50, y: 40 }, side: 32, angle: 0 },
  { centre: { x: 41.3, y: 38.7 }, side: 24, angle: 0.6 },
  { centre: { x: 50, y: 40 }, side: 30, angle: -0.4, mirrored: true },
])
  test(`a crop turned by ${square.angle}${square.mirrored ? ' and mirrored' : ''} shows what is there`, () => {
    const toPicture = squareToPicture(square, 32);
    const crop = sampleCrop(PICTURE, toPicture, 32);
    for (const [u, v] of [[0, 0], [31, 0], [16, 16], [5, 27]] as const) {
      const { x, y } = movePoint(toPicture, u + 0.5, v + 0.5);
      const at = (v * 32 + u) * 3;
      assert.ok(Math.abs(crop[at]! - (x - 0.5) * 2) <= 1, `red at ${u}, ${v}`);
      assert.ok(Math.abs(crop[at + 1]! - (y - 0.5) * 2) <= 1, `green at ${u}, ${v}`);
    }
  }); // prettier-ignore

test('a coarse crop is the mean of what it spans, and does not shimmer', () => {
  const crop = sampleCrop(PICTURE, squareToPicture({ centre: { x: 50.3, y: 40.2 }, side: 32, angle: 0 }, 16), 16);
  for (let i = 2; i < crop.length; i += 3) assert.ok(Math.abs(crop[i]! - 127.5) < 20, `${crop[i]}`);
});

test('beyond the picture its edge goes on', () => {
  const crop = sampleCrop(PICTURE, squareToPicture({ centre: { x: 0, y: 0 }, side: 20, angle: 0 }, 20), 20);
  assert.deepEqual([...crop.subarray(0, 2)], [0, 0]);
  assert.deepEqual([...sampleCrop(PICTURE, squareToPicture({ centre: { x: 500, y: 500 }, side: 8, angle: 0 }, 8), 8).subarray(0, 2)], [198, 158]);
});
