import { type Tensor, type TensorSpec, didYouMean, elementCount, fail } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';

/** One output of the network as a head sees it. */
export interface HeadOutput extends TensorSpec {
  /** Position among the outputs. */
  readonly at: number;
}

const words = (shape: readonly number[]): string => `[${shape.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;

/** Says that an output does not fit. @throws Fault MODEL_MISMATCH naming the output, its shape and the shape that fits */
export function mismatch(head: HeadSpec, output: TensorSpec, expected: string): never {
  return fail(
    'MODEL_MISMATCH',
    `output "${output.name}" is ${output.datatype} ${words(output.shape)}; a head of type "${head.type}" needs ${expected}`,
  );
}

/** The output that plays `role`. @throws Fault CONFIG_INVALID without the role, MODEL_MISMATCH when the network has no such output or it is not FP32 */
export function outputOf(head: HeadSpec, model: ModelSpec, role: string, expected: string): HeadOutput {
  const name = head.outputs[role] ?? fail('CONFIG_INVALID', `head.outputs: a head of type "${head.type}" needs the name of output "${role}"`);
  const at = model.outputs.findIndex((output) => output.name === name);
  const names = model.outputs.map((output) => output.name);
  const output =
    model.outputs[at] ??
    fail('MODEL_MISMATCH', `the network has no output "${name}".${didYouMean(name, names)} It has ${names.join(', ')}; "${role}" needs ${expected}`);
  if (output.datatype !== 'FP32') mismatch(head, output, expected);
  return { ...output, at };
}

/** Elements of one row of the batch, or -1 where an axis is free. */
export function rowSize({ shape }: TensorSpec): number {
  const rest = shape.slice(1);
  return rest.some((size) => size < 0) ? -1 : elementCount(rest);
}

/** The numbers of an output. */
export function floatsOf(outputs: readonly Tensor[], output: HeadOutput): Float32Array {
  return outputs[output.at]!.data as Float32Array;
}

/** An output of a known shape, where `undefined` and a free axis of the network fit anything. @throws Fault as {@link outputOf}; MODEL_MISMATCH for another shape */
export function shapedOutput(head: HeadSpec, model: ModelSpec, role: string, shape: readonly (number | undefined)[], expected: string): HeadOutput {
  const output = outputOf(head, model, role, expected);
  const fits =
    output.shape.length === shape.length && output.shape.every((size, axis) => size < 0 || shape[axis] === undefined || shape[axis] === size);
  if (!fits) mismatch(head, output, expected);
  return output;
}

/** Elements of each picture in the numbers of a whole batch. */
export function sizeOfRow(outputs: readonly Tensor[], output: HeadOutput): number {
  const { data, shape } = outputs[output.at]!;
  return data.length / shape[0]!;
}
