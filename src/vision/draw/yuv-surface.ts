import type { Size } from '../../core/index.js';
import { type Cover, NOTHING, type Span2, type Surface, cut, eachInkedRow } from './surface.js';
import { type YuvColours, yuvOf } from './yuv.js';

/** The planes of an 8 bit YUV 4:2:0 picture; chroma has half the width and height, rounded up. */
export interface Yuv420Planes {
  readonly size: Size;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  /** Bytes from row to row of y, u and v. */
  readonly strides: readonly [number, number, number];
  readonly colours: YuvColours;
}

/** One plane under the brush. */
interface Plane {
  readonly bytes: Uint8Array;
  readonly stride: number;
  readonly value: number;
}

/** How many of the two pixels from 2 * at lie in [from, to). */
const inPair = (at: number, from: number, to: number): number => Math.max(0, Math.min(to, 2 * at + 2) - Math.max(from, 2 * at));

/** Below this, a loop is faster than the call that fills. */
const SHORT = 64;

function fillRow(bytes: Uint8Array, from: number, to: number, value: number): void {
  if (to - from > SHORT) bytes.fill(value, from, to);
  else for (let at = from; at < to; at++) bytes[at] = value;
}

function ringOfLuma({ bytes, stride, value }: Plane, outer: Span2, inner: Span2): void {
  for (let y = outer.y1; y < outer.y2; y++) {
    const row = y * stride;
    if (y < inner.y1 || y >= inner.y2) fillRow(bytes, row + outer.x1, row + outer.x2, value);
    else {
      fillRow(bytes, row + outer.x1, row + inner.x1, value);
      fillRow(bytes, row + inner.x2, row + outer.x2, value);
    }
  }
}

/** The chroma columns of a ring whose samples differ: those left of `from` and right of `to`; in between they are all alike. */
interface Sides {
  readonly from: number;
  readonly to: number;
  /** For each column: where it is, and how many of its two pixel columns are in the outer edge, in the inner edge, and in the picture. */
  readonly columns: Int32Array;
}

function sidesOf(outer: Span2, inner: Span2, width: number): Sides {
  const middle = inner === NOTHING ? outer : inner;
  const from = (middle.x1 + 1) >> 1;
  const to = Math.max(from, middle.x2 >> 1);
  const columns: number[] = [];
  const add = (cx: number): void => {
    columns.push(cx, inPair(cx, outer.x1, outer.x2), inPair(cx, inner.x1, inner.x2), inPair(cx, 0, width));
  };
  for (let cx = outer.x1 >> 1; cx < from; cx++) add(cx);
  for (let cx = to; 2 * cx < outer.x2; cx++) add(cx);
  return { from, to, columns: Int32Array.from(columns) };
}

/** One row of chroma samples; `rows` and `innerRows` of its `rowPixels` pixel rows are in the outer and in the inner edge. */
function ringRow({ bytes, value }: Plane, row: number, { from, to, columns }: Sides, rows: number, innerRows: number, rowPixels: number): void {
  for (let i = 0; i < columns.length; i += 4) {
    const at = row + columns[i]!;
    const share = columns[i + 1]! * rows - columns[i + 2]! * innerRows;
    const whole = columns[i + 3]! * rowPixels;
    const old = bytes[at]!;
    // Rounded division by whole, which is 1, 2 or 4.
    bytes[at] = share === whole ? value : old + ((2 * (value - old) * share + whole) >> (whole === 4 ? 3 : whole));
  }
  if (rows - innerRows === rowPixels) fillRow(bytes, row + from, row + to, value);
  else if (rows > innerRows) for (let at = row + from; at < row + to; at++) bytes[at] = (bytes[at]! + value + 1) >> 1;
}

