import { fail } from './fault.js';

/** KServe v2 / Triton datatype names on the left, what JavaScript holds on the right. Row-major. FP16 and BF16 hold raw bits. */
export interface DataOf {
  BOOL: Uint8Array;
  UINT8: Uint8Array;
  UINT16: Uint16Array;
  UINT32: Uint32Array;
  UINT64: BigUint64Array;
  INT8: Int8Array;
  INT16: Int16Array;
  INT32: Int32Array;
  INT64: BigInt64Array;
  FP16: Uint16Array;
  BF16: Uint16Array;
  FP32: Float32Array;
  FP64: Float64Array;
  BYTES: readonly Uint8Array[];
}

/** The name of an element type on the wire. */
export type Datatype = keyof DataOf;

/** A tensor of one known datatype. `data` belongs to whoever holds the tensor; functions that take it over say so. */
export interface TensorOf<D extends Datatype> {
  readonly name: string;
  readonly datatype: D;
  readonly shape: readonly number[];
  readonly data: DataOf[D];
}

/** Any tensor; `t.datatype === 'FP32'` narrows `t.data`. */
export type Tensor = { [D in Datatype]: TensorOf<D> }[Datatype];

/** What a model says of one input or output; -1 in `shape` is any size. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** Bytes an element takes; BYTES elements have no fixed size and count 0. */
export const BYTES_PER_ELEMENT: Readonly<Record<Datatype, number>> = Object.freeze({
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
});

/** Number of elements that `shape` asks for; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Returns `tensor` unchanged when shape and data agree. @throws Fault INVALID_ARGUMENT naming the tensor otherwise */
export function checked<D extends Datatype>(tensor: TensorOf<D>): TensorOf<D> {
  const { name, shape, data } = tensor;
  if (shape.some((dimension) => !Number.isInteger(dimension) || dimension < 0))
    fail('INVALID_ARGUMENT', `${name}: shape [${shape.join(',')}] must be whole numbers of 0 or more`);
  const want = elementCount(shape);
  if (data.length === want) return tensor;
  return fail('INVALID_ARGUMENT', `${name}: shape [${shape.join(',')}] needs ${want} elements, got ${data.length}`);
}

/** The array that holds the elements of each datatype. */
export const ARRAY_OF = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

/** A view of `buffer` as elements of `datatype`. @throws Fault INVALID_ARGUMENT when the length does not fit */
export function viewOf<D extends Exclude<Datatype, 'BYTES'>>(datatype: D, buffer: ArrayBuffer, byteOffset = 0, length?: number): DataOf[D] {
  const count = length ?? (buffer.byteLength - byteOffset) / BYTES_PER_ELEMENT[datatype];
  if (!Number.isInteger(count)) fail('INVALID_ARGUMENT', `${buffer.byteLength - byteOffset} bytes are no whole number of ${datatype} elements`);
  return new ARRAY_OF[datatype](buffer, byteOffset, count) as DataOf[D];
}
