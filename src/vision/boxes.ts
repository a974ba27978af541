import type { Box, Size } from '../core/index.js';

/** Box from its centre and size. */
export function fromCxCyWh(cx: number, cy: number, width: number, height: number): Box {
  return { x1: cx - width / 2, y1: cy - height / 2, x2: cx + width / 2, y2: cy + height / 2 };
}

/** Box from its top-left corner and size, as COCO and MOT write it. */
export function fromXyWh(x: number, y: number, width: number, height: number): Box {
  return { x1: x, y1: y, x2: x + width, y2: y + height };
}

/** Square pixels covered; 0 for an inverted box. */
export function area({ x1, y1, x2, y2 }: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}

/** Intersection over union, 0 to 1; 0 when either box is empty. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

/** The part of `box` inside a picture of `size`. */
export function clip({ x1, y1, x2, y2 }: Box, { width, height }: Size): Box {
  const x = (v: number): number => Math.min(Math.max(v, 0), width);
  const y = (v: number): number => Math.min(Math.max(v, 0), height);
  return { x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2) };
}
