import type { Taps } from './taps.js';

/** Samples of one kind: brightness, or one of the colours. */
export interface Plane {
  readonly samples: Uint8Array;
  /** Bytes from row to row. */
  readonly stride: number;
}

/** The rows of a plane that `down` takes from. */
export interface RowRange {
  readonly top: number;
  readonly count: number;
}

/** See {@link RowRange}. */
export function rowsOf({ first, count }: Taps): RowRange {
  const top = first[0]!;
  return { top, count: first.at(-1)! + count - top };
}

/** Scales rows of a plane across, not rounded, to rows that lie `stride` floats apart. */
export function scaleAcross(plane: Plane, across: Taps, rows: RowRange, into: Float32Array, stride: number): void {
  if (across.count === 2) pairsAcross(plane, across, rows, into, stride);
  else manyAcross(plane, across, rows, into, stride);
}

function pairsAcross({ samples, stride }: Plane, { first, weights }: Taps, { top, count }: RowRange, into: Float32Array, apart: number): void {
  for (let y = 0; y < count; y++) {
    const row = (top + y) * stride;
    const to = y * apart;
    for (let x = 0; x < first.length; x++) {
      const at = row + first[x]!;
      into[to + x] = samples[at]! * weights[2 * x]! + samples[at + 1]! * weights[2 * x + 1]!;
    }
  }
}

function manyAcross({ samples, stride }: Plane, taps: Taps, { top, count }: RowRange, into: Float32Array, apart: number): void {
  const { first, weights } = taps;
  for (let y = 0; y < count; y++) {
    const row = (top + y) * stride;
    const to = y * apart;
    let weight = 0;
    for (let x = 0; x < first.length; x++) {
      let sum = 0;
      const end = row + first[x]! + taps.count;
      for (let at = end - taps.count; at < end; at++) sum += samples[at]! * weights[weight++]!;
      into[to + x] = sum;
    }
  }
}
