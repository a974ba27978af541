import { type Frame, type FrameInfo, type PictureRequest, type Pts, type Size, type TensorOf, fail, toMs } from '../../core/index.js';
import type { RgbImage } from '../../media/index.js';
import type { AlgorithmFrame, AlgorithmObject, FrameTensorRequest } from './algorithm.js';

/** Where a view takes pixels from: the frame itself, or the thread that has it. */
export interface ViewPixels {
  picture(request: PictureRequest): Promise<Uint8Array>;
  /** @throws Fault UNSUPPORTED where the frame is in another thread */
  native(): Frame;
}

/** The sides that were asked for; in proportion where one of them is missing. */
export function sizeOf({ width, height }: Partial<Size>, frame: Size): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  if (width !== undefined) return { width, height: Math.max(1, Math.round((frame.height * width) / frame.width)) };
  if (height !== undefined) return { width: Math.max(1, Math.round((frame.width * height) / frame.height)), height };
  return frame;
}

/** A frame in the hands of an algorithm; of no use after {@link FrameView.close}. */
export class FrameView implements AlgorithmFrame {
  readonly #info: FrameInfo;
  readonly #pixels: ViewPixels;
  #closed = false;

  constructor(
    info: FrameInfo,
    readonly objects: readonly AlgorithmObject[],
    pixels: ViewPixels,
  ) {
    this.#info = info;
    this.#pixels = pixels;
  }

  get number(): number {
    return this.#info.number;
  }
  get pts(): Pts {
    return this.#info.pts;
  }
  get timeMs(): number {
    return toMs(this.#info.pts);
  }
  get size(): Size {
    return this.#info.size;
  }
  get frame(): Frame {
    return this.#open().native();
  }

  // oxlint-disable-next-line typescript/require-await -- faults must come as rejections
  async picture(request: PictureRequest): Promise<Uint8Array> {
    return this.#open().picture(request);
  }

  async rgb(sides: Partial<Size> = {}): Promise<RgbImage> {
    const size = sizeOf(sides, this.size);
    return { size, rgb: await this.picture({ size, order: 'rgb', layout: 'packed' }) };
  }

  async tensor({ mean = 0, std = 255, ...request }: FrameTensorRequest = {}): Promise<TensorOf<'FP32'>> {
    if (std === 0 || !Number.isFinite(std)) fail('INVALID_ARGUMENT', `tensor: numbers are divided by std, which is ${std}`);
    const { name, shape, data: bytes } = await this.byteTensor(request);
    const table = Float32Array.from({ length: 256 }, (_, byte) => (byte - mean) / std);
    const data = new Float32Array(bytes.length);
    for (let at = 0; at < bytes.length; at++) data[at] = table[bytes[at]!]!;
    return { name, datatype: 'FP32', shape, data };
  }

  async byteTensor(request: Omit<FrameTensorRequest, 'mean' | 'std'> = {}): Promise<TensorOf<'UINT8'>> {
    const { order = 'rgb', layout = 'planar', name = 'images' } = request;
    const size = sizeOf(request, this.size);
    const channels = order === 'gray' ? 1 : 3;
    const shape = layout === 'planar' ? [1, channels, size.height, size.width] : [1, size.height, size.width, channels];
    return { name, datatype: 'UINT8', shape, data: await this.picture({ size, order, layout }) };
  }

  /** Ends the loan of the pixels. */
  close(): void {
    this.#closed = true;
  }

  #open(): ViewPixels {
    if (!this.#closed) return this.#pixels;
    return fail('FAILED_PRECONDITION', `frame ${this.number} was used after its run: copy what is to be kept, or retain() the frame within the run`);
  }
}
