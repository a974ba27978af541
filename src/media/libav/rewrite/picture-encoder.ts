import { AV_PIX_FMT_YUV420P, type AVPixelFormat } from 'node-av/constants';
import type { CodecContext, Frame } from 'node-av/lib';
import { fail, type TimeBase } from '../../../core/index.js';
import type { VideoEncoding } from '../../rewrite.js';
import { CONVERSION } from '../encoder.js';
import { pictureFrame } from '../native-frames.js';
import { pixelFormatOf } from '../pixel-format.js';
import { Scalers } from '../scalers.js';
import { type TakePacket, X264 } from '../x264.js';

/** Formats that x264 takes as they are; every other becomes 4:2:0 of eight bits. */
const KEPT = /^yuv(?:j?4(?:20|22|44)p|4(?:20|22|44)p10le)$/;

const DEFAULT_CRF = 20;

/** The pixel format in which pictures of `format` are patched and encoded. */
export const encodedFormat = (format: AVPixelFormat): AVPixelFormat => (KEPT.test(pixelFormatOf(format).name) ? format : AV_PIX_FMT_YUV420P);

/** What x264 is told. */
export function encoderSettings(encoding: VideoEncoding): Record<string, string> {
  const { lossless = false, bitsPerSecond, maxBitsPerSecond, crf = DEFAULT_CRF, keyFrameEvery, bFrames, preset = 'veryfast' } = encoding;
  const rate: Record<string, string> = lossless ? { qp: '0' } : bitsPerSecond === undefined ? { crf: String(crf) } : { b: String(bitsPerSecond) };
  if (!lossless && maxBitsPerSecond !== undefined) Object.assign(rate, { maxrate: String(maxBitsPerSecond), bufsize: String(maxBitsPerSecond) });
  // Key frames where the picture changes would come beside those that were asked for.
  if (keyFrameEvery !== undefined) Object.assign(rate, { g: String(keyFrameEvery), sc_threshold: '0', 'forced-idr': '1' });
  if (bFrames !== undefined) rate['bf'] = String(bFrames);
  return { preset, ...rate };
}

/** Encodes the pictures of one video as they are: their format, colours and times. Not to be closed while a call is under way. */
export class PictureEncoder implements Disposable {
  readonly #scalers = new Scalers();

  private constructor(
    private readonly x264: X264,
    readonly format: AVPixelFormat,
  ) {}

  /** `first` says what the pictures are like. @throws Fault UNSUPPORTED where x264 refuses them */
  static async open(first: Frame, timeBase: TimeBase, frameRate: TimeBase | undefined, encoding: VideoEncoding): Promise<PictureEncoder> {
    const { width, height, colorSpace, colorRange, colorPrimaries, colorTrc, sampleAspectRatio } = first;
    const format = encodedFormat(first.format as AVPixelFormat);
    const { chroma, name } = pixelFormatOf(format);
    if (width % chroma.x !== 0 || height % chroma.y !== 0)
      fail('UNSUPPORTED', `pictures of ${width}x${height} cannot be H.264 in 4:2:0, which knows even sizes only; scale the video first`);
    const x264 = await X264.open({
      size: { width, height },
      format,
      timeBase,
      frameRate,
      tags: { colorSpace, colorRange, colorPrimaries, colorTrc, sampleAspectRatio },
      settings: encoderSettings(encoding),
      asked: `${width}x${height} in ${name}`,
    });
    return new PictureEncoder(x264, format);
  }

  get context(): CodecContext {
    return this.x264.context;
  }

  /** The picture as it is encoded: `native` itself, or a new one that the caller frees. */
  async fitted(native: Frame): Promise<Frame> {
    const { width, height, colorSpace, colorRange, colorPrimaries, colorTrc } = this.context;
    if (native.format === this.format && native.width === width && native.height === height) return native;
    const to = pictureFrame(this.format, { width, height });
    Object.assign(to, { colorSpace, colorRange });
    await this.#scalers.scaleInto(native, to, CONVERSION);
    Object.assign(to, { colorPrimaries, colorTrc });
    return to;
  }

  /** `take` gets each packet that comes of the picture, and must be done with it when it settles. */
  async encode(picture: Frame, take: TakePacket): Promise<void> {
    await this.x264.send(picture, 'a picture');
    await this.x264.collect(take);
  }

  /** Encodes what is held back. */
  finish(take: TakePacket): Promise<void> {
    return this.x264.finish(take);
  }

  [Symbol.dispose](): void {
    this.#scalers.release();
    this.x264[Symbol.dispose]();
  }
}
