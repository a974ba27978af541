import { createRandom } from '../../core/index.js';
import { LIMBUS_DEPTH } from '../globe.js';

/**
 * The lids of one eye in millimetres of the head, from the middle of its globe: x away from the nose, y down. Both eyes share the shape; one is the
 * mirror image of the other.
 */
export interface LidShape {
  /** The corner at the nose and the outer one. */
  readonly inner: { readonly x: number; readonly y: number };
  readonly outer: { readonly x: number; readonly y: number };
  /** How far the upper lid stands above the line of the corners where it is highest, with the gaze straight ahead. */
  readonly rest: number;
  /** The same with this gaze and the eye open, and how far the lower lid stands below. */
  readonly upper: number;
  readonly lower: number;
  /** 0 for closed, 1 for open. */
  readonly openness: number;
}

/** The part of the iris' vertical travel that the upper lid follows. */
export const UPPER_FOLLOW = 0.7;
/** The same of the lower lid. */
export const LOWER_FOLLOW = 0.25;

/** The lids of the person of a seed who looks `pitch` degrees up, relative to the head, with eyes opened by `openness`. */
export function lidShape(seed: number, pitch: number, openness: number): LidShape {
  const random = createRandom(seed * 7919 + 13);
  const vary = (by: number): number => (2 * random() - 1) * by;
  const inner = { x: -16 + vary(0.6), y: 1.6 + vary(0.5) };
  const outer = { x: 12.6 + vary(0.4), y: -0.4 + vary(1) };
  const [rest, restBelow] = [5.1 + vary(0.6), 5.9 + vary(0.4)];
  const travel = -LIMBUS_DEPTH * Math.sin((pitch * Math.PI) / 180);
  const lower = Math.max(1.5, restBelow + LOWER_FOLLOW * travel);
  return { inner, outer, rest, upper: Math.max(1 - lower, rest - UPPER_FOLLOW * travel), lower, openness };
}

/** How far the upper lid has come down from its rest at its highest, in millimetres. */
export function lidDrop({ rest, upper, lower, openness }: LidShape): number {
  return rest - upper + (1 - openness) * (upper + lower);
}

/** Where along the opening x lies: 0 at the inner corner, 1 at the outer. */
const along = ({ inner, outer }: LidShape, x: number): number => (x - inner.x) / (outer.x - inner.x);

const cornerLine = ({ inner, outer }: LidShape, t: number): number => inner.y + (outer.y - inner.y) * t;

/** An arch over 0 to 1 that is 1 at its top and 0 beyond its feet; `skew` below 1 moves the top toward 0. */
function arch(t: number, skew: number, power: number): number {
  if (t <= 0 || t >= 1) return 0;
  return 1 - Math.abs(2 * t ** skew - 1) ** power;
}

/** y of the upper lid's edge. Beyond the corners, their line. */
export function upperEdge(shape: LidShape, x: number): number {
  const t = along(shape, x);
  const open = -shape.upper * arch(t, 0.85, 2.3);
  const shut = shape.lower * arch(t, 1.15, 2.1);
  return cornerLine(shape, t) + shut + (open - shut) * shape.openness;
}

/** y of the upper lid's edge at rest. */
export function restingEdge(shape: LidShape, x: number): number {
  const t = along(shape, x);
  return cornerLine(shape, t) - shape.rest * arch(t, 0.85, 2.3);
}

/** y of the lower lid's edge, where the upper one comes to when the eye closes. */
export function lowerEdge(shape: LidShape, x: number): number {
  const t = along(shape, x);
  return cornerLine(shape, t) + shape.lower * arch(t, 1.15, 2.1);
}

/** y of the upper lid's crease, and how deep it is there, 0 to 1. */
export function creaseAt(shape: LidShape, x: number): { readonly y: number; readonly depth: number } {
  const t = along(shape, x);
  const gap = 2.2 + 2.6 * arch(t * 0.9 + 0.05, 1, 2);
  const depth = Math.min(1, Math.max(0, (t + 0.02) * 5)) * Math.min(1, Math.max(0, (1.12 - t) * 5));
  return { y: restingEdge(shape, x) - gap + 0.3 * lidDrop(shape) * arch(t, 0.85, 2.3), depth };
}
