import type { Rect } from '../../core/index.js';

/** A plane of samples; `stride` counts samples. */
export interface Plane {
  readonly samples: Uint8Array | Uint16Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** The planes of a picture in Y'CbCr, and what their numbers mean. */
export interface PatchablePicture {
  readonly planes: readonly [y: Plane, cb: Plane, cr: Plane];
  /** Chroma samples lie so many pixels apart: 1 or 2. */
  readonly chroma: { readonly x: number; readonly y: number };
  /** True where chroma samples lie on the first pixel of each pair rather than between the two. */
  readonly cosited: { readonly x: boolean; readonly y: boolean };
  readonly bitDepth: number;
  readonly full: boolean;
  /** Shares of red and blue in luma. */
  readonly red: number;
  readonly blue: number;
}

/** What changes on a rectangle: packed RGB before and after, and how much of the change is to be seen, 0 to 255 a pixel. */
export interface Change {
  readonly rect: Rect;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly alpha: Uint8Array;
}

/** Pixels that a chroma sample is made of: how far from its own, and with what weight. */
type Taps = readonly (readonly [at: number, weight: number])[];

const ALONE: Taps = [[0, 1]];
const BETWEEN: Taps = [[0, 0.5], [1, 0.5]]; // prettier-ignore
const COSITED: Taps = [[-1, 0.25], [0, 0.5], [1, 0.25]]; // prettier-ignore

const tapsOf = (apart: number, cosited: boolean): Taps => (apart === 1 ? ALONE : cosited ? COSITED : BETWEEN);

/** The change of one channel, weighed by alpha, in 8-bit full-range units: luma, or a colour difference. */
interface Differences {
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
}

function differencesOf({ before, after, alpha }: Change, red: number, blue: number): Differences {
  const pixels = alpha.length;
  const [luma, cb, cr] = [new Float32Array(pixels), new Float32Array(pixels), new Float32Array(pixels)];
  const green = 1 - red - blue;
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    const share = alpha[i]! / 255;
    if (share === 0) continue;
    const r = (after[at]! - before[at]!) * share;
    const g = (after[at + 1]! - before[at + 1]!) * share;
    const b = (after[at + 2]! - before[at + 2]!) * share;
    const y = red * r + green * g + blue * b;
    luma[i] = y;
    cb[i] = (b - y) / (2 - 2 * blue);
    cr[i] = (r - y) / (2 - 2 * red);
  }
  return { luma, cb, cr };
}

function add(plane: Plane, at: number, difference: number, most: number): void {
  if (difference === 0) return;
  const value = Math.round(plane.samples[at]! + difference);
  plane.samples[at] = value < 0 ? 0 : value > most ? most : value;
}

function addLuma({ rect }: Change, plane: Plane, luma: Float32Array, scale: number, most: number): void {
  for (let y = 0; y < rect.height; y++)
    for (let x = 0; x < rect.width; x++) add(plane, (rect.y + y) * plane.stride + rect.x + x, luma[y * rect.width + x]! * scale, most);
}

function filtered(of: Float32Array, { width, height }: Rect, x: number, y: number, across: Taps, along: Taps): number {
  let sum = 0;
  for (const [dy, wy] of along) {
    const row = y + dy;
    if (row < 0 || row >= height) continue;
    for (const [dx, wx] of across) if (x + dx >= 0 && x + dx < width) sum += of[row * width + x + dx]! * wx * wy;
  }
  return sum;
}

function addChroma({ rect }: Change, { chroma, cosited }: PatchablePicture, plane: Plane, of: Float32Array, scale: number, most: number): void {
  const [across, along] = [tapsOf(chroma.x, cosited.x), tapsOf(chroma.y, cosited.y)];
  const right = Math.min(plane.width, Math.ceil((rect.x + rect.width) / chroma.x));
  const bottom = Math.min(plane.height, Math.ceil((rect.y + rect.height) / chroma.y));
  for (let v = Math.ceil(rect.y / chroma.y); v < bottom; v++)
    for (let u = Math.ceil(rect.x / chroma.x); u < right; u++)
      add(plane, v * plane.stride + u, filtered(of, rect, u * chroma.x - rect.x, v * chroma.y - rect.y, across, along) * scale, most);
}

/**
 * Adds the difference between after and before to the samples, in place. What is the same before and after, or has no alpha, keeps its
 * samples to the last bit: nothing goes through RGB and back.
 */
export function patchPlanes(picture: PatchablePicture, change: Change): void {
  const { planes, bitDepth, full, red, blue } = picture;
  const { luma, cb, cr } = differencesOf(change, red, blue);
  const most = 2 ** bitDepth - 1;
  const step = 2 ** (bitDepth - 8);
  addLuma(change, planes[0], luma, full ? most / 255 : (step * 219) / 255, most);
  const scale = full ? most / 255 : (step * 224) / 255;
  addChroma(change, picture, planes[1], cb, scale, most);
  addChroma(change, picture, planes[2], cr, scale, most);
}
