import { AVCOL_RANGE_JPEG, type AVColorRange, type AVColorSpace, type AVPixelFormat } from 'node-av/constants';
import { type Frame, SoftwareScaleContext } from 'node-av/lib';
import type { Rect, Size } from '../../core/index.js';
import { checked } from './calls.js';
import { Cropper } from './filters.js';
import { pictureFrame } from './native-frames.js';

/** A scaled picture, valid until the callback that got it returns. */
export interface ScaledPicture {
  readonly planes: readonly Buffer[];
  /** Bytes from row to row of each plane. */
  readonly strides: readonly number[];
}

interface Scaler extends ScaledPicture {
  readonly key: string;
  readonly context: SoftwareScaleContext;
  readonly frame: Frame;
}

/** What to scale to. `flags` are libav's scaler flags. */
export interface ScaleTarget extends Size {
  readonly format: AVPixelFormat;
  readonly flags: string;
  /** Matrix and range of a YUV picture. */
  readonly tags?: { readonly colorSpace: AVColorSpace; readonly colorRange: AVColorRange };
}

function createScaler(key: string, target: ScaleTarget): Scaler {
  // Rows without gaps are copied in one piece. But libav's unscaled converters work on 8 pixels at a time, and where a row has no room to
  // spare they leave out the last columns: then the rows keep their gaps.
  const frame = pictureFrame(target.format, target, target.width % 8 === 0 ? 1 : 0);
  // Without this, gray comes out in the narrow range of video: white as 235.
  frame.colorRange = AVCOL_RANGE_JPEG;
  Object.assign(frame, target.tags);
  // Left unconfigured on purpose: the context then follows the colour matrix and range of each frame, which the classic set-up does not.
  const context = new SoftwareScaleContext();
  context.allocContext();
  checked(context.setOption('sws_flags', target.flags), `scaler flags "${target.flags}"`);
  return { key, context, frame, planes: frame.data ?? [], strides: frame.linesize };
}

function freeScaler({ context, frame }: Scaler): void {
  context.freeContext();
  frame.free();
}

/** Enough for a detector and two secondaries on two frames at a time. */
const IDLE_SCALERS = 6;
const CROPPERS = 3;

/**
 * Scaling contexts and their pictures, kept for reuse by the frames of one source. A context serves one call at a time; as many are made
 * as calls overlap. The last holder frees them: the source, or a frame that outlives it.
 */
export class Scalers {
  #idle: Scaler[] = [];
  #croppers = new Map<string, Cropper>();
  #holders = 1;

  constructor(readonly limit = IDLE_SCALERS) {}

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#idle.splice(0).forEach(freeScaler);
    for (const cropper of this.#croppers.values()) cropper[Symbol.dispose]();
    this.#croppers.clear();
  }

  /** Scales `from` off this thread, then lets `read` copy the picture. */
  async scale(from: Frame, target: ScaleTarget, read: (picture: ScaledPicture) => void): Promise<void> {
    const scaler = this.#take(from, target);
    try {
      checked(await scaler.context.scaleFrame(scaler.frame, from), `scaling ${from.width}x${from.height} to ${target.width}x${target.height}`);
      read(scaler);
    } finally {
      this.#give(scaler);
    }
  }

  /** As `scale`, into a picture that the caller owns and frees. */
  async scaleInto(from: Frame, to: Frame, flags: string): Promise<void> {
    const context = new SoftwareScaleContext();
    context.allocContext();
    try {
      context.setOption('sws_flags', flags);
      checked(await context.scaleFrame(to, from), `converting ${from.width}x${from.height}`);
    } finally {
      context.freeContext();
    }
  }

  /** Points the empty `into` at a rectangle of `from`; see {@link Cropper.crop}. */
  crop(from: Frame, into: Frame, rect: Rect): void {
    const key = `${from.width}x${from.height} ${from.format}`;
    const cropper = this.#croppers.get(key) ?? new Cropper(from.width, from.height, from.format as AVPixelFormat);
    this.#croppers.delete(key);
    this.#croppers.set(key, cropper);
    if (this.#croppers.size > CROPPERS) this.#dropCropper();
    cropper.crop(from, into, rect);
  }

  #dropCropper(): void {
    const [oldest] = this.#croppers.keys();
    this.#croppers.get(oldest!)?.[Symbol.dispose]();
    this.#croppers.delete(oldest!);
  }

  #take(from: Frame, target: ScaleTarget): Scaler {
    const key = `${from.width}x${from.height} ${from.format} ${target.format} ${target.width}x${target.height} ${target.flags} ${target.tags?.colorSpace} ${target.tags?.colorRange}`;
    const at = this.#idle.findIndex((scaler) => scaler.key === key);
    return at >= 0 ? this.#idle.splice(at, 1)[0]! : createScaler(key, target);
  }

  #give(scaler: Scaler): void {
    if (this.#holders <= 0) {
      freeScaler(scaler);
      return;
    }
    this.#idle.push(scaler);
    if (this.#idle.length > this.limit) freeScaler(this.#idle.shift()!);
  }
}
