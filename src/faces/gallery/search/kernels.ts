import { compileWasm, instantiateWasm, type WasmMemory, type WasmModule } from '../../../core/index.js';
import { KERNELS_WASM } from './kernels-wasm.js';

/** Bits of a signature; eight 64-bit words. */
export const SIGNATURE_BITS = 512;

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
  compiled ??= compileWasm(KERNELS_WASM);
  return instantiateWasm(compiled, memory) as Kernels;
}
