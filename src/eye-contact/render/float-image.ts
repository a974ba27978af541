import type { Rect } from '../../core/index.js';
import type { RgbPicture } from '../port.js';

/** A part of a picture in numbers that may leave 0 to 255: `channels` a pixel, rows from the top. */
export interface FloatImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Float32Array;
}

/** An image of zeros. */
export function floatImage(width: number, height: number, channels: 1 | 3): FloatImage {
  return { width, height, channels, data: new Float32Array(width * height * channels) };
}

/** The part of a picture, copied. */
export function partOf({ size, data }: RgbPicture, { x, y, width, height }: Rect): FloatImage {
  const image = floatImage(width, height, 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * size.width + x) * 3;
    image.data.set(data.subarray(from, from + width * 3), row * width * 3);
  }
  return image;
}

const weightsX = new Float64Array(4);
const weightsY = new Float64Array(4);

/** Weights of the four pixels around for a curve through them (Catmull and Rom 1974). */
function cubicWeights(t: number, into: Float64Array): void {
  const t2 = t * t;
  const t3 = t2 * t;
  into[0] = -0.5 * t3 + t2 - 0.5 * t;
  into[1] = 1.5 * t3 - 2.5 * t2 + 1;
  into[2] = -1.5 * t3 + 2 * t2 + 0.5 * t;
  into[3] = 0.5 * t3 - 0.5 * t2;
}

const clamped = (at: number, length: number): number => (at < 0 ? 0 : at >= length ? length - 1 : at);

/** What lies at a place between pixels, keeping fine detail; the middle of the first pixel is at 0, 0. */
export function sampleSharp({ width, height, channels, data }: FloatImage, x: number, y: number, into: Float64Array): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  cubicWeights(x - x0, weightsX);
  cubicWeights(y - y0, weightsY);
  let first = 0;
  let second = 0;
  let third = 0;
  for (let j = 0; j < 4; j++) {
    const row = clamped(y0 + j - 1, height) * width;
    for (let i = 0; i < 4; i++) {
      const weight = weightsX[i]! * weightsY[j]!;
      if (weight === 0) continue;
      const at = (row + clamped(x0 + i - 1, width)) * channels;
      first += weight * data[at]!;
      if (channels === 1) continue;
      second += weight * data[at + 1]!;
      third += weight * data[at + 2]!;
    }
  }
  into[0] = first;
  if (channels === 1) return;
  into[1] = second;
  into[2] = third;
}

/** The value of the first channel at a place between pixels, never beyond its neighbours. */
export function sampleSoft({ width, height, channels, data }: FloatImage, x: number, y: number): number {
  const px = Math.min(width - 1, Math.max(0, x));
  const py = Math.min(height - 1, Math.max(0, y));
  const x0 = Math.min(width - 2, Math.floor(px));
  const y0 = Math.min(height - 2, Math.floor(py));
  const fx = px - x0;
  const fy = py - y0;
  const at = (y0 * width + x0) * channels;
  const below = at + width * channels;
  return (data[at]! * (1 - fx) + data[at + channels]! * fx) * (1 - fy) + (data[below]! * (1 - fx) + data[below + channels]! * fx) * fy;
}
