import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Tensor } from 'ocellus/core';
import { type ModelRuntime, onnxRuntime } from 'ocellus/models';
import type { Answer } from './reference.js';

let folder = '';
let files = 0;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-tfjs-'))));
after(() => rm(folder, { recursive: true }));

/** Opens the bytes of an ONNX file. */
export async function openBytes(bytes: Uint8Array): Promise<ModelRuntime> {
  const path = join(folder, `${files++}.onnx`);
  await writeFile(path, bytes);
  const opened = await onnxRuntime.open({ runtime: 'onnx', path }, {});
  await rm(path);
  return opened;
}

/** Greatest difference, and the greatest number that it is a part of. */
export interface Difference {
  readonly absolute: number;
  readonly of: number;
}

/** Differences of two tensors of equal shape; a NaN on one side only is infinitely far. */
export function differenceOf(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>): Difference {
  let [absolute, of] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(actual[i]), expected[i]!];
    if (Object.is(a, b) || a === b) of = Math.max(of, Number.isFinite(b) ? Math.abs(b) : 0);
    else {
      const apart = Math.abs(a - b);
      absolute = Math.max(absolute, Number.isNaN(apart) ? Infinity : apart);
      of = Math.max(of, Math.abs(b));
    }
  }
  return { absolute, of };
}

export const shapeOf = ({ shape }: { readonly shape: readonly number[] }): string => `[${shape.join(', ')}]`;

/** What two answers differ by at most; told in words when it is more than `relative` of the greatest number, or than `absolute`. */
export function disagreement(actual: Tensor, expected: Answer, relative: number, absolute: number): string | undefined {
  if (shapeOf(actual) !== shapeOf(expected)) return `is ${shapeOf(actual)}, TF.js has ${shapeOf(expected)}`;
  const difference = differenceOf(actual.data as ArrayLike<number | bigint>, expected.data);
  if (difference.absolute <= Math.max(absolute, relative * difference.of)) return undefined;
  return `differs by ${difference.absolute.toExponential(1)} of ${difference.of.toExponential(1)}`;
}

/** Rows of several tensors behind one another. */
export function stacked(tensors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(tensors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tensor of tensors) {
    all.set(tensor, at);
    at += tensor.length;
  }
  return all;
}

/** Checks that a run over all rows at once answers what a run over each row answers. */
export async function assertRowsApart(
  model: ModelRuntime,
  input: string,
  rowShape: readonly number[],
  rows: readonly Float32Array[],
  tolerance: number,
) {
  const run = (data: Float32Array, count: number) => model.infer([{ name: input, datatype: 'FP32', shape: [count, ...rowShape], data }]);
  const together = await run(stacked(rows), rows.length);
  for (const [i, row] of rows.entries()) {
    const alone = await run(row, 1);
    together.forEach((all, at) => {
      const size = all.data.length / rows.length;
      assert.equal(size, alone[at]!.data.length, `${all.name}: ${shapeOf(all)} for ${rows.length} rows, ${shapeOf(alone[at]!)} for one`);
      const { absolute, of } = differenceOf((all.data as Float32Array).subarray(i * size, (i + 1) * size), alone[at]!.data as Float32Array);
      assert.ok(absolute <= tolerance * Math.max(of, 1), `${all.name}: row ${i} of ${rows.length} differs by ${absolute} from the same row alone`);
    });
  }
}
