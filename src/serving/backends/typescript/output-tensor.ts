import { ARRAY_OF, type DataOf, type Datatype, elementCount, fail, type Tensor } from '../../../core/index.js';
import type { OutputValue } from './model.js';

/** An output as the configuration has it. */
export interface OutputRule {
  readonly name: string;
  readonly datatype: Datatype;
  /** Without the batch axis. */
  readonly dims: readonly number[];
  readonly hasBatch: boolean;
}

const encoder = new TextEncoder();

type Values = ArrayLike<unknown>;

const asBytes = (value: unknown, name: string): Uint8Array => {
  if (typeof value === 'string') return encoder.encode(value);
  if (value instanceof Uint8Array) return value;
  return fail('INVALID_ARGUMENT', `output '${name}' is BYTES: give texts or Uint8Arrays, not ${typeof value}`);
};

function dataOf({ name, datatype }: OutputRule, values: Values): DataOf[Datatype] {
  if (datatype === 'BYTES') return Array.from(values, (value) => asBytes(value, name));
  const make = ARRAY_OF[datatype];
  if (values instanceof make) return values;
  try {
    if (datatype === 'INT64' || datatype === 'UINT64')
      return (make as typeof BigInt64Array).from(values as ArrayLike<number>, (value) => BigInt(value));
    return (make as typeof Float32Array).from(values as ArrayLike<number>, Number);
  } catch (error) {
    return fail('INVALID_ARGUMENT', `output '${name}' cannot be made ${datatype}: ${(error as Error).message}`, error);
  }
}

/** The shape of `count` elements by the configuration: a single free size takes what is left. */
function shapeOf({ name, dims, hasBatch }: OutputRule, count: number, rows: number): number[] {
  const free = dims.filter((size) => size === -1).length;
  const known = dims.reduce((product, size) => (size === -1 ? product : product * size), hasBatch ? rows : 1);
  if (free > 1) return fail('INVALID_ARGUMENT', `output '${name}' has ${free} free sizes ([${dims.join(',')}]): give { shape, data }`);
  const rest = count / known;
  if (free === 0 ? rest !== 1 : !Number.isInteger(rest))
    return fail('INVALID_ARGUMENT', `output '${name}': ${count} values do not fill [${hasBatch ? [rows, ...dims].join(',') : dims.join(',')}]`);
  const filled = dims.map((size) => (size === -1 ? rest : size));
  return hasBatch ? [rows, ...filled] : filled;
}

const isTensorLike = (value: OutputValue): value is Extract<OutputValue, { readonly shape: readonly number[] }> =>
  typeof value === 'object' && !ArrayBuffer.isView(value) && !Array.isArray(value) && 'shape' in value;

/** An output as code gave it, as a tensor. @param rows of the request, where the first axis is the batch. @throws Fault INVALID_ARGUMENT naming the output */
export function outputTensor(rule: OutputRule, value: OutputValue, rows: number): Tensor {
  const { name, datatype } = rule;
  if (isTensorLike(value)) {
    const data = dataOf(rule, value.data);
    const { shape } = value;
    if (elementCount(shape) !== data.length)
      fail('INVALID_ARGUMENT', `output '${name}': shape [${shape.join(',')}] asks for ${elementCount(shape)} values, ${data.length} are given`);
    return { name, datatype, shape, data } as Tensor;
  }
  const whole = datatype === 'BYTES' && value instanceof Uint8Array;
  const values: Values = whole || typeof value !== 'object' ? [value] : (value as Values);
  const data = dataOf(rule, values);
  return { name, datatype, shape: shapeOf(rule, data.length, rows), data } as Tensor;
}
