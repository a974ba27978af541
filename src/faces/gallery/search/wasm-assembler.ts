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
  readonly Instance: new (module: WasmModule, imports: { readonly host: { readonly memory: WasmMemory } }) => { readonly exports: object };
};

/** A memory of `initial` pages of 64 KiB that may grow to `maximum`. */
export function wasmMemory(initial: number, maximum: number): WasmMemory {
  return new WebAssembly.Memory({ initial, maximum });
}

/** The functions of `module`, working on `memory`. */
export function instantiate(module: WasmModule, memory: WasmMemory): object {
  return new WebAssembly.Instance(module, { host: { memory } }).exports;
}

/** WebAssembly as nested lists of bytes: enough of the binary format to write a few hot loops by hand. */
export type Code = readonly (number | Code)[];

const flat = (code: Code): number[] => code.flatMap((part) => (typeof part === 'number' ? [part] : flat(part)));

const unsigned = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]);

const signed = (value: number): number[] => {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
};

const sized = (code: Code): number[] => {
  const bytes = flat(code);
  return [...unsigned(bytes.length), ...bytes];
};

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...flat(items)];
const text = (value: string): number[] => sized([...Buffer.from(value)]);
const memarg = (opcode: number, align: number, offset = 0): number[] => [opcode, align, ...unsigned(offset)];
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

/** Types of values. */
export const TYPE = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;

/** The instructions that the kernels use, by the names of the WebAssembly text format. */
export const OP = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  i32Const: (value: number): Code => [0x41, ...signed(value)],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Shl: [0x74],
  i32WrapI64: [0xa7],
  i32Load: memarg(0x28, 2),
  i32Store: memarg(0x36, 2),
  i32Store16: memarg(0x3b, 1),
  i64Load: (offset: number): Code => memarg(0x29, 3, offset),
  i64Xor: [0x85],
  i64Popcnt: [0x7b],
  i64Add: [0x7c],
  v128Load: (offset: number): Code => [...simd(0), 0, ...unsigned(offset)],
  v128Zero: [...simd(12), ...Array.from({ length: 16 }, () => 0)],
  i32x4Lane: (lane: number): Code => [...simd(0x1b), lane],
  i32x4Add: simd(0xae),
  i32x4DotI16x8: simd(0xba),
  /** Runs `body` again and again while it leaves something other than 0 on the stack. */
  repeat: (...body: Code): Code => [0x03, 0x40, body, 0x0d, 0, 0x0b],
} as const;

/** A function of i32 parameters without a result: its name, how many parameters, further locals by type, and its code. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly code: Code;
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const section = (id: number, items: readonly Code[]): number[] => [id, ...sized(list(items))];

/** A module that imports the memory `host.memory` and exports `functions`. */
export function assemble(functions: readonly WasmFunction[]): WasmModule {
  const types = functions.map(({ parameters }) => [0x60, ...list(Array.from({ length: parameters }, () => [TYPE.i32])), 0]);
  const bodies = functions.map(({ locals, code }) => sized([...list(locals.map(([count, type]) => [...unsigned(count), type])), code, 0x0b]));
  return new WebAssembly.Module(
    Uint8Array.from([
      ...MAGIC_AND_VERSION,
      ...section(1, types),
      ...section(2, [[...text('host'), ...text('memory'), 2, 0, 1]]),
      ...section(
        3,
        functions.map((_, at) => unsigned(at)),
      ),
      ...section(
        7,
        functions.map(({ name }, at) => [...text(name), 0, ...unsigned(at)]),
      ),
      ...section(10, bodies),
    ]),
  );
}
