import type { PackedRgb } from '../../vision/index.js';

/** What the pixels of an aligned face tell. */
export interface ChipFigures {
  /** Mean brightness of the face, 0 to 255. */
  readonly brightness: number;
  /** Standard deviation of the brightness, 0 to 127. */
  readonly contrast: number;
  /** How much of the contrast lies in single pixels: variance of the Laplacian over variance; independent of the light. */
  readonly sharpness: number;
}

/** The face without hair and background, in parts of the aligned picture. */
const INNER = { left: 0.2, right: 0.8, top: 0.3, bottom: 0.9 };

const luma = (data: Uint8Array, at: number): number => 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;

/** Measures the inner part of an aligned face. */
export function chipFigures({ size: { width, height }, data }: PackedRgb): ChipFigures {
  const [left, right] = [Math.round(width * INNER.left), Math.round(width * INNER.right)];
  const [top, bottom] = [Math.round(height * INNER.top), Math.round(height * INNER.bottom)];
  const gray = Float32Array.from({ length: width * height }, (_, pixel) => luma(data, pixel * 3));
  let [sum, squares, edges] = [0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const at = y * width + x;
      const here = gray[at]!;
      sum += here;
      squares += here * here;
      // The mean of a Laplacian is nearly 0, so its square alone is its variance.
      edges += (gray[at - 1]! + gray[at + 1]! + gray[at - width]! + gray[at + width]! - 4 * here) ** 2;
    }
  const count = (right - left) * (bottom - top);
  const brightness = sum / count;
  const variance = Math.max(0, squares / count - brightness * brightness);
  // One step of brightness keeps an even surface, whose noise is all it has, from counting as sharp.
  return { brightness, contrast: Math.sqrt(variance), sharpness: edges / count / (variance + 1) };
}
