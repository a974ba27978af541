import type { Point } from '../../core/index.js';
import { type EyeView } from '../eyes.js';
import { LIMBUS_RADIUS } from '../globe.js';
import type { RgbPicture } from '../port.js';

/** Brightness at a point, between the four pixels around; the middle of the first pixel is at 0.5. */
export function lumaAt({ size, data }: RgbPicture, x: number, y: number): number {
  const [px, py] = [Math.min(size.width - 1.001, Math.max(0, x - 0.5)), Math.min(size.height - 1.001, Math.max(0, y - 0.5))];
  const [x0, y0] = [Math.floor(px), Math.floor(py)];
  const [fx, fy] = [px - x0, py - y0];
  const at = (y0 * size.width + x0) * 3;
  const luma = (i: number): number => 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  const down = size.height > 1 ? size.width * 3 : 0;
  const over = size.width > 1 ? 3 : 0;
  return (luma(at) * (1 - fx) + luma(at + over) * fx) * (1 - fy) + (luma(at + down) * (1 - fx) + luma(at + down + over) * fx) * fy;
}

/** y of a lid's edge at x. Beyond its corners, the nearer one's. */
export function lidAt(lid: readonly Point[], x: number): number {
  const next = lid.findIndex((point) => point.x > x);
  if (next === 0) return lid[0]!.y;
  if (next < 0) return lid.at(-1)!.y;
  const [a, b] = [lid[next - 1]!, lid[next]!];
  return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
}

/** The steepest change of brightness, in levels a pixel, from one place to the next along a lid's edge, measured up to `reach` pixels to either side of it: a torn matte shows here. */
export function steepestAlongLid(picture: RgbPicture, lid: readonly Point[], reach = 1): number {
  const [left, right] = [lid[0]!.x, lid.at(-1)!.x];
  const inset = (right - left) * 0.12;
  let steepest = 0;
  for (let off = -reach; off <= reach; off++)
    for (let x = left + inset; x + 1 <= right - inset; x += 0.25) {
      const step = lumaAt(picture, x + 1, lidAt(lid, x + 1) + off) - lumaAt(picture, x, lidAt(lid, x) + off);
      steepest = Math.max(steepest, Math.abs(step));
    }
  return steepest;
}

/** How far the lids cover the limbus above and below its middle, in millimetres by its own size; negative where white shows between. */
export function irisCover({ iris, upperLid, lowerLid }: EyeView): { readonly upper: number; readonly lower: number } {
  const pixel = LIMBUS_RADIUS / iris.radius;
  const { x, y } = iris.centre;
  return {
    upper: (lidAt(upperLid, x) - (y - iris.radius)) * pixel,
    lower: (y + iris.radius - lidAt(lowerLid, x)) * pixel,
  };
}
