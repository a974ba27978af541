import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCFACE_POINTS, type PackedRgb, inverted, transformPoint, turnedCrop } from '../../vision/index.js';
import type { FacePoints } from '../port.js';
import { rgbPicture } from '../rgb-picture.js';
import { alignFace, FACE_CHIP } from './align-face.js';

/** Where the template's points lie when the face is turned by 30 degrees around 500, 400 and `zoom` times as large. */
const turned = (zoom: number): FacePoints => {
  const toFrame = inverted(turnedCrop({ x: 500, y: 400 }, 112 * zoom, Math.PI / 6, FACE_CHIP));
  return ARCFACE_POINTS.map((point) => transformPoint(toFrame, point)) as unknown as FacePoints;
};

/** White discs of `radius` pixels around points, on gray. */
function discs(points: FacePoints, radius: number): PackedRgb {
  const size = { width: 1000, height: 800 };
  const data = new Uint8Array(size.width * size.height * 3).fill(100);
  for (const { x, y } of points)
    for (let v = Math.floor(y - radius); v <= y + radius; v++)
      for (let u = Math.floor(x - radius); u <= x + radius; u++)
        if (Math.hypot(u + 0.5 - x, v + 0.5 - y) <= radius) data.fill(255, (v * size.width + u) * 3, (v * size.width + u) * 3 + 3);
  return { size, data };
}

/** The centre of brightness around a place. */
function centre({ size, data }: PackedRgb, near: { readonly x: number; readonly y: number }): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let v = Math.floor(near.y) - 7; v < near.y + 7; v++)
    for (let u = Math.floor(near.x) - 7; u < near.x + 7; u++) {
      const light = data[(v * size.width + u) * 3]! - 100;
      sum += light;
      x += light * (u + 0.5);
      y += light * (v + 0.5);
    }
  return { x: x / sum, y: y / sum };
}

for (const zoom of [1, 3.3, 0.6])
  test(`a turned face, ${zoom} times the template, comes to lie upright with its points on the template's`, async () => {
    const points = turned(zoom);
    const chip = await alignFace(rgbPicture(discs(points, 3 * Math.max(1, zoom))), points);
    assert.deepEqual(chip.size, FACE_CHIP);
    for (const goal of ARCFACE_POINTS) {
      const { x, y } = centre(chip, goal);
      assert.ok(Math.hypot(x - goal.x, y - goal.y) < 0.5, `${x}, ${y} instead of ${goal.x}, ${goal.y}`);
    }
  });

test('a large face with the finest of patterns comes out even, not with a false one', async () => {
  const size = { width: 1000, height: 800 };
  const stripes = rgbPicture({ size, data: Uint8Array.from({ length: 1000 * 800 * 3 }, (_, i) => (Math.floor(i / 3) % 2) * 255) });
  const { data } = await alignFace(stripes, turned(5));
  // Of five stripes two or three are white.
  assert.ok(data.every((value) => value >= 0.4 * 255 - 1 && value <= 0.6 * 255 + 1));
});

test('what lies outside of the picture is black', async () => {
  const points = turned(1).map(({ x, y }) => ({ x: x - 500, y: y - 400 })) as unknown as FacePoints;
  const { data } = await alignFace(rgbPicture(discs(turned(1), 1)), points);
  assert.equal(data[0], 0);
  assert.equal(data[(100 * 112 + 100) * 3], 100);
});
