import type { Point } from '../../core/index.js';
import type { Direction, EyeView } from '../eyes.js';
import { LIMBUS_RADIUS, type Rotation, composed, rotationBetween, vectorOf } from '../globe.js';

/** How far behind the plane of the limbus the pupil is seen, in millimetres: the iris lies deeper, the cornea lifts it. */
const PUPIL_BEHIND = 0.55;
/** Beyond this part of its radius the globe is seen too flatly to be sampled. */
const RIM = 0.97;

/** A globe in a picture, as it looks and as it is to look. */
export interface EyePose {
  /** Middle of the globe in pixels. */
  readonly middle: Point;
  /** Pixels a millimetre. */
  readonly scale: number;
  /** From the middle of the globe to the plane of the limbus, in millimetres. */
  readonly depth: number;
  /** Radius of the globe, in millimetres. */
  readonly ball: number;
  /** From the eye's own axes (z out of the pupil) to the camera's, as it looks. */
  readonly source: Rotation;
  /** The same as it is to look. */
  readonly target: Rotation;
  /** How far the middle of the limbus moves, in pixels. */
  readonly shift: Point;
}

/** The pose of an eye that looks along `from` and is to look along `to`; `radius` is that of its iris in pixels, steadied. */
export function eyePose({ iris, globeRadius }: EyeView, radius: number, from: Direction, to: Direction): EyePose {
  const scale = radius / LIMBUS_RADIUS;
  const depth = globeRadius / scale;
  const [axis, goal] = [vectorOf(from), vectorOf(to)];
  const source = rotationBetween([0, 0, 1], axis);
  return {
    middle: { x: iris.centre.x - globeRadius * axis[0], y: iris.centre.y - globeRadius * axis[1] },
    scale,
    depth,
    ball: Math.hypot(depth, LIMBUS_RADIUS),
    source,
    target: composed(rotationBetween(axis, goal), source),
    shift: { x: globeRadius * (goal[0] - axis[0]), y: globeRadius * (goal[1] - axis[1]) },
  };
}

/** A place on the eye in its own axes: x and y in millimetres, and 1 where it is visible at all, falling to 0 at the globe's rim. */
export interface GlobePlace {
  x: number;
  y: number;
  /** Distance from the axis over that of the limbus. */
  radius: number;
  seen: number;
}

/** What the eye shows at a pixel when it is turned by `rotation`. Written into `into`, so that pixels make no garbage. */
export function placeSeen({ middle, scale, depth: limbus, ball }: EyePose, rotation: Rotation, px: number, py: number, into: GlobePlace): void {
  let x = (px - middle.x) / scale;
  let y = (py - middle.y) / scale;
  const far = Math.hypot(x, y);
  const rim = ball * RIM;
  const beyond = far > rim ? rim / far : 1;
  into.seen = far > rim ? Math.max(0, 1 - (far - rim) / 1.5) : 1;
  x *= beyond;
  y *= beyond;
  let z = Math.sqrt(ball ** 2 - x * x - y * y);
  const depth = x * rotation[2] + y * rotation[5] + z * rotation[8];
  if (depth > limbus && rotation[8] > 0.3) {
    // The iris is a shallow bowl: one step from the plane of the limbus settles how deep it is here.
    z = (limbus - x * rotation[2] - y * rotation[5]) / rotation[8];
    const square = (x * x + y * y + z * z - limbus ** 2) / LIMBUS_RADIUS ** 2;
    z = (limbus - PUPIL_BEHIND * Math.max(0, 1 - square) - x * rotation[2] - y * rotation[5]) / rotation[8];
  }
  into.x = rotation[0] * x + rotation[3] * y + rotation[6] * z;
  into.y = rotation[1] * x + rotation[4] * y + rotation[7] * z;
  into.radius = Math.hypot(into.x, into.y) / LIMBUS_RADIUS;
  if (depth < 0) into.radius = 2.05;
}

/** Where a place of the eye is seen when it is turned by `rotation`: pixels into the first two elements; the third is its height toward the camera in millimetres. */
export function pixelOf({ middle, scale, depth: limbus, ball }: EyePose, rotation: Rotation, ex: number, ey: number, into: Float64Array): void {
  const square = ex * ex + ey * ey;
  const inside = 1 - square / LIMBUS_RADIUS ** 2;
  const ez = inside > 0 ? limbus - PUPIL_BEHIND * inside : Math.sqrt(Math.max(0, ball ** 2 - square));
  into[0] = middle.x + scale * (rotation[0] * ex + rotation[1] * ey + rotation[2] * ez);
  into[1] = middle.y + scale * (rotation[3] * ex + rotation[4] * ey + rotation[5] * ez);
  into[2] = rotation[6] * ex + rotation[7] * ey + rotation[8] * ez;
}
