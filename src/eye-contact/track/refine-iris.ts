import type { Point } from '../../core/index.js';
import type { RgbPicture } from '../port.js';
import { fade } from '../fade.js';
import type { EyeReading } from './eye-reading.js';

/** Half of the iris' width in pixels up to which its edge is no sharper in the picture than the network tells it, and from which on the picture decides. */
const COARSE = 7;
const FINE = 10;
/** Points of the ring that are looked at, where no lid covers them. */
const POINTS = 32;
/** Fewest of them that a fit may rest on. */
const LEAST_POINTS = 8;
/** Half of the width of the edge: of the radius, but at least in pixels. */
const EDGE = { ofRadius: 0.07, px: 0.9 };
/** Farthest from what the network says, in radii; what a circle that far would have to be worth more, in contrasts. */
const FARTHEST = 0.22;
const SPRING = 0.2;
/** Most that one point may say, in those of the middle point: glints are brighter than any sclera. */
const LOUDEST = 1.6;
/** Where the middle point is looked at, in radii: well within the iris, and well outside. */
const WELL = 0.3;
/** Grey levels between iris and sclera below which the picture says nothing. */
const LEAST_CONTRAST = 8;
/** Steps of the search, in radii. */
const STEPS = [0.08, 0.04, 0.02, 0.01];

/** A circle that an iris may be. */
interface Circle extends Point {
  readonly radius: number;
}

/**
 * Moves the iris of a reading to where its edge is sharpest in the picture: the network sees an eye in 64 pixels, where a degree is a fifth of one; on
 * larger faces the picture knows better. A circle is fitted to the step from dark iris to bright sclera (Daugman's operator, 1993), on the parts of it
 * that no lid covers. Where the picture is too coarse or says nothing, the reading stays.
 */
export function refineIris(picture: RgbPicture, reading: EyeReading): EyeReading {
  const start: Circle = { ...reading.iris, radius: reading.radius };
  const share = fade(COARSE, FINE, start.radius);
  if (share === 0) return reading;
  const angles = openAngles(reading, start);
  if (angles.length < LEAST_POINTS) return reading;
  const stiff = stiffnessOf(angles);
  const contrast = middleValue(stepsOf(picture, start, angles, start.radius * WELL));
  if (contrast < LEAST_CONTRAST) return reading;
  const worthOf = (circle: Circle): number => edgeOf(picture, circle, angles, contrast * LOUDEST);
  let [best, most] = [start, worthOf(start)];
  const paid = (circle: Circle): number => {
    const away = Math.hypot(circle.x - start.x, (circle.y - start.y) * stiff, circle.radius - start.radius) / start.radius;
    return away > FARTHEST ? -Infinity : worthOf(circle) - SPRING * contrast * (away / FARTHEST) ** 2;
  };
  for (const step of STEPS)
    for (let moved = true; moved;) {
      moved = false;
      for (const next of neighbours(best, step * start.radius)) {
        const worth = paid(next);
        if (worth > most + 1e-6) {
          [best, most] = [next, worth];
          moved = true;
        }
      }
    }
  const mixed = (from: number, to: number): number => from + (to - from) * share;
  return { ...reading, iris: { x: mixed(start.x, best.x), y: mixed(start.y, best.y) }, radius: mixed(start.radius, best.radius) };
}

function neighbours({ x, y, radius }: Circle, step: number): Circle[] {
  return [
    { x: x + step, y, radius },
    { x: x - step, y, radius },
    { x, y: y + step, radius },
    { x, y: y - step, radius },
    { x, y, radius: radius + step / 2 },
    { x, y, radius: radius - step / 2 },
  ];
}

/** How much less the open parts of a ring tell of its height than of its place sideways: where lids cover top and bottom, nearly nothing. */
function stiffnessOf(angles: Float64Array): number {
  const upright = angles.reduce((sum, angle) => sum + Math.sin(angle) ** 2, 0);
  return Math.max(1, (angles.length - upright) / Math.max(0.1, upright));
}

/** Directions in which the ring lies between the lids, with some room. */
function openAngles({ upperLid, lowerLid }: EyeReading, { x, y, radius }: Circle): Float64Array {
  const room = radius * 0.12;
  const open: number[] = [];
  for (let k = 0; k < POINTS; k++) {
    const angle = (2 * Math.PI * k) / POINTS;
    const at = { x: x + Math.cos(angle) * radius, y: y + Math.sin(angle) * radius };
    const [top, bottom] = [heightAt(upperLid, at.x), heightAt(lowerLid, at.x)];
    if (top !== undefined && bottom !== undefined && at.y > top + room && at.y < bottom - room) open.push(angle);
  }
  return Float64Array.from(open);
}

/** Where a lid passes `x`; undefined beside it. */
function heightAt(lid: readonly Point[], x: number): number | undefined {
  for (let k = 1; k < lid.length; k++) {
    const [a, b] = [lid[k - 1]!, lid[k]!];
    if (x >= a.x && x <= b.x && b.x > a.x) return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
  }
  return undefined;
}

/** How much brighter it is just outside of the circle than just inside, on average. */
function edgeOf(picture: RgbPicture, circle: Circle, angles: Float64Array, loudest: number): number {
  const steps = stepsOf(picture, circle, angles, Math.max(EDGE.px, circle.radius * EDGE.ofRadius));
  return steps.reduce((sum, step) => sum + Math.max(-loudest, Math.min(loudest, step)), 0) / steps.length;
}

/** How much brighter it is outside than inside in each direction, `edge` pixels from the circle. */
function stepsOf(picture: RgbPicture, { x, y, radius }: Circle, angles: Float64Array, edge: number): Float64Array {
  return angles.map((angle) => {
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const outside = lightAt(picture, x + cos * (radius + edge), y + sin * (radius + edge));
    return outside - lightAt(picture, x + cos * (radius - edge), y + sin * (radius - edge));
  });
}

const middleValue = (values: Float64Array): number => values.toSorted()[values.length >> 1]!;

/** Green, which is most of what is bright, between pixels. */
function lightAt({ size: { width, height }, data }: RgbPicture, x: number, y: number): number {
  const px = Math.max(0, Math.min(width - 1.001, x - 0.5));
  const py = Math.max(0, Math.min(height - 1.001, y - 0.5));
  const x0 = px | 0;
  const y0 = py | 0;
  const fx = px - x0;
  const fy = py - y0;
  const at = (y0 * width + x0) * 3 + 1;
  const right = x0 + 1 < width ? 3 : 0;
  const below = y0 + 1 < height ? width * 3 : 0;
  const top = data[at]! + (data[at + right]! - data[at]!) * fx;
  const bottom = data[at + below]! + (data[at + below + right]! - data[at + below]!) * fx;
  return top + (bottom - top) * fy;
}
