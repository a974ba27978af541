import { AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P, AVCOL_PRI_BT709, AVCOL_RANGE_MPEG, AVCOL_SPC_BT709, AVCOL_TRC_BT709 } from 'node-av/constants';
import type { Frame as NativeFrame } from 'node-av/lib';
import { Frame, type Rect, type Size } from '../../core/index.js';
import { Painter, type Rgb, type Surface, yuv420Surface, yuvOf } from '../../vision/index.js';
import { type Composer, type Composition, type PicturePart, checkComposition } from '../composition.js';
import { FrameStore, pictureFrame } from './native-frames.js';
import { LibavPixels } from './pixels.js';
import { type ScaledPicture, Scalers } from './scalers.js';

/** HD's own: players take it as it is, and the encoder too. */
const COLOURS = { matrix: 'bt709', range: 'limited' } as const;
const TAGS = { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_MPEG } as const;
const GAMUT = { colorPrimaries: AVCOL_PRI_BT709, colorTrc: AVCOL_TRC_BT709 } as const;
/** Area averaging, as for the pictures of models: a tile is mostly much smaller than its frame. */
const SCALING = 'area+accurate_rnd';

/** A wall of sixteen streams of as many sizes. */
const IDLE_SCALERS = 16;
/** Canvases kept for the next pictures: one is composed while the one before is encoded. */
const IDLE_CANVASES = 3;
/** Painters keep ink of their picture's size; walls have tiles of one size or two. */
const PAINTERS = 8;

/** Luma and both chroma planes of a part: bytes from its first row on, and how far its rows are apart. */
interface Planes {
  readonly bytes: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly strides: readonly [number, number, number];
}

function planesOf(native: NativeFrame): Planes {
  const [y, u, v] = native.data as unknown as [Buffer, Buffer, Buffer];
  return { bytes: [y, u, v], strides: native.linesize.slice(0, 3) as [number, number, number] };
}

/** The planes of a part, from its first pixel on: even places lie between chroma samples. */
function planesAt({ bytes: [y, u, v], strides }: Planes, at: Rect): Planes {
  const [top, left] = [at.y / 2, at.x / 2];
  const [luma, blue, red] = strides;
  return { bytes: [y.subarray(at.y * luma + at.x), u.subarray(top * blue + left), v.subarray(top * red + left)], strides };
}

/** Calls `row` with each row of each plane. */
function eachRow({ width, height }: Size, row: (plane: 0 | 1 | 2, y: number, width: number) => void): void {
  for (const plane of [0, 1, 2] as const) {
    const halved = plane === 0 ? 1 : 2;
    for (let y = 0; y < height / halved; y++) row(plane, y, width / halved);
  }
}

function fill({ bytes, strides }: Planes, size: Size, colour: Rgb): void {
  const values = yuvOf(colour, COLOURS);
  eachRow(size, (plane, y, width) => bytes[plane].fill(values[plane], y * strides[plane], y * strides[plane] + width));
}

function place({ bytes, strides }: Planes, size: Size, picture: ScaledPicture): void {
  eachRow(size, (plane, y, width) => {
    const from = y * picture.strides[plane]!;
    bytes[plane].set(picture.planes[plane]!.subarray(from, from + width), y * strides[plane]);
  });
}

/** Towards black, which in the narrow range is 16, and without colour. */
function darken({ bytes, strides }: Planes, size: Size, shade: number): void {
  const table = ([16, 128] as const).map((black) =>
    Uint8Array.from({ length: 256 }, (_, value) => Math.round(black + (value - black) * (1 - shade))),
  );
  eachRow(size, (plane, y, width) => {
    const map = table[plane === 0 ? 0 : 1]!;
    const row = y * strides[plane];
    for (let at = row; at < row + width; at++) bytes[plane][at] = map[bytes[plane][at]!]!;
  });
}

const surfaceOf = ({ bytes: [y, u, v], strides }: Planes, { width, height }: Size): Surface =>
  yuv420Surface({ size: { width, height }, y, u, v, strides, colours: COLOURS });

