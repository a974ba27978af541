import { AV_PIX_FMT_BGR24, AV_PIX_FMT_GBRP, AV_PIX_FMT_GRAY8, AV_PIX_FMT_RGB24, type AVPixelFormat } from 'node-av/constants';
import { avImageGetBufferSize, type Frame } from 'node-av/lib';
import type { PictureRequest, Pixels, Rect, Size } from '../../core/index.js';
import { BT601 } from '../crop/yuv-colour.js';
import { YuvCrop } from '../crop/yuv-crop.js';
import { fillAround, resolveRequest } from '../request.js';
import { type FrameStore, pictureFrame } from './native-frames.js';
import { pixelFormatOf } from './pixel-format.js';
import { PlaneCopies } from './plane-copies.js';
import type { ScaledPicture, Scalers } from './scalers.js';
import { type YuvForm, yuvFormOf, yuvPictureOf } from './yuv-picture.js';

/**
 * Area averaging: against an exact area average it is 4 to 13 dB nearer than bilinear, against OpenCV's bilinear (what most detectors were
 * trained on) 2 to 4 dB nearer, and it is no slower. Full chroma costs packed RGB a quarter of a millisecond for up to 15 dB; planar RGB has
 * it anyway.
 */
const SCALING = 'area+full_chroma_int';
/** The same for pictures that are RGB already: without these, libav halves their chroma on the way. */
const RGB_SCALING = `${SCALING}+full_chroma_inp+accurate_rnd`;

/** The native form of a request, and where its planes are found in libav's picture. */
interface Form {
  readonly format: AVPixelFormat;
  readonly channels: number;
  readonly planes: readonly number[];
}

/** libav keeps planar RGB as green, blue, red. */
function formOf({ order, layout }: PictureRequest): Form {
  if (order === 'gray') return { format: AV_PIX_FMT_GRAY8, channels: 1, planes: [0] };
  if (layout === 'planar') return { format: AV_PIX_FMT_GBRP, channels: 1, planes: order === 'rgb' ? [2, 0, 1] : [1, 0, 2] };
  return { format: order === 'rgb' ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_BGR24, channels: 3, planes: [0] };
}

/** Copies the scaled picture to `content`; in one piece where its rows are those of the target. */
function place(picture: ScaledPicture, form: Form, size: Size, content: Rect, into: Uint8Array): void {
  const stride = size.width * form.channels;
  const row = content.width * form.channels;
  form.planes.forEach((from, to) => {
    const plane = picture.planes[from]!;
    const step = picture.strides[from]!;
    const start = (to * size.height + content.y) * stride + content.x * form.channels;
    if (step === stride && row === stride) {
      into.set(plane.subarray(0, row * content.height), start);
      return;
    }
    for (let y = 0; y < content.height; y++) into.set(plane.subarray(y * step, y * step + row), start + y * stride);
  });
}

const covers = ({ x, y, width, height }: Rect, frame: Frame): boolean => x === 0 && y === 0 && width === frame.width && height === frame.height;