/** A chroma sample stands for four pixels, and is coloured as far as these are in the ring: exact also where edges are odd. */
function ringOfChroma(planes: readonly Plane[], outer: Span2, inner: Span2, { width, height }: Size): void {
  const sides = sidesOf(outer, inner, width);
  for (let cy = outer.y1 >> 1; 2 * cy < outer.y2; cy++) {
    const rows = inPair(cy, outer.y1, outer.y2);
    const innerRows = inPair(cy, inner.y1, inner.y2);
    const rowPixels = inPair(cy, 0, height);
    for (const plane of planes) ringRow(plane, cy * plane.stride, sides, rows, innerRows, rowPixels);
  }
}

/** Ink of the chroma samples of one pair of rows, summed over their pixels; all 0 between calls. */
let sums = new Int32Array(4096);

/** Inks the luma of one row, and adds its ink up for chroma. */
function inkLumaRow({ bytes, stride, value }: Plane, cover: Cover, row: number, inkedAt: number, from: number, to: number): void {
  const ink = cover.bytes;
  const added = sums;
  const start = row * stride;
  let inked = inkedAt;
  for (let column = from; column < to; column++) {
    const share = ink[inked++]!;
    if (share === 0) continue;
    added[column >> 1]! += share;
    const at = start + column;
    // 257 / 65536 is 1 / 255 to within a 60th of a step.
    const old = bytes[at]!;
    bytes[at] = share === 255 ? value : old + (((value - old) * share * 257 + 32768) >> 16);
  }
}

function inkChromaRow(blue: Plane, red: Plane, pair: number, first: number, last: number, { width, height }: Size): void {
  const scale = 65536 / (255 * 2 * inPair(pair, 0, height));
  const [blueRow, redRow] = [pair * blue.stride, pair * red.stride];
  for (let cx = first; cx < last; cx++) {
    const sum = sums[cx]!;
    if (sum === 0) continue;
    sums[cx] = 0;
    // At an odd edge a sample has one column of pixels only.
    const share = (2 * cx + 1 < width ? sum : sum * 2) * scale;
    const [b, r] = [blue.bytes[blueRow + cx]!, red.bytes[redRow + cx]!];
    blue.bytes[blueRow + cx] = b + (((blue.value - b) * share + 32768) >> 16);
    red.bytes[redRow + cx] = r + (((red.value - r) * share + 32768) >> 16);
  }
}

function inkPlanes([luma, blue, red]: readonly [Plane, Plane, Plane], cover: Cover, x: number, y: number, size: Size): void {
  if (sums.length < size.width) sums = new Int32Array(size.width);
  let pair = -1;
  let first = 0;
  let last = 0;
  eachInkedRow(cover, x, y, size, (row, from, to) => {
    if (row >> 1 !== pair) {
      inkChromaRow(blue, red, pair, first, last, size);
      [pair, first, last] = [row >> 1, size.width, 0];
    }
    inkLumaRow(luma, cover, row, (row - y) * cover.width + from - x, from, to);
    first = Math.min(first, from >> 1);
    last = Math.max(last, (to + 1) >> 1);
  });
  inkChromaRow(blue, red, pair, first, last, size);
}

/** Draws on YUV planes, which are changed in place. */
export function yuv420Surface({ size, y, u, v, strides, colours }: Yuv420Planes): Surface {
  const planesOf = (colour: Parameters<typeof yuvOf>[0]): readonly [Plane, Plane, Plane] => {
    const [luma, blue, red] = yuvOf(colour, colours);
    return [
      { bytes: y, stride: strides[0], value: luma },
      { bytes: u, stride: strides[1], value: blue },
      { bytes: v, stride: strides[2], value: red },
    ];
  };
  return {
    size,
    ring(wantedOuter, wantedInner, colour) {
      const outer = cut(wantedOuter, size);
      if (outer === NOTHING) return;
      const inner = cut(wantedInner, size);
      const [luma, blue, red] = planesOf(colour);
      ringOfLuma(luma, outer, inner);
      ringOfChroma([blue, red], outer, inner, size);
    },
    ink(cover, left, top, colour) {
      inkPlanes(planesOf(colour), cover, left, top, size);
    },
  };
}
