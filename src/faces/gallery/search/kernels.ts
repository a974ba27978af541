import { type Code, OP, TYPE, type WasmFunction, type WasmMemory, type WasmModule, assemble, instantiate } from './wasm-assembler.js';

const { get, set, tee, i32Const, i32Add, i32Sub, i32Shl, i32WrapI64, i32Load, i32Store, i32Store16, i64Load, i64Xor, i64Popcnt, i64Add } = OP;
const { v128Load, v128Zero, i32x4Lane, i32x4Add, i32x4DotI16x8, repeat } = OP;

/** Bits of a signature; eight 64-bit words. */
export const SIGNATURE_BITS = 512;
const WORDS = Array.from({ length: SIGNATURE_BITS / 64 }, (_, word) => word);

const advance = (pointer: number, bytes: number): Code => [get(pointer), i32Const(bytes), i32Add, set(pointer)];
const countDown = (counter: number, by = 1): Code => [get(counter), i32Const(by), i32Sub, tee(counter)];

/** Writes how many bits of `count` signatures differ from the query's, two bytes each, and adds them to a histogram. */
function hamming(): WasmFunction {
  const [query, signatures, count, out, histogram] = [0, 1, 2, 3, 4];
  const wordOfQuery = (word: number): number => 5 + word;
  const bits = 13;
  return {
    name: 'hamming',
    parameters: 5,
    locals: [
      [WORDS.length, TYPE.i64],
      [1, TYPE.i32],
    ],
    code: [
      WORDS.map((word) => [get(query), i64Load(word * 8), set(wordOfQuery(word))]),
      repeat(
        WORDS.map((word) => [get(signatures), i64Load(word * 8), get(wordOfQuery(word)), i64Xor, i64Popcnt, word === 0 ? [] : i64Add]),
        [i32WrapI64, set(bits)],
        [get(out), get(bits), i32Store16],
        [get(histogram), get(bits), i32Const(2), i32Shl, i32Add, tee(bits), get(bits), i32Load, i32Const(1), i32Add, i32Store],
        advance(signatures, SIGNATURE_BITS / 8),
        advance(out, 2),
        countDown(count),
      ),
    ],
  };
}

/** Writes the dot products of `count` vectors with the query, four bytes each. A vector is `bytes` long, a multiple of 32. */
function dots(): WasmFunction {
  const [query, vectors, bytes, count, out] = [0, 1, 2, 3, 4];
  const sums = [5, 6];
  const [at, left] = [7, 8];
  return {
    name: 'dots',
    parameters: 5,
    locals: [
      [sums.length, TYPE.v128],
      [2, TYPE.i32],
    ],
    code: repeat(
      sums.map((sum) => [v128Zero, set(sum)]),
      [get(query), set(at), get(bytes), set(left)],
      repeat(
        sums.map((sum, half) => [get(sum), get(at), v128Load(half * 16), get(vectors), v128Load(half * 16), i32x4DotI16x8, i32x4Add, set(sum)]),
        advance(at, 32),
        advance(vectors, 32),
        countDown(left, 32),
      ),
      [get(sums[0]!), get(sums[1]!), i32x4Add, set(sums[0]!)],
      [get(out), [0, 1, 2, 3].map((lane) => [get(sums[0]!), i32x4Lane(lane), lane === 0 ? [] : i32Add]), i32Store],
      advance(out, 4),
      countDown(count),
    ),
  };
}

/** The two loops that a search spends its time in, over one memory. Addresses are bytes; every count is at least 1. */
export interface Kernels {
  /** Hamming distances of `count` signatures to the one at `query`, as 16-bit numbers at `out`, counted by value at `histogram`. */
  hamming(query: number, signatures: number, count: number, out: number, histogram: number): void;
  /** Dot products of `count` vectors of 16-bit numbers with the one at `query`, as 32-bit numbers at `out`. */
  dots(query: number, vectors: number, bytes: number, count: number, out: number): void;
}

let compiled: WasmModule | undefined;

/** The kernels over `memory`. */
export function kernelsOver(memory: WasmMemory): Kernels {
  compiled ??= assemble([hamming(), dots()]);
  return instantiate(compiled, memory) as Kernels;
}
