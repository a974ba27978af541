import { AV_CODEC_FLAG_FRAME_DURATION, AV_CODEC_FLAG_GLOBAL_HEADER, AV_PICTURE_TYPE_NONE, type AVPixelFormat } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, type Frame, Packet, Rational } from 'node-av/lib';
import { fail, type Size, type TimeBase } from '../../core/index.js';
import { END, checked, libavText } from './calls.js';

/** What x264 is opened with. */
export interface X264Options {
  readonly size: Size;
  readonly format: AVPixelFormat;
  readonly timeBase: TimeBase;
  readonly frameRate: TimeBase | undefined;
  /** Colours and the shape of pixels, as the stream is to carry them. */
  readonly tags: Partial<Pick<CodecContext, 'colorSpace' | 'colorRange' | 'colorPrimaries' | 'colorTrc' | 'sampleAspectRatio'>>;
  /** In x264's own words, such as `crf`. */
  readonly settings: Readonly<Record<string, string>>;
  /** What it was asked for, as its refusal tells it. */
  readonly asked: string;
}

/** Takes packets as they come of pictures, and must be done with each when it settles. */
export type TakePacket = (packet: Packet) => Promise<void>;

/** Pictures in, H.264 packets out. Not to be closed while a call is under way. */
export class X264 implements Disposable {
  readonly #packet = new Packet();

  private constructor(readonly context: CodecContext) {
    this.#packet.alloc();
  }

  /** @throws Fault UNSUPPORTED where x264 is missing or refuses what it is asked for */
  static async open({ size, format, timeBase, frameRate, tags, settings, asked }: X264Options): Promise<X264> {
    const codec = Codec.findEncoderByName('libx264' as never) ?? fail('UNSUPPORTED', 'this build of libav has no x264');
    const context = new CodecContext();
    context.allocContext3(codec);
    Object.assign(context, size, tags);
    context.pixelFormat = format;
    context.timeBase = new Rational(timeBase.num, timeBase.den);
    // A key frame every two seconds: where a player can begin.
    context.gopSize = frameRate ? Math.max(1, Math.round((2 * frameRate.num) / frameRate.den)) : 60;
    if (frameRate) context.framerate = new Rational(frameRate.num, frameRate.den);
    context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_FLAG_FRAME_DURATION);
    using dictionary = Dictionary.fromObject(settings);
    const opened = await context.open2(codec, dictionary);
    if (opened >= 0) return new X264(context);
    context.freeContext();
    return fail('UNSUPPORTED', `x264 refuses ${asked}: ${libavText(opened)}`);
  }

  /** Gives it a picture, which stays the caller's; `name` is what a fault calls it. What comes of it waits for {@link collect}. */
  async send(picture: Frame, name: string): Promise<void> {
    picture.pictType = AV_PICTURE_TYPE_NONE;
    checked(await this.context.sendFrame(picture), `encoding ${name}`, 'OUTPUT_FAILED');
  }

  /** Hands out what has come of the pictures so far. */
  async collect(take: TakePacket): Promise<void> {
    while (this.context.receivePacketSync(this.#packet) >= 0) {
      await take(this.#packet);
      this.#packet.unref();
    }
  }

  /** Encodes what is held back. */
  async finish(take: TakePacket): Promise<void> {
    const sent = await this.context.sendFrame(null);
    if (sent < 0 && sent !== END) fail('OUTPUT_FAILED', `finishing the encoder: ${libavText(sent)}`);
    await this.collect(take);
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.context.freeContext();
  }
}
