/** A memory that compiled code and typed arrays share; growing it makes a new `buffer`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @throws RangeError beyond the largest size, or without memory */
  grow(pages: number): number;
}

/** Compiled code. */
export type WasmModule = object;

/** The part of the runtime's WebAssembly that is used here: its types are in TypeScript's DOM library only. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: { readonly host: { readonly memory?: WasmMemory } }) => { readonly exports: object };
};

/** Bytes in a page of a memory. */
export const WASM_PAGE = 65_536;

/** A memory of `initial` pages that may grow to `maximum`. */
export const wasmMemory = (initial: number, maximum: number): WasmMemory => new WebAssembly.Memory({ initial, maximum });

/** Compiles what `npm run gen` has made of a `.wat` file. */
export const compileWasm = (base64: string): WasmModule => new WebAssembly.Module(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));

/** What `module` exports; it works on `memory` where it imports one as `host.memory`. */
export const instantiateWasm = (module: WasmModule, memory?: WasmMemory): object =>
  new WebAssembly.Instance(module, { host: memory ? { memory } : {} }).exports;
