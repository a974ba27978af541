import type { Point } from '../core/index.js';
import type { Line } from './port.js';

/** Left and right of a line, as seen going from its first point to its second. */
export type Side = 'left' | 'right';

/**
 * Distance from the infinite line through `from` and `to`, in pixels: positive on its right, negative on its left, as seen going
 * from `from` to `to`. With y downwards the cross product is positive on the right: going east, what is below is on the right.
 */
export function distanceRightPx({ from, to }: Pick<Line, 'from' | 'to'>, at: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  return (dx * (at.y - from.y) - dy * (at.x - from.x)) / Math.hypot(dx, dy);
}

/** The side a point is on; a point exactly on the line belongs to its left, so that a path through it changes sides once. */
export function sideOf(line: Pick<Line, 'from' | 'to'>, at: Point): Side {
  return distanceRightPx(line, at) > 0 ? 'right' : 'left';
}

/** Whether the straight way from `start` to `end`, which lie on different sides, goes between the line's two points (both included). */
export function passesBetween({ from, to }: Pick<Line, 'from' | 'to'>, start: Point, end: Point): boolean {
  const before = distanceRightPx({ from, to }, start);
  const after = distanceRightPx({ from, to }, end);
  const t = before / (before - after);
  const meets = { x: start.x + t * (end.x - start.x), y: start.y + t * (end.y - start.y) };
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const along = ((meets.x - from.x) * dx + (meets.y - from.y) * dy) / (dx * dx + dy * dy);
  return along >= 0 && along <= 1;
}
