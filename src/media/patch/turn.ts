import type { Rect, Size } from '../../core/index.js';
import type { Orientation as Turn } from '../libav/display-matrix.js';

/** True where the coded picture is upright already. */
export const isUpright = ({ rotation, mirrored }: Turn): boolean => rotation === 0 && !mirrored;

/** `size` after turning. */
export const turnedSize = ({ width, height }: Size, { rotation }: Turn): Size =>
  rotation % 180 === 0 ? { width, height } : { width: height, height: width };

/** Where a coded pixel lies in the upright picture: number `origin + x * right + y * down`. */
function placesOf({ width: w, height: h }: Size, { rotation, mirrored }: Turn) {
  const [origin, right, down] = {
    0: [0, 1, w],
    90: [h - 1, h, -1],
    180: [w * h - 1, -1, -w],
    270: [(w - 1) * h, -h, 1],
  }[rotation] as [number, number, number];
  return mirrored ? { origin: origin + (w - 1) * right, right: -right, down } : { origin, right, down };
}

/** Packed pixels of a coded picture, or of a piece of one, brought upright. `stride` is bytes from row to row of `coded`. */
export function toUpright(coded: Uint8Array, stride: number, size: Size, channels: number, turn: Turn, upright: Uint8Array): void {
  const { origin, right, down } = placesOf(size, turn);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = y * stride + x * channels;
      const to = (origin + x * right + y * down) * channels;
      for (let c = 0; c < channels; c++) upright[to + c] = coded[from + c]!;
    }
}

/** Packed pixels of an upright picture or piece, whose coded size is `size`, as they lie in the coded one. */
export function toCoded(upright: Uint8Array, size: Size, channels: number, turn: Turn): Uint8Array {
  const { origin, right, down } = placesOf(size, turn);
  const coded = new Uint8Array(size.width * size.height * channels);
  let to = 0;
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = (origin + x * right + y * down) * channels;
      for (let c = 0; c < channels; c++) coded[to++] = upright[from + c]!;
    }
  return coded;
}

/** A rectangle of the upright picture as it lies in the coded one of `coded` pixels. */
export function codedRect({ x, y, width, height }: Rect, coded: Size, { rotation, mirrored }: Turn): Rect {
  const upright = turnedSize(coded, { rotation, mirrored });
  const [left, top] = {
    0: [x, y],
    90: [y, upright.width - x - width],
    180: [upright.width - x - width, upright.height - y - height],
    270: [upright.height - y - height, x],
  }[rotation] as [number, number];
  const size = rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  return { x: mirrored ? coded.width - left - size.width : left, y: top, ...size };
}