/** The smallest rectangle around `rect` whose edges lie between chroma samples, or at the edge of the frame. */
function onChroma({ x, y, width, height }: Rect, frame: Size, chroma: { readonly x: number; readonly y: number }): Rect {
  const left = x - (x % chroma.x);
  // Of odd height, libav would take another converter, which mixes chroma across edges where the usual one does not.
  const rows = chroma.x > 1 ? Math.max(2, chroma.y) : chroma.y;
  const top = y - (y % rows);
  const right = Math.min(frame.width, Math.ceil((x + width) / chroma.x) * chroma.x);
  const bottom = Math.min(frame.height, Math.ceil((y + height) / rows) * rows);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Most work of a crop that is made on the calling thread, in pixels read; one written is as much as eight. libav sets its scaler up anew for
 * each size, for about what this costs: see ADR 28.
 */
const SMALL_WORK = 300_000;

const isSmall = (source: Rect, content: Rect): boolean => source.width * source.height + 8 * content.width * content.height <= SMALL_WORK;

/** Gray is the brightness of BT.601, as libav has it and most networks learnt it: of another matrix it takes the colours too. */
const fitsOrder = ({ colour }: YuvForm, { order }: PictureRequest): boolean => order !== 'gray' || colour.red === BT601.red;

/** Serves one call after another, none of which waits: one is enough for a thread. */
const crops = new YuvCrop();
const copies = new PlaneCopies();

/** What the pixels of one source share. */
export interface PixelsHome {
  readonly scalers: Scalers;
  readonly store: FrameStore;
  /** Takes a picture that nobody needs any more; the store does when absent. */
  readonly reclaim?: (frame: Frame) => void;
}

/** Decoded pixels in libav's memory, YUV as they came. Only what is asked for is converted, off the calling thread. */
export class LibavPixels implements Pixels {
  readonly #home: PixelsHome;
  /** How the planes are read, once they were asked for. */
  #form: YuvForm | null | undefined;

  /** Takes ownership of `frame`. */
  constructor(
    readonly label: string,
    readonly frame: Frame,
    home: PixelsHome,
  ) {
    this.#home = home;
    home.scalers.retain();
  }

  get bytes(): number {
    const { format, width, height } = this.frame;
    return avImageGetBufferSize(format as AVPixelFormat, width, height, 1);
  }

  async render(request: PictureRequest, into: Uint8Array): Promise<void> {
    const { frame } = this;
    const { source, content, pad } = resolveRequest(request, frame, this.label);
    const form = formOf(request);
    fillAround(into, request.size, content, pad, form.planes.length, form.channels);
    const read = (picture: ScaledPicture): void => place(picture, form, request.size, content, into);
    const target = { format: form.format, width: content.width, height: content.height };
    const { scalers } = this.#home;
    if (covers(source, frame)) return scalers.scale(frame, { ...target, flags: SCALING }, read);
    if (isSmall(source, content)) {
      if (this.#form === undefined) this.#form = yuvFormOf(frame);
      const yuv = this.#form;
      if (yuv && fitsOrder(yuv, request)) return crops.render(yuvPictureOf(yuv, copies.of(this, frame)), request, { source, content, pad }, into);
    }
    const around = onChroma(source, frame, pixelFormatOf(frame.format as AVPixelFormat).chroma);
    const isAligned = around.width === source.width && around.height === source.height;
    if (isAligned || request.order === 'gray') {
      return this.#cropped(frame, source, (part) => scalers.scale(part, { ...target, flags: SCALING }, read));
    }
    return this.#betweenChroma(source, around, (part) => scalers.scale(part, { ...target, flags: RGB_SCALING }, read));
  }

  free(): void {
    copies.forget(this);
    if (this.#home.reclaim) this.#home.reclaim(this.frame);
    else this.#home.store.give(this.frame);
    this.#home.scalers.release();
  }

  async #cropped(from: Frame, rect: Rect, use: (part: Frame) => Promise<void>): Promise<void> {
    const { scalers, store } = this.#home;
    const part = store.take();
    try {
      scalers.crop(from, part, rect);
      await use(part);
    } finally {
      store.give(part);
    }
  }

  /**
   * A rectangle that begins or ends between two chroma samples cannot be cut out of YUV without moving its colours: a slightly larger one is
   * cut out, made RGB at its own size, and cut again.
   */
  async #betweenChroma(source: Rect, around: Rect, use: (part: Frame) => Promise<void>): Promise<void> {
    await this.#cropped(this.frame, around, async (part) => {
      const rgb = pictureFrame(AV_PIX_FMT_RGB24, around);
      try {
        await this.#home.scalers.scaleInto(part, rgb, SCALING);
        await this.#cropped(rgb, { ...source, x: source.x - around.x, y: source.y - around.y }, use);
      } finally {
        rgb.free();
      }
    });
  }
}
