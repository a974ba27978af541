import { elementCount, fail } from '../../../core/index.js';
import { attribute, corrupt, nameOf, unsupported, type IrBlob, type IrLayer } from './ir-file.js';

/** What a value of the graph is made of. FP16 and FP32 are both computed as FP32, all whole numbers as INT64. */
export type ValueKind = 'float' | 'int' | 'bool';

/** Types whose numbers can be read from the weights file. */
const ELEMENT_TYPES = {
  f32: { kind: 'float', bytes: 4 },
  f16: { kind: 'float', bytes: 2 },
  i64: { kind: 'int', bytes: 8 },
  i32: { kind: 'int', bytes: 4 },
  boolean: { kind: 'bool', bytes: 1 },
} as const satisfies Record<string, { readonly kind: ValueKind; readonly bytes: number }>;

/** A row of the types that can be read. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** Numbers stored in the weights file, little-endian. */
export interface IrConstant {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** A copy, so that the weights file need not stay in memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The kind of a type as attributes (`f16`) or ports (`FP16`) write it; undefined for one without numbers that we know. */
export function kindOf(type: string): ValueKind | undefined {
  const lower = type.toLowerCase();
  const known: Readonly<Record<string, ValueKind>> = {
    fp32: 'float',
    fp16: 'float',
    f32: 'float',
    f16: 'float',
    i64: 'int',
    i32: 'int',
    bool: 'bool',
    boolean: 'bool',
  };
  return Object.hasOwn(known, lower) ? known[lower] : undefined;
}

/** The kind of a constant. */
export const kindOfConstant = ({ type }: IrConstant): ValueKind => ELEMENT_TYPES[type].kind;

/** Takes a stretch out of the weights. @throws Fault INPUT_CORRUPT when the file is too short, or the size does not fit the shape */
export function readBlob(layer: IrLayer, { offset, size }: IrBlob, type: ElementType, shape: readonly number[], weights: Uint8Array): IrConstant {
  const want = elementCount(shape) * ELEMENT_TYPES[type].bytes;
  if (size !== want) corrupt(layer, `has ${size} bytes of weights, but [${shape.join(', ')}] of ${type} takes ${want}`);
  if (offset + size > weights.length)
    fail('INPUT_CORRUPT', `${nameOf(layer)}: its weights end at byte ${offset + size}, but the weights file has ${weights.length}; it is cut short`);
  return { type, shape, bytes: new Uint8Array(weights.subarray(offset, offset + size)) };
}

const isElementType = (type: string): type is ElementType => Object.hasOwn(ELEMENT_TYPES, type);

/** The numbers of a `Const` layer of version 10 or 11. @throws Fault INPUT_CORRUPT, UNSUPPORTED for a type that cannot be read */
export function readConst(layer: IrLayer, weights: Uint8Array): IrConstant {
  const type = attribute.text(layer, 'element_type') ?? '';
  if (!isElementType(type))
    unsupported(layer, `its numbers are ${type || 'of no stated type'}; ${Object.keys(ELEMENT_TYPES).join(', ')} can be read`);
  const [offset, size] = [attribute.int(layer, 'offset', -1), attribute.int(layer, 'size', -1)];
  if (offset < 0 || size < 0) corrupt(layer, 'does not say where its weights are');
  const shape = attribute.ints(layer, 'shape');
  if (shape.some((length) => length < 0)) corrupt(layer, `[${shape.join(', ')}] is no shape`);
  return readBlob(layer, { offset, size }, type, shape, weights);
}

/** Whole numbers of a constant. */
export function intsOf({ type, bytes }: IrConstant): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type === 'i32') return Array.from({ length: bytes.length / 4 }, (_, at) => view.getInt32(at * 4, true));
  if (type === 'i64') return Array.from({ length: bytes.length / 8 }, (_, at) => Number(view.getBigInt64(at * 8, true)));
  return fail('INTERNAL', `${type} are no whole numbers`);
}
