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

/** Beyond this, coordinates mean nothing any more; they are pulled in so that no sum of them overflows. */
const FAR_PX = 1e7;
const near = (value: number): number => Math.min(FAR_PX, Math.max(-FAR_PX, value));
const isPlace = ({ x, y }: Point): boolean => !Number.isNaN(x) && !Number.isNaN(y);

/** The part of a piece that can be seen (Liang and Barsky's clipping), with room for its width; undefined where none is. */
function visible({ a, b, radius, from, to }: Piece, { width, height }: Size): Piece | undefined {
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

  constructor(size: Size) {
    this.width = size.width;
    this.height = size.height;
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
    for (let y = 0; y < this.height; y++) {
      if (this.right[y]! <= this.left[y]!) continue;
      this.bytes.fill(0, y * this.width + this.left[y]!, y * this.width + this.right[y]!);
      this.left[y] = this.width;
      this.right[y] = 0;
    }
  }

  #piece(a: Point, b: Point, radius: number, from: number, to: number): void {
    if (!isPlace(a) || !isPlace(b)) return;
    const whole = { a: { x: near(a.x), y: near(a.y) }, b: { x: near(b.x), y: near(b.y) }, radius, from, to };
    const piece = visible(whole, this);
    if (!piece) return;
    const top = Math.max(0, Math.floor(Math.min(piece.a.y, piece.b.y) - radius - 1));
    const bottom = Math.min(this.height, Math.ceil(Math.max(piece.a.y, piece.b.y) + radius + 1));
    for (let y = top; y < bottom; y++) this.#row(piece, y);
  }

  /** The columns of a row that a piece, which is convex, can reach. */
  #reach({ a, b, radius }: Piece, y: number): readonly [number, number] {
    const reach = radius + 1;
    const middle = y + 0.5;
    let [from, to] = [Infinity, -Infinity];
    const take = (x: number): void => {
      from = Math.min(from, x);
      to = Math.max(to, x);
    };
    for (const { x, y: centre } of [a, b]) {
      const rest = reach * reach - (middle - centre) ** 2;
      if (rest < 0) continue;
      take(x - Math.sqrt(rest));
      take(x + Math.sqrt(rest));
    }
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const [nx, ny] = length > 0 ? [(-(b.y - a.y) / length) * reach, ((b.x - a.x) / length) * reach] : [0, 0];
    for (const side of [-1, 1]) {
      const [start, end] = [a.y + side * ny, b.y + side * ny];
      if (start === end || middle < Math.min(start, end) || middle > Math.max(start, end)) continue;
      take(a.x + side * nx + ((middle - start) / (end - start)) * (b.x - a.x));
    }
    return [Math.max(0, Math.floor(from)), Math.min(this.width, Math.ceil(to))];
  }

  /** Inks each pixel by how far its centre is inside the piece: a ramp of one pixel at the edge. */
  #row(piece: Piece, y: number): void {
    const [first, end] = this.#reach(piece, y);
    if (end <= first) return;
    const { a, b, radius, from, to } = piece;
    const [dx, dy, py] = [b.x - a.x, b.y - a.y, y + 0.5 - a.y];
    const square = dx * dx + dy * dy;
    const inverse = square > 0 ? 1 / square : 0;
    for (let x = first; x < end; x++) {
      const px = x + 0.5 - a.x;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse));
      const [ox, oy] = [px - along * dx, py - along * dy];
      const inside = radius + 0.5 - Math.sqrt(ox * ox + oy * oy);
      if (inside <= 0) continue;
      const share = Math.round(255 * Math.min(1, inside) * (from + (to - from) * along));
      const at = y * this.width + x;
      if (share > this.bytes[at]!) this.bytes[at] = share;
    }
    this.left[y] = Math.min(this.left[y]!, first);
    this.right[y] = Math.max(this.right[y]!, end);
  }
}
