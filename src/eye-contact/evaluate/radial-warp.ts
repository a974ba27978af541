import type { EyeView, TrackedFace } from '../eyes.js';
import { fade } from '../fade.js';
import { vectorOf } from '../globe.js';
import { lidAt } from '../metrics/index.js';
import type { RgbPicture } from '../port.js';
import type { GazeChange } from '../render/index.js';

/** How far the pull of the iris reaches, in its radii. */
const HALO = 2.2;

function warpEye(picture: RgbPicture, out: Uint8Array, { iris, globeRadius, upperLid, lowerLid }: EyeView, { from, to }: GazeChange): void {
  const [a, b] = [vectorOf(from), vectorOf(to)];
  const [sx, sy] = [globeRadius * (b[0] - a[0]), globeRadius * (b[1] - a[1])];
  const { width, height } = picture.size;
  const goal = { x: iris.centre.x + sx, y: iris.centre.y + sy };
  const reach = iris.radius * HALO + Math.hypot(sx, sy);
  for (let y = Math.max(0, Math.floor(goal.y - reach)); y < Math.min(height, goal.y + reach); y++)
    for (let x = Math.max(0, Math.floor(goal.x - reach)); x < Math.min(width, goal.x + reach); x++) {
      if (y + 0.5 < lidAt(upperLid, x + 0.5) || y + 0.5 > lidAt(lowerLid, x + 0.5)) continue;
      const pull = fade(reach, iris.radius, Math.hypot(x + 0.5 - goal.x, y + 0.5 - goal.y));
      const [px, py] = [Math.min(width - 1.001, Math.max(0, x - pull * sx)), Math.min(height - 1.001, Math.max(0, y - pull * sy))];
      const [x0, y0] = [Math.floor(px), Math.floor(py)];
      const [fx, fy] = [px - x0, py - y0];
      const at = (y0 * width + x0) * 3;
      for (let c = 0; c < 3; c++) {
        const level = (i: number): number => picture.data[i + c]!;
        const mixed =
          (level(at) * (1 - fx) + level(at + 3) * fx) * (1 - fy) + (level(at + width * 3) * (1 - fx) + level(at + width * 3 + 3) * fx) * fy;
        out[(y * width + x) * 3 + c] = Math.round(mixed);
      }
    }
}

/**
 * What hobby projects do, to compare with: pixels around each iris are pulled along with it inside the lids, less and less over about two radii. Lids, light and
 * the eye's roundness are left out. Not for anything but comparing.
 */
export function radialWarp(picture: RgbPicture, face: TrackedFace, gaze: readonly [GazeChange, GazeChange]): RgbPicture {
  const data = picture.data.slice();
  face.eyes.forEach((eye, i) => warpEye(picture, data, eye, gaze[i]!));
  return { size: picture.size, data };
}
