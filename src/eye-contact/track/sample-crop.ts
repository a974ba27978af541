import type { RgbPicture } from '../port.js';
import type { Affine } from './affine.js';

/** Pixels of the picture that one of the crop may span before it is the mean of several. */
const SPAN = 1.3;

/**
 * Samples a crop of `size` by `size` in packed RGB. Bilinear; a crop coarser than its picture takes the mean of several places in each of its pixels,
 * so that it does not shimmer when it moves. Beyond the picture, the outermost pixels go on.
 */
export function sampleCrop(picture: RgbPicture, toPicture: Affine, size: number): Uint8Array<ArrayBuffer> {
  const { a, b, c, d, tx, ty } = toPicture;
  const span = Math.hypot(a, c);
  const taps = span <= SPAN ? 1 : Math.ceil(span);
  if (taps === 1) return sampleOnce(picture, toPicture, size);
  const fine = sampleOnce(picture, { a: a / taps, b: b / taps, c: c / taps, d: d / taps, tx, ty }, size * taps);
  return meansOf(fine, size, taps);
}

function sampleOnce({ size: { width, height }, data }: RgbPicture, { a, b, c, d, tx, ty }: Affine, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 3);
  const [right, bottom, rowBytes] = [width - 1, height - 1, width * 3];
  for (let v = 0, at = 0; v < size; v++) {
    let x = a * 0.5 + b * (v + 0.5) + tx - 0.5;
    let y = c * 0.5 + d * (v + 0.5) + ty - 0.5;
    for (let u = 0; u < size; u++, x += a, y += c) {
      const px = x < 0 ? 0 : x > right ? right : x;
      const py = y < 0 ? 0 : y > bottom ? bottom : y;
      const [x0, y0] = [px | 0, py | 0];
      const [fx, fy] = [px - x0, py - y0];
      const top = (y0 * width + x0) * 3;
      const next = x0 < right ? 3 : 0;
      const below = y0 < bottom ? rowBytes : 0;
      const [w00, w10, w01, w11] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
      for (let k = top; k < top + 3; k++)
        out[at++] = data[k]! * w00 + data[k + next]! * w10 + data[k + below]! * w01 + data[k + below + next]! * w11 + 0.5;
    }
  }
  return out;
}

function meansOf(fine: Uint8Array, size: number, taps: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 3);
  const [row, count] = [size * taps * 3, taps * taps];
  for (let v = 0, at = 0; v < size; v++)
    for (let u = 0; u < size; u++)
      for (let k = 0; k < 3; k++) {
        let sum = count >> 1;
        const from = v * taps * row + u * taps * 3 + k;
        for (let j = 0; j < taps; j++) for (let i = 0; i < taps; i++) sum += fine[from + j * row + i * 3]!;
        out[at++] = sum / count;
      }
  return out;
}
