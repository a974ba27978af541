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

function ringOfLuma({ bytes, stride, value }: Plane, outer: Span2, inner: Span2): void {
  for (let y = outer.y1; y < outer.y2; y++) {
    const row = y * stride;
    if (y < inner.y1 || y >= inner.y2) bytes.fill(value, row + outer.x1, row + outer.x2);
    else {
      bytes.fill(value, row + outer.x1, row + inner.x1);
      bytes.fill(value, row + inner.x2, row + outer.x2);
    }
  }
}

/** Moves the samples [from, to) of a row towards the plane's value by `share` of `whole`. */
function shift({ bytes, value }: Plane, from: number, to: number, share: number, whole: number): void {
  if (share <= 0 || to <= from) return;
  if (share >= whole) {
    bytes.fill(value, from, to);
    return;
  }
  for (let at = from; at < to; at++) bytes[at] = bytes[at]! + Math.round(((value - bytes[at]!) * share) / whole);
}

/** A chroma sample stands for four pixels, and is coloured as far as these are in the ring: exact also where edges are odd. */
function ringOfChroma(plane: Plane, outer: Span2, inner: Span2, { width, height }: Size): void {
  const middle = inner === NOTHING ? outer : inner;
  const middleFrom = (middle.x1 + 1) >> 1;
  const middleTo = Math.max(middleFrom, middle.x2 >> 1);
  for (let cy = outer.y1 >> 1; 2 * cy < outer.y2; cy++) {
    const rows = inPair(cy, outer.y1, outer.y2);
    const innerRows = inPair(cy, inner.y1, inner.y2);
    const rowPixels = inPair(cy, 0, height);
    const row = cy * plane.stride;
    const one = (cx: number): void => {
      const share = inPair(cx, outer.x1, outer.x2) * rows - inPair(cx, inner.x1, inner.x2) * innerRows;
      shift(plane, row + cx, row + cx + 1, share, inPair(cx, 0, width) * rowPixels);
    };
    for (let cx = outer.x1 >> 1; cx < middleFrom; cx++) one(cx);
    shift(plane, row + middleFrom, row + middleTo, 2 * (inner === NOTHING ? rows : rows - innerRows), 2 * rowPixels);
    for (let cx = middleTo; 2 * cx < outer.x2; cx++) one(cx);
  }
}

function inkLuma({ bytes, stride, value }: Plane, cover: Cover, x: number, y: number, size: Size): void {
  eachInkedRow(cover, x, y, size, (row, from, to) => {
    let inked = (row - y) * cover.width + from - x;
    const end = row * stride + to;
    for (let at = row * stride + from; at < end; at++) {
      const share = cover.bytes[inked++]!;
      if (share === 255) bytes[at] = value;
      else if (share !== 0) bytes[at] = bytes[at]! + (((value - bytes[at]!) * share * (65536 / 255) + 32768) >> 16);
    }
  });
}

/** Ink of each chroma sample of one row, summed over its pixels; kept between calls. */
let sums = new Int32Array(2048);

function inkChroma(planes: readonly Plane[], cover: Cover, x: number, y: number, size: Size): void {
  if (sums.length < size.width) sums = new Int32Array(size.width);
  let pair = -1;
  let first = Infinity;
  let last = -1;
  const settle = (): void => {
    for (const plane of planes) inkChromaRow(plane, pair, first, last, size);
    if (last > first) sums.fill(0, first, last);
    first = Infinity;
    last = -1;
  };
  eachInkedRow(cover, x, y, size, (row, from, to) => {
    if (row >> 1 !== pair) settle();
    pair = row >> 1;
    let inked = (row - y) * cover.width + from - x;
    for (let column = from; column < to; column++) sums[column >> 1]! += cover.bytes[inked++]!;
    first = Math.min(first, from >> 1);
    last = Math.max(last, (to + 1) >> 1);
  });
  settle();
}

function inkChromaRow({ bytes, stride, value }: Plane, pair: number, first: number, last: number, { width, height }: Size): void {
  const rows = inPair(pair, 0, height);
  const scale = 65536 / (255 * 2 * rows);
  const row = pair * stride;
  for (let cx = first; cx < last; cx++) {
    const sum = sums[cx]!;
    if (sum === 0) continue;
    const share = 2 * cx + 1 < width ? sum : sum * 2;
    const old = bytes[row + cx]!;
    bytes[row + cx] = old + (((value - old) * share * scale + 32768) >> 16);
  }
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
      ringOfChroma(blue, outer, inner, size);
      ringOfChroma(red, outer, inner, size);
    },
    ink(cover, left, top, colour) {
      const [luma, blue, red] = planesOf(colour);
      inkLuma(luma, cover, left, top, size);
      inkChroma([blue, red], cover, left, top, size);
    },
  };
}
