/**
 * How lids and light shade an eye: the logarithm of brightness as a sum of what the lids' nearness and the place across the opening do. It stays with the lids
 * and the light when the eye turns.
 */
export interface ShadeModel {
  /** Weights of: the mean, the place across (-1 to 1), its square, the upper lid's nearness, the lower lid's. */
  readonly weights: Float64Array;
  /** Between which places across the white was seen: beyond them, what is nearest counts. */
  readonly range: Float64Array;
}

const TERMS = 5;
/** What is believed before looking, and how many pixels that counts for. A lid's shadow takes off about a third at its edge. */
const PRIOR = [0, 0, -0.1, -0.35, -0.12] as const;
const PRIOR_PIXELS = [0, 60, 60, 25, 25] as const;

/** How near an upper lid is at a distance in pixels, from 1 at its edge; `width` is the opening's. Inside the skin it stays 1. */
export const nearUpper = (distance: number, width: number): number => Math.exp(-Math.max(0, distance) / (0.06 * width));
/** As {@link nearUpper}, for the lower lid, whose shade reaches less far. */
export const nearLower = (distance: number, width: number): number => Math.exp(-Math.max(0, distance) / (0.04 * width));

/** Gathers pixels of the white and solves for the model in the least squares. */
export class ShadeFit {
  readonly #normal = new Float64Array(TERMS * TERMS);
  readonly #right = new Float64Array(TERMS);
  readonly #places: number[] = [];

  /** How many pixels were gathered. */
  get pixels(): number {
    return this.#places.length;
  }

  /** Adds a pixel: its place across the opening (-1 to 1), the nearness of its lids, and the logarithm of its brightness. */
  add(across: number, upper: number, lower: number, logarithm: number): void {
    const row = [1, across, across * across, upper, lower];
    for (let i = 0; i < TERMS; i++) {
      for (let j = 0; j < TERMS; j++) this.#normal[i * TERMS + j]! += row[i]! * row[j]!;
      this.#right[i]! += row[i]! * logarithm;
    }
    this.#places.push(across);
  }

  /** The model that fits best, held near what is usual where few pixels speak. */
  solve(): ShadeModel {
    const matrix = this.#normal.slice();
    const weights = this.#right.slice();
    for (let i = 0; i < TERMS; i++) {
      matrix[i * TERMS + i]! += PRIOR_PIXELS[i]! + 1e-6;
      weights[i]! += PRIOR_PIXELS[i]! * PRIOR[i]!;
    }
    eliminate(matrix, weights);
    for (let i = 1; i < TERMS; i++) weights[i] = Math.min(i < 3 ? 0.6 : 0.15, Math.max(i < 3 ? -0.8 : -1.2, weights[i]!));
    this.#places.sort((a, b) => a - b);
    const [few, count] = [Math.floor(this.#places.length / 20), this.#places.length];
    return { weights, range: Float64Array.of(this.#places[few] ?? 0, this.#places[count - 1 - few] ?? 0) };
  }
}

/** Solves a small system of a positive matrix in place (Gauss). */
function eliminate(matrix: Float64Array, right: Float64Array): void {
  const n = right.length;
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i * n + k]! / matrix[k * n + k]!;
      for (let j = k; j < n; j++) matrix[i * n + j]! -= factor * matrix[k * n + j]!;
      right[i]! -= factor * right[k]!;
    }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) right[i]! -= matrix[i * n + j]! * right[j]!;
    right[i]! /= matrix[i * n + i]!;
  }
}

/** What brightness is multiplied by at a place. `white` is 1 on the white and 0 on the iris, which the lids shade but which faces its own way. */
export function shadeAt({ weights, range }: ShadeModel, across: number, upper: number, lower: number, white: number): number {
  const place = Math.min(range[1]!, Math.max(range[0]!, across));
  return Math.exp(weights[3]! * upper + weights[4]! * lower + white * (weights[1]! * place + weights[2]! * place * place));
}
