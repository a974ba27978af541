import type { RgbPicture } from '../port.js';
import type { Affine } from './affine.js';

/** Pixels of the picture that one of the crop may span before it is the mean of several. */
const SPAN = 1.3;
/** Most places along each axis that a pixel is the mean of: more costs more than it steadies. */
const MOST_TAPS = 2;

/**
 * Samples a crop of `size` by `size` in packed RGB. Bilinear; a crop coarser than its picture takes the mean of several places in each of its pixels,
 * so that it does not shimmer when it moves. Beyond the picture, the outermost pixels go on.
 */
export function sampleCrop(picture: RgbPicture, toPicture: Affine, size: number): Uint8Array<ArrayBuffer> {
  const { a, b, c, d, tx, ty } = toPicture;
  const span = Math.hypot(a, c);
  const taps = span <= SPAN ? 1 : Math.min(MOST_TAPS, Math.ceil(span));
  if (taps === 1) return sampleOnce(picture, toPicture, size);
  const fine = sampleOnce(picture, { a: a / taps, b: b / taps, c: c / taps, d: d / taps, tx, ty }, size * taps);
  return meansOf(fine, size, taps);
}

function sampleOnce({ size: { width, height }, data }: RgbPicture, { a, b, c, d, tx, ty }: Affine, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 3);
  const right = width - 1;
  const bottom = height - 1;
  const rowBytes = width * 3;
  for (let v = 0, at = 0; v < size; v++) {
    let x = a * 0.5 + b * (v + 0.5) + tx - 0.5;
    let y = c * 0.5 + d * (v + 0.5) + ty - 0.5;
    for (let u = 0; u < size; u++, x += a, y += c, at += 3) {
      const px = x < 0 ? 0 : x > right ? right : x;
      const py = y < 0 ? 0 : y > bottom ? bottom : y;
      const x0 = px | 0;
      const y0 = py | 0;
      // Weights in 1/256, whose products fit whole numbers: twice as fast as fractions.
      const fx = ((px - x0) * 256) | 0;
      const fy = ((py - y0) * 256) | 0;
      const w11 = fx * fy;
      const w10 = (fx << 8) - w11;
      const w01 = (fy << 8) - w11;
      const w00 = 65536 - w10 - w01 - w11;
      const p00 = (y0 * width + x0) * 3;
      const p10 = x0 < right ? p00 + 3 : p00;
      const below = y0 < bottom ? rowBytes : 0;
      const p01 = p00 + below;
      const p11 = p10 + below;
      out[at] = (data[p00]! * w00 + data[p10]! * w10 + data[p01]! * w01 + data[p11]! * w11 + 32768) >> 16;
      out[at + 1] = (data[p00 + 1]! * w00 + data[p10 + 1]! * w10 + data[p01 + 1]! * w01 + data[p11 + 1]! * w11 + 32768) >> 16;
      out[at + 2] = (data[p00 + 2]! * w00 + data[p10 + 2]! * w10 + data[p01 + 2]! * w01 + data[p11 + 2]! * w11 + 32768) >> 16;
    }
  }
  return out;
}

function meansOf(fine: Uint8Array, size: number, taps: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 3);
  const row = size * taps * 3;
  const count = taps * taps;
  const half = count >> 1;
  for (let v = 0, at = 0; v < size; v++)
    for (let u = 0; u < size; u++, at += 3) {
      let red = half;
      let green = half;
      let blue = half;
      for (let j = 0; j < taps; j++)
        for (let i = 0, from = (v * taps + j) * row + u * taps * 3; i < taps; i++, from += 3) {
          red += fine[from]!;
          green += fine[from + 1]!;
          blue += fine[from + 2]!;
        }
      out[at] = red / count;
      out[at + 1] = green / count;
      out[at + 2] = blue / count;
    }
  return out;
}
