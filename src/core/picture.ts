import type { Rect, Size } from './box.js';

/** Order of the colour components in bytes handed to a model. */
export type ChannelOrder = 'rgb' | 'bgr' | 'gray';

/** `planar` is [C, H, W], `packed` is [H, W, C]. */
export type PixelLayout = 'planar' | 'packed';

/**
 * What picture is wanted of a frame: the part `source` of the displayed frame, scaled to fill `content` inside a picture of
 * `size`, with every other byte set to `pad`. A fit of `vision` makes one and knows the way back.
 */
export interface PictureRequest {
  readonly size: Size;
  readonly order: ChannelOrder;
  readonly layout: PixelLayout;
  /** Displayed pixels to read; the whole frame when absent. */
  readonly source?: Rect;
  /** Where they land; the whole picture when absent. */
  readonly content?: Rect;
  /** Byte value around `content`, 0 to 255. */
  readonly pad?: number;
}

/** Bytes that the picture takes: width x height x 3, or x 1 in gray. */
export function pictureBytes({ size, order }: Pick<PictureRequest, 'size' | 'order'>): number {
  return size.width * size.height * (order === 'gray' ? 1 : 3);
}

/** Decoded pixels in an adapter's own memory. Frames share one of these; the last to close frees it. */
export interface Pixels {
  /** Names the owner in the leak alarm, such as `campus.mp4 frame 42`. */
  readonly label: string;
  /** Native memory held, in bytes. */
  readonly bytes: number;
  /**
   * Writes the picture into `into` (exactly {@link pictureBytes} long), off the calling thread where the adapter can.
   * @throws Fault INVALID_ARGUMENT when a rectangle lies outside its picture
   */
  render(request: PictureRequest, into: Uint8Array): Promise<void>;
  /**
   * The picture in the adapter's own memory, to be read only, until the pixels are freed; it may be shared with other threads.
   * Absent where every picture is made anew. @throws Fault as `render`
   */
  borrow?(request: PictureRequest): Promise<Uint8Array>;
  /** Called once, when nobody holds the pixels any more. */
  free(): void;
}
