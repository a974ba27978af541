import { ARRAY_OF, checked, fail, type DataOf, type Datatype, type TensorOf } from '../core/index.js';

/** What stands for one element of each datatype in a plain list. */
export type ElementOf<D extends Datatype> = D extends 'BYTES'
  ? string | Uint8Array
  : D extends 'BOOL'
    ? boolean | number
    : D extends 'INT64' | 'UINT64'
      ? bigint | number
      : number;

const encoder = new TextEncoder();

function dataOf(datatype: Datatype, elements: ArrayLike<unknown>): DataOf[Datatype] {
  if (datatype === 'BYTES')
    return Array.from(elements as ArrayLike<string | Uint8Array>, (element) => (typeof element === 'string' ? encoder.encode(element) : element));
  const type = ARRAY_OF[datatype];
  if (elements instanceof type) return elements;
  if (type === BigInt64Array || type === BigUint64Array) return type.from(Array.from(elements as ArrayLike<number | bigint>, BigInt));
  return (type as typeof Float32Array).from(Array.from(elements as ArrayLike<number | boolean>, Number));
}

/**
 * A tensor of `shape` for an input, such as `tensor('FP32', [1, 3], [1, 2, 3])`. A typed array of the datatype's kind is taken over as it is, a
 * plain list is copied; BYTES elements are texts or bytes; FP16 and BF16 hold raw bits. @throws Fault INVALID_ARGUMENT when shape and data do not agree
 */
export function tensor<D extends Datatype>(
  datatype: D,
  shape: readonly number[],
  data: DataOf[D] | ArrayLike<ElementOf<D>>,
): Omit<TensorOf<D>, 'name'> {
  if (!Object.hasOwn(ARRAY_OF, datatype) && datatype !== 'BYTES') fail('INVALID_ARGUMENT', `there is no datatype "${String(datatype)}"`);
  const { name: _, ...unnamed } = checked<Datatype>({ name: 'tensor', datatype, shape, data: dataOf(datatype, data as ArrayLike<unknown>) });
  return unnamed as Omit<TensorOf<D>, 'name'>;
}
