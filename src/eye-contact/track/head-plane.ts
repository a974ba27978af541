import type { Point } from '../../core/index.js';
import { anglesOf, type Pose, project } from './head-pose.js';
import type { Vector } from './rotation.js';

/**
 * Coordinates that go with a head: centimetres around a place of the canonical face, x along the head's own level, y down. What is fixed to the head stays
 * where it is in them while the head moves, leans, and comes nearer.
 */
export interface HeadPlane {
  readonly origin: Point;
  /** Pixels along the picture's axes for a centimetre along the plane's first one. */
  readonly along: Point;
}

/** The plane around `at` of a head with that pose. */
export function headPlane(pose: Pose, at: Vector): HeadPlane {
  const roll = (anglesOf(pose).roll * Math.PI) / 180;
  return { origin: project(pose, at), along: { x: Math.cos(roll) * pose.scale, y: Math.sin(roll) * pose.scale } };
}

/** From pixels of the picture to the plane. */
export function toPlane({ origin, along }: HeadPlane, { x, y }: Point): Point {
  const square = along.x * along.x + along.y * along.y;
  const [dx, dy] = [x - origin.x, y - origin.y];
  return { x: (dx * along.x + dy * along.y) / square, y: (dy * along.x - dx * along.y) / square };
}

/** From the plane to pixels of the picture. */
export function fromPlane({ origin, along }: HeadPlane, { x, y }: Point): Point {
  return { x: origin.x + x * along.x - y * along.y, y: origin.y + x * along.y + y * along.x };
}
