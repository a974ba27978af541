import {
  AV_CODEC_FLAG_FRAME_DURATION,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, type Frame, Packet, Rational } from 'node-av/lib';
import { fail, type TimeBase } from '../../../core/index.js';
import type { VideoEncoding } from '../../rewrite.js';
import { checked, END, libavText } from '../calls.js';
import { pictureFrame } from '../native-frames.js';
import { pixelFormatOf } from '../pixel-format.js';
import { Scalers } from '../scalers.js';

/** Formats that x264 takes as they are; every other becomes 4:2:0 of eight bits. */
const KEPT = /^yuv(?:j?4(?:20|22|44)p|4(?:20|22|44)p10le)$/;

const CONVERSION = 'bicubic+full_chroma_inp+full_chroma_int+accurate_rnd';

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
  readonly #packet = new Packet();
  readonly #scalers = new Scalers();

  private constructor(
    readonly context: CodecContext,
    readonly format: AVPixelFormat,
  ) {
    this.#packet.alloc();
  }

  /** `first` says what the pictures are like. @throws Fault UNSUPPORTED where x264 refuses them */
  static async open(first: Frame, timeBase: TimeBase, frameRate: TimeBase | undefined, encoding: VideoEncoding): Promise<PictureEncoder> {
    const codec = Codec.findEncoderByName('libx264' as never) ?? fail('UNSUPPORTED', 'this build of libav has no x264');
    const { width, height, colorSpace, colorRange, colorPrimaries, colorTrc, sampleAspectRatio } = first;
    const format = encodedFormat(first.format as AVPixelFormat);
    const { chroma } = pixelFormatOf(format);
    if (width % chroma.x !== 0 || height % chroma.y !== 0)
      fail('UNSUPPORTED', `pictures of ${width}x${height} cannot be H.264 in 4:2:0, which knows even sizes only; scale the video first`);
    const context = new CodecContext();
    context.allocContext3(codec);
    Object.assign(context, { width, height, colorSpace, colorRange, colorPrimaries, colorTrc, sampleAspectRatio });
    context.pixelFormat = format;
    context.timeBase = new Rational(timeBase.num, timeBase.den);
    if (frameRate) context.framerate = new Rational(frameRate.num, frameRate.den);
    context.gopSize = frameRate ? Math.max(1, Math.round((2 * frameRate.num) / frameRate.den)) : 60;
    context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_FLAG_FRAME_DURATION);
    using settings = Dictionary.fromObject(encoderSettings(encoding));
    const opened = await context.open2(codec, settings);
    if (opened >= 0) return new PictureEncoder(context, format);
    context.freeContext();
    return fail('UNSUPPORTED', `x264 refuses ${width}x${height} in ${pixelFormatOf(format).name}: ${libavText(opened)}`);
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
  async encode(picture: Frame, take: (packet: Packet) => Promise<void>): Promise<void> {
    picture.pictType = AV_PICTURE_TYPE_NONE;
    checked(await this.context.sendFrame(picture), 'encoding a picture', 'OUTPUT_FAILED');
    await this.#collect(take);
  }

  /** Encodes what is held back. */
  async finish(take: (packet: Packet) => Promise<void>): Promise<void> {
    const sent = await this.context.sendFrame(null);
    if (sent < 0 && sent !== END) fail('OUTPUT_FAILED', `finishing the encoder: ${libavText(sent)}`);
    await this.#collect(take);
  }

  async #collect(take: (packet: Packet) => Promise<void>): Promise<void> {
    while (this.context.receivePacketSync(this.#packet) >= 0) {
      await take(this.#packet);
      this.#packet.unref();
    }
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.#scalers.release();
    this.context.freeContext();
  }
}
