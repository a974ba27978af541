import { type Rect, fail } from '../../core/index.js';
import type { RgbPicture } from '../port.js';

/** Brightness of sRGB bytes, 0 to 255 (BT.601), row by row, of a part of a picture; of all of it unless told. */
export function lumaOf({ size, data }: RgbPicture, part: Rect = { x: 0, y: 0, ...size }): Float64Array {
  const luma = new Float64Array(part.width * part.height);
  for (let y = 0, i = 0; y < part.height; y++)
    for (let x = 0; x < part.width; x++, i++) {
      const at = ((part.y + y) * size.width + part.x + x) * 3;
      luma[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    }
  return luma;
}

function checkSizes(a: RgbPicture, b: RgbPicture): void {
  if (a.size.width !== b.size.width || a.size.height !== b.size.height)
    fail('INVALID_ARGUMENT', `pictures to compare must be of one size, got ${a.size.width}x${a.size.height} and ${b.size.width}x${b.size.height}`);
}

/** Mean square of the differences of all bytes inside `part`. */
function meanSquare(a: RgbPicture, b: RgbPicture, part: Rect): number {
  let sum = 0;
  for (let y = part.y; y < part.y + part.height; y++)
    for (let i = (y * a.size.width + part.x) * 3; i < (y * a.size.width + part.x + part.width) * 3; i++) sum += (a.data[i]! - b.data[i]!) ** 2;
  return sum / (part.width * part.height * 3);
}

/** Peak signal to noise of two pictures in decibels over all three colours: infinite for equal ones. @throws Fault INVALID_ARGUMENT when the sizes differ */
export function psnr(a: RgbPicture, b: RgbPicture, part: Rect = { x: 0, y: 0, ...a.size }): number {
  checkSizes(a, b);
  return 10 * Math.log10(255 ** 2 / meanSquare(a, b, part));
}

const SSIM_REACH = 5;
const SSIM_KERNEL = Float64Array.from({ length: 2 * SSIM_REACH + 1 }, (_, i) => Math.exp(-(((i - SSIM_REACH) / 1.5) ** 2) / 2));
const SSIM_SUM = SSIM_KERNEL.reduce((sum, weight) => sum + weight, 0);

/** Means under the window, where it lies wholly inside: `[W - 10, H - 10]`. */
function windowed(values: Float64Array, width: number, height: number): Float64Array {
  const [w, h] = [width - 2 * SSIM_REACH, height - 2 * SSIM_REACH];
  const rows = new Float64Array(w * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k <= 2 * SSIM_REACH; k++) sum += SSIM_KERNEL[k]! * values[y * width + x + k]!;
      rows[y * w + x] = sum / SSIM_SUM;
    }
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k <= 2 * SSIM_REACH; k++) sum += SSIM_KERNEL[k]! * rows[(y + k) * w + x]!;
      out[y * w + x] = sum / SSIM_SUM;
    }
  return out;
}

/**
 * Structural similarity of the brightness of two pictures, 1 for equal ones (Wang et al. 2004: a Gaussian window of 11 pixels and deviation 1.5, K of 0.01 and 0.03).
 *
 * @throws Fault INVALID_ARGUMENT when the sizes differ or `part` is smaller than the window
 */
export function ssim(a: RgbPicture, b: RgbPicture, part: Rect = { x: 0, y: 0, ...a.size }): number {
  checkSizes(a, b);
  const { width, height } = part;
  if (Math.min(width, height) <= 2 * SSIM_REACH) fail('INVALID_ARGUMENT', `similarity needs 11x11 pixels or more, got ${width}x${height}`);
  const [p, q] = [lumaOf(a, part), lumaOf(b, part)];
  const mean = (values: Float64Array): Float64Array => windowed(values, width, height);
  const [mp, mq] = [mean(p), mean(q)];
  const [pp, qq, pq] = [mean(p.map((v) => v * v)), mean(q.map((v) => v * v)), mean(p.map((v, i) => v * q[i]!))];
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0;
  for (let i = 0; i < mp.length; i++) {
    const [u, v] = [mp[i]!, mq[i]!];
    const [du, dv, cov] = [pp[i]! - u * u, qq[i]! - v * v, pq[i]! - u * v];
    sum += ((2 * u * v + c1) * (2 * cov + c2)) / ((u * u + v * v + c1) * (du + dv + c2));
  }
  return sum / mp.length;
}

/** Pixels outside all of `regions` that differ at all: 0 where the background was left alone. */
export function changedOutside(before: RgbPicture, after: RgbPicture, regions: readonly Rect[]): number {
  checkSizes(before, after);
  const { width, height } = before.size;
  let changed = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (before.data[at] === after.data[at] && before.data[at + 1] === after.data[at + 1] && before.data[at + 2] === after.data[at + 2]) continue;
      if (!regions.some((r) => x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height)) changed++;
    }
  return changed;
}

/**
 * Flicker that was added: the mean change of brightness from frame to frame inside `part`, of the output over the input's. The input must hold what the
 * output shows as far as it moves, such as truth at the output's gaze; 1 is as calm.
 */
export function flickerRatio(output: readonly RgbPicture[], input: readonly RgbPicture[], part: Rect): number {
  const changeOf = (frames: readonly RgbPicture[]): number => {
    let sum = 0;
    for (let f = 1; f < frames.length; f++) {
      const [p, q] = [lumaOf(frames[f - 1]!, part), lumaOf(frames[f]!, part)];
      p.forEach((value, i) => (sum += Math.abs(q[i]! - value)));
    }
    return sum;
  };
  return changeOf(output) / changeOf(input);
}
