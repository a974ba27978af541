import type { Point, Size } from '../../core/index.js';
import type { Cover } from './surface.js';

/** A straight piece with round ends; `from` and `to` are how much it inks at its ends, 0 to 1. */
interface Piece {
  readonly a: Point;
  readonly b: Point;
  readonly radius: number;
  readonly from: number;
  readonly to: number;
}

/** A piece no wider than this is looked at pixel by pixel; finding out where it lies would cost more. */
const SMALL = 16;

/** Beyond this, coordinates mean nothing any more; they are pulled in so that no sum of them overflows. */
const FAR_PX = 1e7;
const near = (value: number): number => Math.min(FAR_PX, Math.max(-FAR_PX, value));
const isPlace = ({ x, y }: Point): boolean => !Number.isNaN(x) && !Number.isNaN(y);

/** The part of a piece that can be seen (Liang and Barsky's clipping), with room for its width; undefined where none is. */
function visible(piece: Piece, { width, height }: Size): Piece | undefined {
  const { a, b, radius, from, to } = piece;
  const [dx, dy, room] = [b.x - a.x, b.y - a.y, radius + 2];
  let [start, end] = [0, 1];
  for (const [p, q] of [
    [-dx, a.x + room],
    [dx, width + room - a.x],
    [-dy, a.y + room],
    [dy, height + room - a.y],
  ] as const) {
    // prettier-ignore
    if (p === 0 && q < 0) return undefined;
    if (p < 0) start = Math.max(start, q / p);
    if (p > 0) end = Math.min(end, q / p);
  }
  if (start > end) return undefined;
  const at = (t: number): Point => ({ x: a.x + dx * t, y: a.y + dy * t });
  return { a: at(start), b: at(end), radius, from: from + (to - from) * start, to: from + (to - from) * end };
}

/**
 * Antialiased strokes and dots of one colour, put together before they touch the picture, so that joints and crossings are not inked twice.
 * Used again for every shape: only what was inked is cleared.
 */
export class Ink implements Cover {
  readonly bytes: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly width: number;
  readonly height: number;
  top: number;
  bottom = 0;

  constructor(size: Size) {
    this.width = size.width;
    this.height = size.height;
    this.top = size.height;
    this.bytes = new Uint8Array(size.width * size.height);
    this.left = new Int32Array(size.height).fill(size.width);
    this.right = new Int32Array(size.height);
  }

  /** Strokes through `points`; those that are not numbers break the line. `fading` inks less and less towards the first. */
  path(points: readonly Point[], thicknessPx: number, { closed = false, fading = false } = {}): void {
    const radius = Math.min(Math.max(thicknessPx, 0.5), this.width + this.height) / 2;
    const last = closed ? points.length : points.length - 1;
    const strength = (i: number): number => (fading ? (i + 1) / (last + 1) : 1);
    if (points.length === 1) this.#piece(points[0]!, points[0]!, radius, 1, 1);
    for (let i = 0; i < last; i++) this.#piece(points[i]!, points[(i + 1) % points.length]!, radius, strength(i), strength(i + 1));
  }

  /** A filled circle. */
  dot(at: Point, radiusPx: number): void {
    this.#piece(at, at, Math.min(Math.max(radiusPx, 0.25), this.width + this.height), 1, 1);
  }

  clear(): void {
    for (let y = this.top; y < this.bottom; y++) {
      if (this.right[y]! <= this.left[y]!) continue;
      this.bytes.fill(0, y * this.width + this.left[y]!, y * this.width + this.right[y]!);
      this.left[y] = this.width;
      this.right[y] = 0;
    }
    this.top = this.height;
    this.bottom = 0;
  }

  #piece(a: Point, b: Point, radius: number, from: number, to: number): void {
    if (!isPlace(a) || !isPlace(b)) return;
    const whole = { a: { x: near(a.x), y: near(a.y) }, b: { x: near(b.x), y: near(b.y) }, radius, from, to };
    const piece = visible(whole, this);
    if (!piece) return;
    const { a: start, b: end } = piece;
    const top = Math.max(0, Math.floor(Math.min(start.y, end.y) - radius - 1));
    const bottom = Math.min(this.height, Math.ceil(Math.max(start.y, end.y) + radius + 1));
    if (top >= bottom) return;
    this.top = Math.min(this.top, top);
    this.bottom = Math.max(this.bottom, bottom);
    const left = Math.max(0, Math.floor(Math.min(start.x, end.x) - radius - 1));
    const right = Math.min(this.width, Math.ceil(Math.max(start.x, end.x) + radius + 1));
    if (right - left <= SMALL) for (let y = top; y < bottom; y++) this.#row(piece, y, left, right);
    else this.#rows(piece, { top, bottom, left, right });
  }

  /** As rows of a large piece reach only a part of its surroundings: the stretch where the line's two edges pass, with room for its ends. */
  #rows(piece: Piece, { top, bottom, left, right }: { top: number; bottom: number; left: number; right: number }): void {
    const { a, b, radius } = piece;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    // How far the line runs sideways while it falls by one row, and how wide it is along a row.
    const run = dy === 0 ? Infinity : Math.abs(dx / dy);
    const wide = dy === 0 ? Infinity : (radius + 1) * Math.sqrt(1 + run * run) + run + 1;
    for (let y = top; y < bottom; y++) {
      const middle = dy === 0 ? 0 : a.x + ((y + 0.5 - a.y) / dy) * dx;
      const from = wide === Infinity ? left : Math.max(left, Math.floor(middle - wide));
      const to = wide === Infinity ? right : Math.min(right, Math.ceil(middle + wide));
      if (to > from) this.#row(piece, y, from, to);
    }
  }

  /** Inks each pixel by how far its centre is inside the piece: a ramp of one pixel at the edge. */
  #row({ a, b, radius, from, to }: Piece, y: number, first: number, end: number): void {
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const py = y + 0.5 - a.y;
    const row = y * this.width;
    let [left, right] = [end, first];
    const square = dx * dx + dy * dy;
    const inverse = square > 0 ? 1 / square : 0;
    for (let x = first; x < end; x++) {
      const px = x + 0.5 - a.x;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse));
      const ox = px - along * dx;
      const oy = py - along * dy;
      const inside = radius + 0.5 - Math.sqrt(ox * ox + oy * oy);
      if (inside <= 0) continue;
      const share = (255 * Math.min(1, inside) * (from + (to - from) * along) + 0.5) | 0;
      if (share > this.bytes[row + x]!) this.bytes[row + x] = share;
      if (x < left) left = x;
      right = x + 1;
    }
    this.left[y] = Math.min(this.left[y]!, left);
    this.right[y] = Math.max(this.right[y]!, right);
  }
}
