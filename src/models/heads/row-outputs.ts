import { fail, type Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { floatsOf, mismatch, outputOf, rowSize, type HeadOutput } from './outputs.js';
import type { HeadSpec } from './port.js';

/** An output that holds the same number of values for each picture, however its axes are arranged. */
export interface RowOutput extends HeadOutput {
  /** Values of one picture. */
  readonly width: number;
}

/**
 * The output that plays `role`, whose values of one picture are told by its shape.
 * @throws Fault as `outputOf`; MODEL_MISMATCH when an axis other than the batch is free
 */
export function rowOutput(head: HeadSpec, model: ModelSpec, role: string, expected: string): RowOutput {
  const output = outputOf(head, model, role, expected);
  const width = rowSize(output);
  if (output.shape.length === 0 || width < 1) mismatch(head, output, expected);
  return { ...output, width };
}

/** The values of picture `row`, as a view that is good until the next run. */
export function rowOf(outputs: readonly Tensor[], output: RowOutput, row: number): Float32Array {
  return floatsOf(outputs, output).subarray(row * output.width, (row + 1) * output.width);
}

/** How raw numbers become scores. */
export const ACTIVATIONS = ['none', 'sigmoid', 'softmax'] as const;

/** One of {@link ACTIVATIONS}. */
export type Activation = (typeof ACTIVATIONS)[number];

/** 1 / (1 + e^-x). */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** e^x of each number divided by the sum of all; the greatest is subtracted first, so that nothing overflows. */
export function softmax(logits: ArrayLike<number>): Float32Array {
  const from = Array.from(logits);
  const top = from.reduce((best, x) => Math.max(best, x), -Infinity);
  const powers = Float32Array.from(from, (x) => Math.exp(x - top));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}

/** The scores of one picture; a copy. */
export function activated(raw: Float32Array, activation: Activation): Float32Array {
  if (activation === 'softmax') return softmax(raw);
  return activation === 'sigmoid' ? raw.map(sigmoid) : raw.slice();
}

/** Refuses settings for roles that the head's outputs do not name. @throws Fault CONFIG_INVALID */
export function checkRoles(head: HeadSpec, used: readonly string[]): void {
  const strays = Object.keys(head.outputs).filter((role) => !used.includes(role));
  if (strays.length > 0)
    fail(
      'CONFIG_INVALID',
      `head.outputs: a head of type "${head.type}" with these settings has no use for ${strays.map((role) => `"${role}"`).join(', ')}`,
    );
}
