import { SIGNATURE_BITS } from './kernels.js';

/** A generator of random bits that gives the same ones in every process (xorshift32): all signatures must come from one rotation. */
function* bits(): Generator<boolean> {
  for (let state = 0x9e3779b9; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state & 1) === 1;
  }
}

/** The fast Walsh-Hadamard transform in place, two steps at a time: half as many passes over memory. The length is a power of two. */
function hadamard(values: Float32Array): void {
  let width = 1;
  for (; width * 4 <= values.length; width *= 4)
    for (let start = 0; start < values.length; start += 4 * width)
      for (let at = start; at < start + width; at++) {
        const [b, c, d] = [at + width, at + 2 * width, at + 3 * width];
        const sum = values[at]! + values[b]!;
        const difference = values[at]! - values[b]!;
        const sum2 = values[c]! + values[d]!;
        const difference2 = values[c]! - values[d]!;
        values[at] = sum + sum2;
        values[b] = difference + difference2;
        values[c] = sum - sum2;
        values[d] = difference - difference2;
      }
  if (width === values.length) return;
  for (let at = 0; at < width; at++) {
    const a = values[at]!;
    const b = values[at + width]!;
    values[at] = a + b;
    values[at + width] = a - b;
  }
}

/**
 * Turns vectors of a length into signatures of 512 bits: the signs of the vector after a fixed random rotation. Of two vectors
 * at an angle, the share of bits that differ is near angle / 180 degrees.
 */
export class Signer {
  readonly #signs: Float32Array;
  readonly #turned: Float32Array;

  constructor(dimensions: number) {
    const width = 2 ** Math.ceil(Math.log2(Math.max(dimensions, SIGNATURE_BITS)));
    const random = bits();
    this.#signs = Float32Array.from({ length: dimensions }, () => (random.next().value === true ? 1 : -1));
    this.#turned = new Float32Array(width);
  }

  /** Writes the signature of `values` to the sixteen words at `at` of `words`. */
  sign(values: Float32Array, words: Uint32Array, at: number): void {
    const turned = this.#turned.fill(0);
    for (let i = 0; i < values.length; i++) turned[i] = values[i]! * this.#signs[i]!;
    hadamard(turned);
    for (let word = 0; word < SIGNATURE_BITS / 32; word++) {
      let bits = 0;
      for (let bit = 0; bit < 32; bit++) if (turned[word * 32 + bit]! > 0) bits |= 1 << bit;
      words[at + word] = bits;
    }
  }
}
