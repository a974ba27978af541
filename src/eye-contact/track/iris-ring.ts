import type { Point } from '../../core/index.js';
import type { Direction } from '../eyes.js';
import { sidesOf } from './globe.js';

const POINTS = 16;

/** The outline of an iris that looks there: a circle on the eyeball, seen as an ellipse that is narrower along the way it is turned. */
export function irisRing(centre: Point, radius: number, gaze: Direction): readonly Point[] {
  const [x, up] = sidesOf(gaze);
  const y = -up;
  const aside = Math.hypot(x, y);
  const narrow = Math.sqrt(Math.max(0, 1 - aside * aside));
  const [ux, uy] = aside > 0 ? [x / aside, y / aside] : [1, 0];
  return Array.from({ length: POINTS }, (_, k) => {
    const angle = (2 * Math.PI * k) / POINTS;
    const [px, py] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
    const along = px * ux + py * uy;
    const shrunk = along * (narrow - 1);
    return { x: centre.x + px + ux * shrunk, y: centre.y + py + uy * shrunk };
  });
}
