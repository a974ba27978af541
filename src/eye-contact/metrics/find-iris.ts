import type { Point } from '../../core/index.js';
import type { EyeView } from '../eyes.js';
import { LIMBUS_DEPTH, LIMBUS_RADIUS } from '../globe.js';
import type { RgbPicture } from '../port.js';
import { lidAt, lumaAt } from './lid-measures.js';

const ANGLES = 48;

/** How much brighter it is outside a circle than inside, over what the lids leave of its left and right arcs (Daugman's operator). */
function contrastAt(picture: RgbPicture, { upperLid, lowerLid }: EyeView, centre: Point, radius: number): number {
  const off = Math.max(0.7, 0.12 * radius);
  let [sum, weight] = [0, 0];
  for (let i = 0; i < ANGLES; i++) {
    const angle = (2 * Math.PI * i) / ANGLES;
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    const [x, y] = [centre.x + ux * radius, centre.y + uy * radius];
    if (y < lidAt(upperLid, x) + 1.5 || y > lidAt(lowerLid, x) - 1 || Math.abs(uy) > 0.85) continue;
    sum += lumaAt(picture, x + ux * off, y + uy * off) - lumaAt(picture, x - ux * off, y - uy * off);
    weight++;
  }
  return weight < 6 ? -1e9 : sum / weight;
}

/**
 * Finds the iris in a picture by its edge alone, apart from how it was drawn or tracked: the circle of the view's radius, within `reach` pixels of
 * `near`, whose edge is strongest between the view's lids. Good for a tenth of a pixel where the edge is visible; made for gazes near the camera, where a limbus is a circle.
 */
export function findIris(picture: RgbPicture, view: EyeView, near: Point, reach: number): Point {
  let best = near;
  let score = contrastAt(picture, view, near, view.iris.radius);
  for (let step = Math.max(0.5, reach / 4), span = 4; step > 0.02; step /= 2.5, span = 3) {
    const from = best;
    for (let i = -span; i <= span; i++)
      for (let j = -span; j <= span; j++) {
        const centre = { x: from.x + i * step, y: from.y + j * step };
        const found = contrastAt(picture, view, centre, view.iris.radius);
        if (found > score) [score, best] = [found, centre];
      }
  }
  return best;
}

/** The gaze, in degrees, that has brought an iris from where it lies when it looks into the camera to `found`; `radius` in pixels. */
export function gazeOfShift(found: Point, ahead: Point, radius: number): { readonly yaw: number; readonly pitch: number } {
  const reach = (radius / LIMBUS_RADIUS) * LIMBUS_DEPTH;
  const angle = (shift: number): number => (Math.asin(Math.min(1, Math.max(-1, shift / reach))) * 180) / Math.PI;
  return { yaw: angle(found.x - ahead.x), pitch: angle(ahead.y - found.y) };
}
