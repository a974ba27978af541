import type { PictureRequest, Rect } from '../../core/index.js';
import type { ResolvedRequest } from '../request.js';
import { type Plane, rowsOf, scaleAcross } from './across.js';
import { RowKernel } from './row-kernel.js';
import { type Stretch, type Taps, nearest, taps } from './taps.js';
import { type YuvColour, rgbSums } from './yuv-colour.js';

/** A picture of three planes of bytes: brightness, and two of colour, which may be of fewer samples. */
export interface YuvPicture {
  readonly planes: readonly [Plane, Plane, Plane];
  /** Colour samples lie this far apart, in pixels. */
  readonly chroma: { readonly x: number; readonly y: number };
  /** How far colour samples lie right of and below the middle of the pixels they are for, as a share of their distance. */
  readonly shift: { readonly x: number; readonly y: number };
  readonly colour: YuvColour;
}

interface Axes {
  readonly across: Taps;
  readonly down: Taps;
}

const stretch = (start: number, length: number, apart: number, shift: number): Stretch => ({
  start: start / apart - shift,
  length: length / apart,
  least: Math.floor(start / apart),
  most: Math.ceil((start + length) / apart) - 1,
});

const lumaAxes = ({ x, y, width, height }: Rect, content: Rect): Axes => ({
  across: taps(stretch(x, width, 1, 0), content.width),
  down: taps(stretch(y, height, 1, 0), content.height),
});

/** A picture that is not scaled has the colours of the sample that each pixel belongs to, as libav makes it. */
function chromaAxes({ x, y, width, height }: Rect, { chroma, shift }: YuvPicture, content: Rect): Axes {
  if (width === content.width && height === content.height) return { across: nearest(x, width, chroma.x), down: nearest(y, height, chroma.y) };
  return {
    across: taps(stretch(x, width, chroma.x, shift.x), content.width),
    down: taps(stretch(y, height, chroma.y, shift.y), content.height),
  };
}

/** The loops work on so many pixels at a time. */
const BLOCK = 4;
const FLOAT = 4;

/** A plane that is scaled across, in the kernel's memory. */
interface ScaledPlane {
  /** Where its first row begins. */
  readonly at: number;
  /** Bytes from row to row. */
  readonly step: number;
  readonly top: number;
  readonly down: Taps;
  /** Where the weights of `down` begin. */
  readonly weights: number;
}

const rowAt = ({ at, step, top, down }: ScaledPlane, y: number): number => at + (down.first[y]! - top) * step;
const weightsAt = ({ weights, down }: ScaledPlane, y: number): number => weights + y * down.count * FLOAT;

/** Copies rows of bytes, `stride` apart, to the content of a picture whose rows are `row` bytes. */
function place(from: Uint8Array, stride: number, bytes: number, into: Uint8Array, start: number, row: number): void {
  if (stride === bytes && row === bytes) {
    into.set(from, start);
    return;
  }
  for (let y = 0; y * stride < from.length; y++) into.set(from.subarray(y * stride, y * stride + bytes), start + y * row);
}

/**
 * Cuts small rectangles out of YUV pictures, scales them and makes them RGB or gray, on the calling thread. Edges may lie between colour
 * samples, and no brightness from outside the rectangle is mixed in. One call after another: memory is used again.
 */
export class YuvCrop {
  readonly #kernel = new RowKernel();

  /** Fills the content of a picture as `request` and `resolved` want it; what lies around the content stays as it is. */
  render(from: YuvPicture, request: PictureRequest, { source, content }: ResolvedRequest, into: Uint8Array): void {
    const luma = lumaAxes(source, content);
    const colour = request.order === 'gray' ? undefined : chromaAxes(source, from, content);
    const width = Math.max(content.width, BLOCK);
    this.#kernel.begin(bytesNeeded(width, content.height, colour ? [luma, colour, colour] : [luma]));
    const y = this.#scaled(from.planes[0], luma, width);
    if (!colour) return this.#gray(y, from, request, content, into);
    const u = this.#scaled(from.planes[1], colour, width);
    const v = this.#scaled(from.planes[2], colour, width);
    this.#coloured(y, u, v, from, request, content, into);
  }

  #scaled(plane: Plane, { across, down }: Axes, width: number): ScaledPlane {
    const kernel = this.#kernel;
    const rows = rowsOf(down);
    const weights = kernel.take(down.weights.length * FLOAT);
    kernel.floats(weights, down.weights.length).set(down.weights);
    const at = kernel.take(rows.count * width * FLOAT);
    scaleAcross(plane, across, rows, kernel.floats(at, rows.count * width), width);
    return { at, step: width * FLOAT, top: rows.top, down, weights };
  }

  #gray(y: ScaledPlane, { colour }: YuvPicture, { size }: PictureRequest, content: Rect, into: Uint8Array): void {
    const kernel = this.#kernel;
    const width = y.step / FLOAT;
    const sums = rgbSums(colour);
    const out = kernel.take(width * content.height);
    for (let row = 0; row < content.height; row++) {
      kernel.rows.grayRow(rowAt(y, row), weightsAt(y, row), y.down.count, width, sums.y, sums.gray, out + row * width);
    }
    place(kernel.bytes(out, width * content.height), width, content.width, into, content.y * size.width + content.x, size.width);
  }

  // prettier-ignore
  #coloured(y: ScaledPlane, u: ScaledPlane, v: ScaledPlane, { colour }: YuvPicture, { size, order, layout }: PictureRequest, content: Rect, into: Uint8Array): void {
    const kernel = this.#kernel;
    const { rows } = kernel;
    const width = y.step / FLOAT;
    const { height } = content;
    const planar = layout === 'planar';
    const sums = kernel.take(8 * FLOAT);
    const { y: bright, redV, greenU, greenV, blueU, red, green, blue } = rgbSums(colour);
    kernel.floats(sums, 8).set([bright, redV, greenU, greenV, blueU, red, green, blue]);
    const plane = planar ? width * height : width;
    const out = kernel.take(3 * plane);
    const packed = planar ? 0 : kernel.take(3 * width * height);
    const [r, b] = order === 'bgr' ? [2, 0] : [0, 2];
    for (let row = 0; row < height; row++) {
      const at = out + (planar ? row * width : 0);
      rows.colourRow(
        rowAt(y, row), weightsAt(y, row), y.down.count, rowAt(u, row), rowAt(v, row), weightsAt(u, row), u.down.count,
        width, sums, at + r * plane, at + plane, at + b * plane,
      );
      if (!planar) rows.packRow(at, at + plane, at + 2 * plane, width, packed + row * 3 * width);
    }
    const start = content.y * size.width + content.x;
    if (!planar) return place(kernel.bytes(packed, 3 * plane * height), 3 * width, 3 * content.width, into, 3 * start, 3 * size.width);
    for (let part = 0; part < 3; part++) {
      place(kernel.bytes(out + part * plane, plane), width, content.width, into, part * size.width * size.height + start, size.width);
    }
  }
}

/** At most so many bytes of the kernel's memory are taken for a picture. */
function bytesNeeded(width: number, height: number, planes: readonly Axes[]): number {
  const scaled = planes.reduce((sum, { down }) => sum + (down.weights.length + rowsOf(down).count * width) * FLOAT, 0);
  return scaled + 3 * width * (height + 1) + 3 * width * height + 1024;
}
