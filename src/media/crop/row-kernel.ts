import { compileWasm, instantiateWasm, WASM_PAGE, type WasmMemory, type WasmModule } from '../../core/index.js';
import { CROP_ROWS_WASM } from './crop-rows-wasm.js';

/** What crop-rows.wat exports; all pointers are in bytes of `memory`. */
interface RowExports {
  readonly memory: WasmMemory;
  grayRow(y: number, yWeights: number, yCount: number, width: number, factor: number, offset: number, into: number): void;
  // prettier-ignore
  colourRow(
    y: number, yWeights: number, yCount: number, u: number, v: number, uvWeights: number, uvCount: number,
    width: number, sums: number, red: number, green: number, blue: number,
  ): void;
  packRow(first: number, second: number, third: number, width: number, into: number): void;
}

/** Places of vectors. */
const ALIGNMENT = 16;

/** Compiled once for a thread. */
let compiled: WasmModule | undefined;

/** The loops of crop-rows.wat and their memory, which is laid out anew for each picture. */
export class RowKernel {
  readonly rows: RowExports;
  #next = 0;

  constructor() {
    compiled ??= compileWasm(CROP_ROWS_WASM);
    this.rows = instantiateWasm(compiled) as RowExports;
  }

  /** Forgets the layout, and makes room for `bytes`. Views taken before may be of no use any more. */
  begin(bytes: number): void {
    this.#next = 0;
    const { memory } = this.rows;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
  }

  /** A pointer to so many bytes more. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.rows.memory.buffer, at, length);
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.rows.memory.buffer, at, length);
  }
}
