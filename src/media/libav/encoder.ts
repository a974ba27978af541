import {
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT709,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE240M,
  AVCOL_TRC_BT709,
} from 'node-av/constants';
import type { CodecContext, Frame as NativeFrame } from 'node-av/lib';
import { type Frame, type Size, type TimeBase, didYouMean, fail } from '../../core/index.js';
import { Painter, type Shape, type Surface, type YuvColours, scaledShapes, yuv420Surface } from '../../vision/index.js';
import { checked } from './calls.js';
import { FrameStore, pictureFrame } from './native-frames.js';
import { LibavPixels } from './pixels.js';
import { Scalers } from './scalers.js';
import { type TakePacket, X264 } from './x264.js';

/** x264's presets, fastest first. */
export const PRESETS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow', 'placebo'] as const;

/** What the encoder must know. */
export interface EncoderOptions {
  /** Size of the frames written. */
  readonly size: Size;
  readonly timeBase: TimeBase;
  readonly frameRate?: TimeBase | undefined;
  readonly preset?: string | undefined;
  readonly crf?: number | undefined;
}

/** Chroma lies between pairs of pixels, so H.264 in 4:2:0 knows even sizes only. */
export const evenSize = ({ width, height }: Size): Size => ({ width: width + (width % 2), height: height + (height % 2) });

/** Conversion for the encoder keeps all chroma. */
export const CONVERSION = 'bicubic+full_chroma_inp+full_chroma_int+accurate_rnd';

/** Colour of the pictures as the first frame tells it; the stream carries it as tags, and later frames are converted to it. */
type Colours = Pick<NativeFrame, 'colorSpace' | 'colorRange' | 'colorPrimaries' | 'colorTrc'>;

const BT709: Colours = {
  colorSpace: AVCOL_SPC_BT709,
  colorRange: AVCOL_RANGE_MPEG,
  colorPrimaries: AVCOL_PRI_BT709,
  colorTrc: AVCOL_TRC_BT709,
};

function coloursOf(frame: Frame): Colours {
  if (!(frame.pixels instanceof LibavPixels)) return BT709;
  const { colorSpace, colorRange, colorPrimaries, colorTrc } = frame.pixels.frame;
  if (colorSpace === AVCOL_SPC_RGB) return { ...BT709, colorPrimaries, colorTrc };
  return { colorSpace, colorRange: colorRange === AVCOL_RANGE_JPEG ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, colorPrimaries, colorTrc };
}

/** The colours as drawing knows them; matrices that it does not know go to the nearest. */
function yuvColoursOf({ colorSpace, colorRange }: Colours): YuvColours {
  const range = colorRange === AVCOL_RANGE_JPEG ? 'full' : 'limited';
  if (colorSpace === AVCOL_SPC_BT2020_NCL || colorSpace === AVCOL_SPC_BT2020_CL) return { matrix: 'bt2020', range };
  return { matrix: colorSpace === AVCOL_SPC_BT709 || colorSpace === AVCOL_SPC_SMPTE240M ? 'bt709' : 'bt601', range };
}

/** A picture of the encoder's own, and its planes to draw on. */
interface Canvas {
  readonly native: NativeFrame;
  readonly surface: Surface;
}

function createCanvas(size: Size, colours: Colours): Canvas {
  const native = Object.assign(pictureFrame(AV_PIX_FMT_YUV420P, size), colours);
  const [y, u, v] = native.data as unknown as [Buffer, Buffer, Buffer];
  const strides = native.linesize.slice(0, 3) as [number, number, number];
  return { native, surface: yuv420Surface({ size, y, u, v, strides, colours: yuvColoursOf(colours) }) };
}

/** Says what is wrong with encoder options before any file is touched. @throws Fault INVALID_ARGUMENT */
export function checkEncoderOptions(path: string, { size, timeBase, preset, crf }: EncoderOptions): void {
  if (!Number.isInteger(size.width) || !Number.isInteger(size.height) || size.width < 2 || size.height < 2)
    fail('INVALID_ARGUMENT', `${path}: size ${size.width}x${size.height} must be whole pixels, at least 2x2`);
  if (!(timeBase.num > 0 && timeBase.den > 0)) fail('INVALID_ARGUMENT', `${path}: time base ${timeBase.num}/${timeBase.den} must be above 0`);
  if (preset !== undefined && !(PRESETS as readonly string[]).includes(preset))
    fail('INVALID_ARGUMENT', `${path}: unknown preset "${preset}"; one of ${PRESETS.join(', ')}.${didYouMean(preset, PRESETS)}`);
  if (crf !== undefined && !(crf >= 0 && crf <= 51)) fail('INVALID_ARGUMENT', `${path}: crf ${crf} must be from 0 to 51`);
}

/** Frames in, H.264 packets out. Not to be closed while a call is under way. */
export class Encoder implements Disposable {
  readonly #store = new FrameStore(4);
  readonly #scalers = new Scalers();
  readonly #even: Size;
  #converted: NativeFrame | null = null;
  #rgb: NativeFrame | null = null;
  #canvas: Canvas | null = null;
  readonly #painter = new Painter();

  private constructor(
    private readonly x264: X264,
    readonly options: EncoderOptions,
    readonly colours: Colours,
  ) {
    this.#even = evenSize(options.size);
  }

