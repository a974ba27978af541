import type { Size } from '../../core/index.js';
import type { Rgb } from './shape.js';

/** Whole pixels from x1, y1 up to, but without, x2, y2; empty where x2 <= x1 or y2 <= y1. */
export interface Span2 {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** How much of each pixel is inked: [height, width] UINT8, 255 is all of it. */
export interface Cover {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  /** For each row, where ink begins and ends; the whole row where absent. Everything outside is 0. */
  readonly left?: Int32Array;
  readonly right?: Int32Array;
  /** Rows without ink before `top` and from `bottom` on are passed over; all are looked at where absent. */
  readonly top?: number;
  readonly bottom?: number;
}

/** Pixels that can be drawn on; see {@link yuv420Surface} and {@link rgbSurface}. Whatever lies outside the picture is cut. */
export interface Surface {
  readonly size: Size;
  /** Colours the pixels of `outer` that are not in `inner`. */
  ring(outer: Span2, inner: Span2, colour: Rgb): void;
  /** Colours pixels as far as `cover`, with its top-left corner at x, y, inks them. */
  ink(cover: Cover, x: number, y: number, colour: Rgb): void;
}

/** No pixel at all. */
export const NOTHING: Span2 = Object.freeze({ x1: 0, y1: 0, x2: 0, y2: 0 });

/** The part of `span` inside the picture. */
export function cut({ x1, y1, x2, y2 }: Span2, { width, height }: Size): Span2 {
  const within = { x1: Math.max(0, x1), y1: Math.max(0, y1), x2: Math.min(width, x2), y2: Math.min(height, y2) };
  return within.x2 > within.x1 && within.y2 > within.y1 ? within : NOTHING;
}

/** Calls `row` with each inked row of the picture and the columns from which and up to which it is inked. */
export function eachInkedRow(cover: Cover, x: number, y: number, size: Size, row: (y: number, from: number, to: number) => void): void {
  const last = Math.min(cover.bottom ?? cover.height, size.height - y);
  for (let r = Math.max(cover.top ?? 0, -y); r < last; r++) {
    const from = Math.max(0, x + (cover.left?.[r] ?? 0));
    const to = Math.min(size.width, x + (cover.right?.[r] ?? cover.width));
    if (to > from) row(y + r, from, to);
  }
}
