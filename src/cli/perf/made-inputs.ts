import { ARRAY_OF, elementCount, fail, type Datatype, type Tensor, type TensorSpec } from '../../core/index.js';
import type { Shapes } from './range.js';

/** What made inputs hold. */
export type MadeData = 'random' | 'zero';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function bytesElement(data: MadeData, length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => (data === 'zero' ? 0 : LETTERS.charCodeAt(Math.floor(random() * LETTERS.length))));
}

/** Whole numbers from 0 to 100, so that sums of them fit every type; halves and other floats from 0 to 1. */
function numbers(datatype: Exclude<Datatype, 'BYTES'>, count: number, random: () => number): Tensor['data'] {
  const array = new ARRAY_OF[datatype](count);
  for (let i = 0; i < count; i++) {
    const chance = random();
    if (array instanceof BigInt64Array || array instanceof BigUint64Array) array[i] = BigInt(Math.floor(chance * 100));
    else if (datatype === 'BOOL') array[i] = chance < 0.5 ? 0 : 1;
    // Bits of a half (or bfloat) between 0.5 and 1: any fraction, one exponent.
    else if (datatype === 'FP16') array[i] = 0x3800 | Math.floor(chance * 0x400);
    else if (datatype === 'BF16') array[i] = 0x3f00 | Math.floor(chance * 0x80);
    else array[i] = datatype === 'FP32' || datatype === 'FP64' ? chance : Math.floor(chance * 100);
  }
  return array;
}

/** The shape of an input of `batch` rows: given sizes stand for what the model leaves open. @throws Fault INVALID_ARGUMENT naming the input */
export function madeShape({ name, shape }: TensorSpec, batch: number | undefined, given: readonly number[] | undefined): readonly number[] {
  const own = batch === undefined ? shape : shape.slice(1);
  const sizes = given ?? own;
  if (given && (given.length !== own.length || own.some((size, axis) => size >= 0 && size !== given[axis])))
    fail('INVALID_ARGUMENT', `--shape ${name}:${given.join(',')} does not fit the model's [${own.join(',')}]`);
  if (sizes.some((size) => size < 0))
    fail(
      'INVALID_ARGUMENT',
      `input "${name}" is [${own.join(',')}]; say its size, such as --shape ${name}:${own.map((size) => (size < 0 ? 1 : size)).join(',')}`,
    );
  return batch === undefined ? sizes : [batch, ...sizes];
}

/** How inputs are made. */
export interface MadeOptions {
  readonly data: MadeData;
  /** Rows; undefined for a model without a batch axis. */
  readonly batch: number | undefined;
  readonly shapes: Shapes;
  /** Bytes of each BYTES element. */
  readonly stringLength: number;
  readonly random: () => number;
}

/** Makes the inputs of a model. @throws Fault INVALID_ARGUMENT for a shape that is missing, does not fit, or is of no input */
export function madeInputs(inputs: readonly TensorSpec[], { data, batch, shapes, stringLength, random }: MadeOptions): Tensor[] {
  const stray = Object.keys(shapes).find((name) => !inputs.some((input) => input.name === name));
  if (stray !== undefined)
    fail('INVALID_ARGUMENT', `--shape ${stray}: the model has no such input; it has ${inputs.map(({ name }) => name).join(', ')}`);
  return inputs.map((spec) => {
    const { name, datatype } = spec;
    const shape = madeShape(spec, batch, shapes[name]);
    const count = elementCount(shape);
    if (datatype === 'BYTES') return { name, datatype, shape, data: Array.from({ length: count }, () => bytesElement(data, stringLength, random)) };
    return { name, datatype, shape, data: data === 'zero' ? new ARRAY_OF[datatype](count) : numbers(datatype, count, random) } as Tensor;
  });
}