  /** `first` gives the stream its colour tags and the shape of its pixels; BT.709 and square without it. */
  static async open(options: EncoderOptions, first: Frame | undefined): Promise<Encoder> {
    const colours = first ? coloursOf(first) : BT709;
    const { size, timeBase, frameRate, preset = 'veryfast', crf = 23 } = options;
    // Pixels that are not square stay so: DVDs and older cameras have them.
    const shape = first?.pixels instanceof LibavPixels ? { sampleAspectRatio: first.pixels.frame.sampleAspectRatio } : {};
    const x264 = await X264.open({
      size: evenSize(size),
      format: AV_PIX_FMT_YUV420P,
      timeBase,
      frameRate,
      tags: { ...colours, ...shape },
      settings: { preset, crf: String(crf) },
      asked: `${size.width}x${size.height} with preset ${preset}`,
    });
    return new Encoder(x264, options, colours);
  }

  get context(): CodecContext {
    return this.x264.context;
  }

  /** Encodes `frame` as of `ticks`, with `shapes` drawn on a copy; `take` gets each packet that comes of it, and must be done with it when it settles. */
  async encode(
    frame: Frame,
    { ticks, duration, shapes }: { readonly ticks: bigint; readonly duration: bigint; readonly shapes: readonly Shape[] },
    take: TakePacket,
  ): Promise<void> {
    const plain = await this.#pictureOf(frame);
    const picture = shapes.length > 0 ? await this.#drawn(plain, scaledShapes(shapes, frame.size, this.options.size)) : plain;
    try {
      picture.pts = ticks;
      picture.duration = duration;
      await this.x264.send(picture, `frame ${frame.number} of ${frame.stream}`);
    } finally {
      this.#store.give(picture);
    }
    await this.x264.collect(take);
  }

  /** Encodes what is held back. */
  finish(take: TakePacket): Promise<void> {
    return this.x264.finish(take);
  }

  /** A shell around the picture as the encoder wants it; shares the decoder's own memory where nothing must change. */
  async #pictureOf(frame: Frame): Promise<NativeFrame> {
    const { size } = this.options;
    const { pixels } = frame;
    const isEven = size.width % 2 === 0 && size.height % 2 === 0;
    if (!(pixels instanceof LibavPixels) || !isEven) return this.#share(await this.#convert(await this.#rgbOf(frame)));
    const native = pixels.frame;
    return this.#share(this.#fits(native) ? native : await this.#convert(native));
  }

  /** Gives up `plain`; the decoder, and whoever holds the frame, go on with pixels that nobody has drawn on. */
  async #drawn(plain: NativeFrame, shapes: readonly Shape[]): Promise<NativeFrame> {
    try {
      // The encoder lets go of a picture as it takes it; should it ever keep one, that one is left to it.
      if (this.#canvas && !this.#canvas.native.isWritable) this.#dropCanvas();
      this.#canvas ??= createCanvas(this.#even, this.colours);
      const { native, surface } = this.#canvas;
      checked(native.copy(plain), 'copying a picture');
      await this.#painter.paint(surface, shapes);
      return this.#share(native);
    } finally {
      this.#store.give(plain);
    }
  }

  #dropCanvas(): void {
    this.#canvas?.native.free();
    this.#canvas = null;
  }

  #share(native: NativeFrame): NativeFrame {
    const shell = this.#store.take();
    checked(shell.ref(native), 'sharing a picture');
    return shell;
  }

  #fits({ width, height, format, colorSpace, colorRange }: NativeFrame): boolean {
    const range = colorRange === AVCOL_RANGE_JPEG ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    const sameColours = colorSpace === this.colours.colorSpace && range === this.colours.colorRange;
    return sameColours && format === AV_PIX_FMT_YUV420P && width === this.#even.width && height === this.#even.height;
  }

  /** To YUV of the stream's colours. The encoder may still hold the picture before, so each gets a new one. */
  async #convert(native: NativeFrame): Promise<NativeFrame> {
    this.#converted?.free();
    const to = pictureFrame(AV_PIX_FMT_YUV420P, this.#even);
    this.#converted = to;
    const { colorSpace, colorRange, ...gamut } = this.colours;
    Object.assign(to, { colorSpace, colorRange });
    await this.#scalers.scaleInto(native, to, CONVERSION);
    // Told before scaling, these would make libav map gamut and transfer through a table that takes seconds to build.
    Object.assign(to, gamut);
    return to;
  }

  /** Any frame as RGB of even size; a missing last column or row repeats the one before. */
  async #rgbOf(frame: Frame): Promise<NativeFrame> {
    const { size } = this.options;
    const even = this.#even;
    const content = { x: 0, y: 0, ...size };
    const bytes = await frame.render({ size: even, content, order: 'rgb', layout: 'packed' });
    const stride = even.width * 3;
    if (even.width > size.width) for (let at = stride; at <= bytes.length; at += stride) bytes.copyWithin(at - 3, at - 6, at - 3);
    if (even.height > size.height) bytes.copyWithin(bytes.length - stride, bytes.length - 2 * stride, bytes.length - stride);
    return this.#rgbFrame(bytes, even);
  }

  #rgbFrame(bytes: Uint8Array, size: Size): NativeFrame {
    this.#rgb ??= pictureFrame(AV_PIX_FMT_RGB24, size, 1);
    this.#rgb.data![0]!.set(bytes);
    return this.#rgb;
  }

  [Symbol.dispose](): void {
    this.#converted?.free();
    this.#rgb?.free();
    this.#dropCanvas();
    this.#scalers.release();
    this.#store.close();
    this.x264[Symbol.dispose]();
  }
}
