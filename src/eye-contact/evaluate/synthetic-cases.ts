import type { Direction } from '../eyes.js';
import type { SyntheticScene } from '../synthetic/index.js';

/** One way in which faces and their pictures differ, and one value of it. */
export interface SyntheticVariation {
  readonly axis: 'head' | 'skin' | 'iris' | 'glasses' | 'light' | 'size' | 'person';
  readonly value: string;
  readonly scene: Partial<SyntheticScene>;
}

const head = (yaw: number, pitch: number, roll: number): SyntheticScene['head'] => ({ yaw, pitch, roll });
const light = (yaw: number, pitch: number, share: number, spread: number): SyntheticScene['light'] => ({ from: { yaw, pitch }, share, spread });

/** The faces that a renderer is measured on: each differs from the usual one in one way, and from all others in its person. */
export const SYNTHETIC_VARIATIONS: readonly SyntheticVariation[] = [
  { axis: 'head', value: 'ahead', scene: { seed: 11 } },
  { axis: 'head', value: 'yaw 20', scene: { seed: 12, head: head(20, 0, 0) } },
  { axis: 'head', value: 'pitch 12', scene: { seed: 13, head: head(0, 12, 0) } },
  { axis: 'head', value: 'yaw -15, pitch -8, roll 12', scene: { seed: 14, head: head(-15, -8, 12) } },
  { axis: 'skin', value: 'light', scene: { seed: 15, skin: 0, iris: 'blue' } },
  { axis: 'skin', value: 'brown', scene: { seed: 16, skin: 0.6, iris: 'brown' } },
  { axis: 'skin', value: 'dark', scene: { seed: 17, skin: 0.95, iris: 'dark-brown' } },
  { axis: 'iris', value: 'dark brown', scene: { seed: 18, iris: 'dark-brown' } },
  { axis: 'iris', value: 'hazel', scene: { seed: 19, iris: 'hazel' } },
  { axis: 'iris', value: 'green', scene: { seed: 20, iris: 'green' } },
  { axis: 'iris', value: 'light blue', scene: { seed: 21, iris: 'light-blue', skin: 0.05 } },
  { axis: 'glasses', value: 'worn', scene: { seed: 22, glasses: true } },
  { axis: 'light', value: 'side lamp', scene: { seed: 23, light: light(60, 10, 0.75, 6) } },
  { axis: 'light', value: 'window', scene: { seed: 24, light: light(-20, 10, 0.6, 13) } },
  { axis: 'light', value: 'dim and noisy', scene: { seed: 25, light: light(0, 30, 0.2, 5), noise: 4 } },
  { axis: 'size', value: 'large face', scene: { seed: 26, scale: 3.4, blur: 0.8 } },
  { axis: 'size', value: 'small face', scene: { seed: 27, scale: 1 } },
];

/** Where the eyes look before they are turned to the camera, in degrees: within 20 as the measures ask. */
export const SYNTHETIC_GAZES: readonly Direction[] = [
  { yaw: 15, pitch: 0 },
  { yaw: -10, pitch: -6 },
  { yaw: 0, pitch: -15 },
  { yaw: 4, pitch: 10 },
  { yaw: -19, pitch: 3 },
];