/** Composes in YUV, as encoders take it: frames are scaled side by side off this thread, from where the decoder left them. */
export class LibavComposer implements Composer {
  readonly #scalers = new Scalers(IDLE_SCALERS);
  readonly #canvases: NativeFrame[] = [];
  readonly #painters = new Map<string, Painter>();
  #closed = false;
  /** Where canvases come back to when nobody needs them any more. */
  readonly #home = { scalers: this.#scalers, store: new FrameStore(2), reclaim: (canvas: NativeFrame) => this.#giveBack(canvas) };

  async compose(parts: readonly PicturePart[], { ground, ...info }: Composition): Promise<Frame> {
    checkComposition(parts, info);
    const canvas = this.#canvas(info.size);
    try {
      await this.#draw(planesOf(canvas), parts, { ...info, ground });
    } catch (error) {
      canvas.free();
      throw error;
    }
    return Frame.of(new LibavPixels(`${info.stream} frame ${info.number}`, canvas, this.#home), info, 'composer');
  }

  async #draw(whole: Planes, parts: readonly PicturePart[], { size, ground }: Composition): Promise<void> {
    fill(whole, size, ground);
    const placed = parts.map((part) => ({ ...part, planes: planesAt(whole, part.at) }));
    for (const { at, fill: colour, planes } of placed) if (colour) fill(planes, at, colour);
    const laid = placed.map(async ({ at, frame, shade = 0, planes }) => {
      if (!frame) return;
      await this.#lay(planes, at, frame);
      if (shade > 0) darken(planes, at, shade);
    });
    // All of them: the canvas is not to be freed while one is still written.
    for (const one of await Promise.allSettled(laid)) if (one.status === 'rejected') throw one.reason;
    for (const { at, shapes = [], planes } of placed) if (shapes.length > 0) await this.#painter(at).paint(surfaceOf(planes, at), shapes);
  }

  async #lay(planes: Planes, at: Rect, frame: Frame): Promise<void> {
    const { width, height } = at;
    const target = { format: AV_PIX_FMT_YUV420P, width, height, flags: SCALING, tags: TAGS };
    const read = (picture: ScaledPicture): void => place(planes, at, picture);
    if (frame.pixels instanceof LibavPixels) return this.#scalers.scale(frame.pixels.frame, target, read);
    const rgb = pictureFrame(AV_PIX_FMT_RGB24, at, 1);
    try {
      rgb.data![0]!.set(await frame.render({ size: { width, height }, order: 'rgb', layout: 'packed' }));
      await this.#scalers.scale(rgb, target, read);
    } finally {
      rgb.free();
    }
  }

  #painter({ width, height }: Size): Painter {
    const key = `${width}x${height}`;
    const painter = this.#painters.get(key) ?? new Painter();
    this.#painters.delete(key);
    this.#painters.set(key, painter);
    if (this.#painters.size > PAINTERS) this.#painters.delete(this.#painters.keys().next().value!);
    return painter;
  }

  #canvas(size: Size): NativeFrame {
    const at = this.#canvases.findIndex((canvas) => canvas.width === size.width && canvas.height === size.height);
    const canvas = at >= 0 ? this.#canvases.splice(at, 1)[0]! : pictureFrame(AV_PIX_FMT_YUV420P, size);
    return Object.assign(canvas, TAGS, GAMUT);
  }

  /** An encoder may hold on to a picture: that one is left to it. */
  #giveBack(canvas: NativeFrame): void {
    if (this.#closed || !canvas.isWritable) return canvas.free();
    this.#canvases.push(canvas);
    if (this.#canvases.length > IDLE_CANVASES) this.#canvases.shift()!.free();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    for (const canvas of this.#canvases.splice(0)) canvas.free();
    this.#painters.clear();
    this.#home.store.close();
    this.#scalers.release();
    return Promise.resolve();
  }
}
