import type { Rgb } from './shape.js';

/** How YUV samples stand for colours. */
export interface YuvColours {
  /** Luma coefficients: ITU-R BT.601, BT.709 or BT.2020. */
  readonly matrix: 'bt601' | 'bt709' | 'bt2020';
  /** `limited` keeps luma in 16 to 235 and chroma in 16 to 240; `full` uses all of 0 to 255. */
  readonly range: 'limited' | 'full';
}

/** Kr and Kb of each matrix. */
const WEIGHTS = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** The 8 bit samples Y, Cb and Cr of a colour. */
export function yuvOf([red, green, blue]: Rgb, { matrix, range }: YuvColours): readonly [y: number, u: number, v: number] {
  const [kr, kb] = WEIGHTS[matrix];
  const luma = kr * red + (1 - kr - kb) * green + kb * blue;
  const [base, lumaScale, chromaScale] = range === 'full' ? [0, 1, 1] : [16, 219 / 255, 224 / 255];
  const sample = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
  return [
    sample(base + luma * lumaScale),
    sample(128 + ((blue - luma) / (2 * (1 - kb))) * chromaScale),
    sample(128 + ((red - luma) / (2 * (1 - kr))) * chromaScale),
  ];
}
