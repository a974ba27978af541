import { createRandom, type Size } from '../../core/index.js';
import type { RgbPicture } from '../port.js';
import { normalOf } from './seeded-noise.js';

/** A picture in linear light, packed RGB; 1 is white. */
export interface LinearPicture {
  readonly size: Size;
  readonly data: Float32Array;
}

/** A value of linear light as sRGB, 0 to 255 (IEC 61966-2-1). */
export function encodedLight(linear: number): number {
  const light = Math.min(1, Math.max(0, linear));
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

function blurKernel(deviation: number): Float64Array {
  const reach = Math.max(1, Math.ceil(deviation * 3));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / deviation) ** 2) / 2));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

function blurredAlong({ size, data }: LinearPicture, kernel: Float64Array, step: 'x' | 'y'): LinearPicture {
  const out = new Float32Array(data.length);
  const reach = (kernel.length - 1) / 2;
  const { width, height } = size;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const sx = step === 'x' ? Math.min(width - 1, Math.max(0, x + k)) : x;
          const sy = step === 'y' ? Math.min(height - 1, Math.max(0, y + k)) : y;
          sum += kernel[k + reach]! * data[(sy * width + sx) * 3 + c]!;
        }
        out[(y * width + x) * 3 + c] = sum;
      }
  return { size, data: out };
}

/** What a camera makes of a scene: blurred by `blur` pixels, in sRGB, with noise of `noise` levels. */
export function photographed(scene: LinearPicture, blur: number, noise: number, seed: number): RgbPicture {
  const kernel = blur > 0.1 ? blurKernel(blur) : undefined;
  const soft = kernel ? blurredAlong(blurredAlong(scene, kernel, 'x'), kernel, 'y') : scene;
  const random = createRandom(seed);
  const data = new Uint8Array(soft.data.length);
  for (let i = 0; i < data.length; i++) {
    const level = encodedLight(soft.data[i]!) + (noise > 0 ? noise * normalOf(random) : 0);
    data[i] = Math.min(255, Math.max(0, Math.round(level)));
  }
  return { size: scene.size, data };
}
