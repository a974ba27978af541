import type { Point } from '../../core/index.js';
import type { Direction, EyeView } from '../eyes.js';
import { LIMBUS_DEPTH, LIMBUS_RADIUS, vectorOf } from '../globe.js';
import type { RgbPicture } from '../port.js';
import { lidAt, lumaAt } from './lid-measures.js';

/** Places on and around an iris that its lids leave clear by two pixels. */
function clearPlaces({ iris, upperLid, lowerLid }: EyeView): Point[] {
  const reach = iris.radius * 1.3;
  const step = Math.max(1, iris.radius / 12);
  const places: Point[] = [];
  for (let y = -reach; y <= reach; y += step)
    for (let x = -reach; x <= reach; x += step) {
      const place = { x: iris.centre.x + x, y: iris.centre.y + y };
      const isClear = place.y > lidAt(upperLid, place.x) + 2 && place.y < lidAt(lowerLid, place.x) - 2;
      if (isClear && Math.hypot(x, y) < reach) places.push(place);
    }
  return places;
}

/**
 * How far the iris of `picture` lies from where it lies in `truth`, whose view is given: the step in pixels, up to `reach`, that makes the two most alike around it.
 * Good for about a twentieth of a pixel.
 */
export function irisOffset(picture: RgbPicture, truth: RgbPicture, view: EyeView, reach: number): Point {
  const places = clearPlaces(view).map((place) => ({ ...place, level: lumaAt(truth, place.x, place.y) }));
  const unlikeness = (dx: number, dy: number): number =>
    places.reduce((sum, { x, y, level }) => sum + Math.min(60, Math.abs(lumaAt(picture, x + dx, y + dy) - level)), 0);
  let best = { x: 0, y: 0 };
  let least = unlikeness(0, 0);
  for (let step = Math.max(0.5, reach / 6), span = 6; step > 0.02; step /= 2, span = 2) {
    const { x, y } = best;
    for (let i = -span; i <= span; i++)
      for (let j = -span; j <= span; j++) {
        const found = unlikeness(x + i * step, y + j * step);
        if (found < least) [least, best] = [found, { x: x + i * step, y: y + j * step }];
      }
  }
  return best;
}

/** The gaze of an eye whose iris lies `offset` pixels from where that of `view` does. */
export function gazeAtOffset({ gaze, iris }: EyeView, offset: Point): Direction {
  const reach = (iris.radius / LIMBUS_RADIUS) * LIMBUS_DEPTH;
  const [x, y] = vectorOf(gaze);
  const angle = (sine: number): number => (Math.asin(Math.min(1, Math.max(-1, sine))) * 180) / Math.PI;
  const pitch = angle(-(y + offset.y / reach));
  return { yaw: angle((x + offset.x / reach) / Math.cos((pitch * Math.PI) / 180)), pitch };
}
