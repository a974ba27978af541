import { CROP_ROWS } from './crop-rows.js';

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The little of WebAssembly that is used; its types come with those of the browser only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

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

const PAGE = 65_536;
/** Places of vectors. */
const ALIGNMENT = 16;

/** Compiled once for a thread. */
let compiled: object | undefined;

/** The loops of crop-rows.wat and their memory, which is laid out anew for each picture. */
export class RowKernel {
  readonly rows: RowExports;
  #next = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(CROP_ROWS, 'base64'));
    this.rows = new WebAssembly.Instance(compiled).exports as RowExports;
  }

  /** Forgets the layout, and makes room for `bytes`. Views taken before may be of no use any more. */
  begin(bytes: number): void {
    this.#next = 0;
    const { memory } = this.rows;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
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
