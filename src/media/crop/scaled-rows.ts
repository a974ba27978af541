import type { Taps } from './taps.js';

/** Samples of one kind: brightness, or one of the colours. */
export interface Plane {
  readonly samples: Uint8Array;
  /** Bytes from row to row. */
  readonly stride: number;
}

/** Scales a plane: across first, row by row of the source, then down for each row that is asked for. Memory is used again from plane to plane. */
export class ScaledRows {
  #across = new Float32Array(0);
  #top = 0;
  #width = 0;
  #down: Taps = { count: 0, first: new Int32Array(0), weights: new Float32Array(0) };

  /** Takes up a plane. */
  begin(plane: Plane, across: Taps, down: Taps): void {
    const top = down.first[0]!;
    const bottom = down.first.at(-1)! + down.count;
    const width = across.first.length;
    if (this.#across.length < (bottom - top) * width) this.#across = new Float32Array((bottom - top) * width);
    this.#top = top;
    this.#width = width;
    this.#down = down;
    if (across.count === 2) pairsAcross(plane, across, top, bottom, this.#across);
    else manyAcross(plane, across, top, bottom, this.#across);
  }

  /** Writes row `y` of the scaled plane, not rounded, to the beginning of `into`. */
  row(y: number, into: Float32Array): void {
    const { count, first, weights } = this.#down;
    const across = this.#across;
    const width = this.#width;
    let at = (first[y]! - this.#top) * width;
    const weight = weights[y * count]!;
    for (let x = 0; x < width; x++) into[x] = across[at + x]! * weight;
    for (let tap = 1; tap < count; tap++) {
      at += width;
      const more = weights[y * count + tap]!;
      if (more !== 0) for (let x = 0; x < width; x++) into[x]! += across[at + x]! * more;
    }
  }
}

function pairsAcross({ samples, stride }: Plane, { first, weights }: Taps, top: number, bottom: number, into: Float32Array): void {
  let to = 0;
  for (let y = top; y < bottom; y++) {
    const row = y * stride;
    for (let x = 0; x < first.length; x++) {
      const at = row + first[x]!;
      into[to++] = samples[at]! * weights[2 * x]! + samples[at + 1]! * weights[2 * x + 1]!;
    }
  }
}

function manyAcross({ samples, stride }: Plane, { count, first, weights }: Taps, top: number, bottom: number, into: Float32Array): void {
  let to = 0;
  for (let y = top; y < bottom; y++) {
    const row = y * stride;
    let weight = 0;
    for (let x = 0; x < first.length; x++) {
      let sum = 0;
      const end = row + first[x]! + count;
      for (let at = end - count; at < end; at++) sum += samples[at]! * weights[weight++]!;
      into[to++] = sum;
    }
  }
}
