import type { PictureRequest, Rect } from '../../core/index.js';
import type { ResolvedRequest } from '../request.js';
import { type Plane, ScaledRows } from './scaled-rows.js';
import { type Stretch, type Taps, nearest, taps } from './taps.js';
import { type RgbSums, type YuvColour, rgbSums } from './yuv-colour.js';

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

/** Where the parts of a pixel go, in bytes. */
interface Layout {
  readonly pixel: number;
  readonly row: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

function layoutOf({ size, order, layout }: PictureRequest, content: Rect): Layout {
  const planar = layout === 'planar';
  const pixel = planar || order === 'gray' ? 1 : 3;
  const part = planar ? size.width * size.height : 1;
  const start = (content.y * size.width + content.x) * pixel;
  const [red, blue] = order === 'bgr' ? [2, 0] : [0, 2];
  return { pixel, row: size.width * pixel, red: start + red * part, green: start + part, blue: start + blue * part };
}

/** The nearest byte. Stores to a Uint8ClampedArray do the same, several times slower. */
function byte(value: number): number {
  const rounded = (value + 0.5) | 0;
  return rounded < 0 ? 0 : rounded > 255 ? 255 : rounded;
}

/**
 * Cuts small rectangles out of YUV pictures, scales them and makes them RGB or gray, on the calling thread. Edges may lie between colour
 * samples, and no brightness from outside the rectangle is mixed in. One call after another: memory is used again.
 */
export class YuvCrop {
  readonly #y = new ScaledRows();
  readonly #u = new ScaledRows();
  readonly #v = new ScaledRows();
  #rows = [new Float32Array(0), new Float32Array(0), new Float32Array(0)] as const;

  /** Fills the content of a picture as `request` and `resolved` want it; what lies around the content stays as it is. */
  render(from: YuvPicture, request: PictureRequest, { source, content }: ResolvedRequest, into: Uint8Array): void {
    const { width, height } = content;
    if (this.#rows[0].length < width) this.#rows = [new Float32Array(width), new Float32Array(width), new Float32Array(width)];
    const [luma, u, v] = from.planes;
    const { across, down } = lumaAxes(source, content);
    this.#y.begin(luma, across, down);
    const sums = rgbSums(from.colour);
    const layout = layoutOf(request, content);
    if (request.order === 'gray') {
      for (let y = 0; y < height; y++) this.#grayRow(y, width, sums, into, layout.red + y * layout.row);
      return;
    }
    const colour = chromaAxes(source, from, content);
    this.#u.begin(u, colour.across, colour.down);
    this.#v.begin(v, colour.across, colour.down);
    for (let y = 0; y < height; y++) this.#colourRow(y, width, sums, into, layout);
  }

  #grayRow(y: number, width: number, sums: RgbSums, bytes: Uint8Array, start: number): void {
    const [row] = this.#rows;
    this.#y.row(y, row);
    for (let x = 0; x < width; x++) bytes[start + x] = byte(row[x]! * sums.y + sums.gray);
  }

  #colourRow(y: number, width: number, sums: RgbSums, bytes: Uint8Array, layout: Layout): void {
    const [luma, u, v] = this.#rows;
    this.#y.row(y, luma);
    this.#u.row(y, u);
    this.#v.row(y, v);
    const { pixel, red, green, blue } = layout;
    let at = y * layout.row;
    for (let x = 0; x < width; x++) {
      const bright = luma[x]! * sums.y;
      bytes[red + at] = byte(bright + v[x]! * sums.redV + sums.red);
      bytes[green + at] = byte(bright + u[x]! * sums.greenU + v[x]! * sums.greenV + sums.green);
      bytes[blue + at] = byte(bright + u[x]! * sums.blueU + sums.blue);
      at += pixel;
    }
  }
}
