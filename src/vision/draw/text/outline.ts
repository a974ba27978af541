import type { Cover } from '../surface.js';

/** A closed outline, piece by piece, in pixels with y downwards. Pieces begin where the one before ended. */
export type Segment =
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'line'; readonly x: number; readonly y: number }
  | { readonly kind: 'quad'; readonly cx: number; readonly cy: number; readonly x: number; readonly y: number }
  | {
      readonly kind: 'cubic';
      readonly c1x: number;
      readonly c1y: number;
      readonly c2x: number;
      readonly c2y: number;
      readonly x: number;
      readonly y: number;
    };

/** A picture of a glyph, and where its top-left corner lies from the glyph's origin. */
export interface PlacedCover extends Cover {
  readonly x: number;
  readonly y: number;
}

/** Straight lines as x0, y0, x1, y1; every contour closed. */
function flattened(segments: readonly Segment[]): number[] {
  const lines: number[] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const to = (nextX: number, nextY: number): void => {
    lines.push(x, y, nextX, nextY);
    [x, y] = [nextX, nextY];
  };
  /** Pieces of about two pixels are indistinguishable from the curve at glyph sizes. */
  const curve = (reach: number, at: (t: number) => readonly [number, number]): void => {
    const steps = Math.min(24, Math.max(2, Math.ceil(Math.sqrt(reach) * 1.5)));
    for (let i = 1; i <= steps; i++) to(...at(i / steps));
  };
  for (const segment of segments) {
    const [x0, y0] = [x, y];
    if (segment.kind === 'move') {
      if (x !== startX || y !== startY) to(startX, startY);
      [x, y, startX, startY] = [segment.x, segment.y, segment.x, segment.y];
    } else if (segment.kind === 'line') to(segment.x, segment.y);
    else if (segment.kind === 'quad') {
      const { cx, cy, x: x2, y: y2 } = segment;
      curve(Math.abs(x2 - x0) + Math.abs(y2 - y0), (t) => {
        const [p, q, r] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
        return [p * x0 + q * cx + r * x2, p * y0 + q * cy + r * y2];
      });
    } else {
      const { c1x, c1y, c2x, c2y, x: x3, y: y3 } = segment;
      curve(Math.abs(x3 - x0) + Math.abs(y3 - y0), (t) => {
        const [p, q, r, s] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
        return [p * x0 + q * c1x + r * c2x + s * x3, p * y0 + q * c1y + r * c2y + s * y3];
      });
    }
  }
  if (x !== startX || y !== startY) to(startX, startY);
  return lines;
}

/** Adds to one row what a line leaves there, of which it crosses `height` from `x0` at its top to `x1`: area under it, pixel by pixel. */
function addRow(sums: Float32Array, row: number, x0: number, x1: number, height: number): void {
  const [from, to] = x0 < x1 ? [x0, x1] : [x1, x0];
  const first = Math.floor(from);
  const last = Math.ceil(to);
  if (last <= first + 1) {
    const right = (from + to) / 2 - first;
    sums[row + first]! += height * (1 - right);
    sums[row + first + 1]! += height * right;
    return;
  }
  const slope = height / (to - from);
  let before = 0;
  let area = 0;
  for (let column = first; column < last; column++) {
    const [a, b] = [Math.max(from, column), Math.min(to, column + 1)];
    // Ink of this pixel: what earlier columns crossed, in full, and half the step here plus what lies right of it.
    const crossed = slope * (b - a);
    const ink = before + crossed * (column + 1 - (a + b) / 2);
    sums[row + column]! += ink - area;
    area = ink;
    before += crossed;
  }
  sums[row + last]! += height - area;
}

function addLine(sums: Float32Array, stride: number, height: number, line: readonly [number, number, number, number]): void {
  const [x0, y0, x1, y1] = line;
  if (y0 === y1) return;
  const [topX, topY, bottomX, bottomY, way] = y0 < y1 ? [x0, y0, x1, y1, 1] : [x1, y1, x0, y0, -1];
  const step = (bottomX - topX) / (bottomY - topY);
  for (let y = Math.max(0, Math.floor(topY)); y < Math.min(height, Math.ceil(bottomY)); y++) {
    const [from, to] = [Math.max(topY, y), Math.min(bottomY, y + 1)];
    addRow(sums, y * stride, topX + (from - topY) * step, topX + (to - topY) * step, (to - from) * way);
  }
}

/**
 * Fills outlines with exact area coverage: each edge adds its signed area to an accumulation buffer whose running sum along a row is the ink
 * (Raph Levien's font-rs and Sean Barrett's stb_truetype 2 work so). Overlapping contours of one direction count once.
 */
export function fillOutline(segments: readonly Segment[]): PlacedCover {
  const lines = flattened(segments);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < lines.length; i += 2) {
    left = Math.min(left, lines[i]!);
    right = Math.max(right, lines[i]!);
    top = Math.min(top, lines[i + 1]!);
    bottom = Math.max(bottom, lines[i + 1]!);
  }
  if (!(right > left && bottom > top)) return { x: 0, y: 0, width: 0, height: 0, bytes: new Uint8Array(0) };
  const [x, y] = [Math.floor(left), Math.floor(top)];
  const [width, height] = [Math.ceil(right) - x, Math.ceil(bottom) - y];
  const stride = width + 2;
  const sums = new Float32Array(stride * height);
  for (let i = 0; i < lines.length; i += 4) addLine(sums, stride, height, [lines[i]! - x, lines[i + 1]! - y, lines[i + 2]! - x, lines[i + 3]! - y]);
  const bytes = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      sum += sums[row * stride + column]!;
      bytes[row * width + column] = Math.min(255, Math.round(Math.abs(sum) * 255));
    }
  }
  return { x, y, width, height, bytes };
}
