import type { Point } from '../../core/index.js';
import type { Landmarks } from '../../vision/index.js';
import { type Affine, movePoint, type Square } from './affine.js';

/** What the iris network says of one eye, in pixels of the picture. */
export interface EyeReading {
  /** From the corner at the picture's left to that at its right, nine points each; the corners are in both. */
  readonly upperLid: readonly Point[];
  readonly lowerLid: readonly Point[];
  /** Middle of the iris. */
  readonly iris: Point;
  /** Half of the width of the iris. */
  readonly radius: number;
  /** Height of the iris divided by its width. */
  readonly roundness: number;
}

/** Rim: 0 is the outer corner, 1 to 7 the lower lid, 8 the inner corner, 9 to 15 the upper lid from the outer end. */
const LOWER = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const UPPER = [0, 9, 10, 11, 12, 13, 14, 15, 8];
/** Middle, right, top, left and bottom of the iris. */
const IRIS = [71, 72, 73, 74, 75];

/** The side of the square is this many times the eye's width. */
const EYE_SIDES = 2.3;

/** Where the iris network should look for an eye with these corners, from the picture's left to its right; it knows only eyes at the picture's left. */
export function squareOfEye(left: Point, right: Point, eye: 0 | 1): Square {
  return {
    centre: { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 },
    side: Math.hypot(right.x - left.x, right.y - left.y) * EYE_SIDES,
    angle: Math.atan2(right.y - left.y, right.x - left.x),
    mirrored: eye === 1,
  };
}

/** Brings an answer of the iris network from its crop to the picture. */
export function readEye({ points }: Landmarks, toPicture: Affine, eye: 0 | 1): EyeReading {
  const at = (index: number): Point => movePoint(toPicture, points[index * 3]!, points[index * 3 + 1]!);
  // In the mirrored crop the outer corner is the one at the picture's right.
  const lid = (indices: readonly number[]): Point[] => (eye === 0 ? indices : indices.toReversed()).map(at);
  const [middle, right, top, left, bottom] = IRIS.map(at) as [Point, Point, Point, Point, Point];
  const width = Math.hypot(right.x - left.x, right.y - left.y);
  const height = Math.hypot(bottom.x - top.x, bottom.y - top.y);
  return {
    upperLid: lid(UPPER),
    lowerLid: lid(LOWER),
    iris: { x: (middle.x + right.x + left.x) / 3, y: (middle.y + right.y + left.y) / 3 },
    radius: width / 2,
    roundness: height / width,
  };
}

/** The corners of an eye, from the picture's left to its right. */
export function cornersOf({ lowerLid }: Pick<EyeReading, 'lowerLid'>): readonly [Point, Point] {
  return [lowerLid[0]!, lowerLid.at(-1)!];
}

/** Greatest distance of the lids, over the eye's width. */
export function opennessOf(upper: readonly Point[], lower: readonly Point[]): number {
  const [left, right] = [lower[0]!, lower.at(-1)!];
  const width = Math.hypot(right.x - left.x, right.y - left.y);
  const [ux, uy] = [(right.x - left.x) / width, (right.y - left.y) / width];
  const heights = upper.map((point, k) => (lower[k]!.y - point.y) * ux - (lower[k]!.x - point.x) * uy);
  return Math.max(0, ...heights) / width;
}

/** The middle between two points. */
export function middleOf([a, b]: readonly [Point, Point]): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
