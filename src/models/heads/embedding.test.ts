import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { embedding } from './embedding.js';
import type { HeadSpec } from './port.js';

const HEAD: HeadSpec = { type: 'embedding', outputs: { embedding: 'out' }, confidence: 0, maximumIou: 1, limit: 1 };
const PICTURE = { width: 8, height: 8 };
const specOf = (shape: readonly number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape }] });
const outputOf = (...rows: readonly number[][]): Tensor[] => [
  { name: 'out', datatype: 'FP32', shape: [rows.length, 2, 1, 1], data: Float32Array.from(rows.flat()) },
];

test('vectors have length 1, whatever their row; one of zeros stays', () => {
  const decoder = embedding.create({ ...HEAD, settings: { dimensions: 2 } }, specOf([-1, 2, 1, 1]), PICTURE);
  const batch = outputOf([3, 4], [0, -2], [0, 0]);
  // 3, 4 and 5 are the sides of a right triangle.
  const want = [[0.6, 0.8], [0, -1], [0, 0]]; // prettier-ignore
  want.forEach((vector, row) => assert.deepEqual(decoder.decode(batch, row).vector, Float32Array.from(vector)));
  assert.deepEqual([...(batch[0]!.data as Float32Array)], [3, 4, 0, -2, 0, 0], 'outputs stay as they are');
});

test('another number of dimensions is told', () => {
  const create = (shape: readonly number[]) => () => embedding.create({ ...HEAD, settings: { dimensions: 512 } }, specOf(shape), PICTURE);
  assert.throws(create([-1, 256]), { code: 'MODEL_MISMATCH', message: /"out" is FP32 \[\?, 256\]; .*\[N, 512\]/ });
  assert.throws(create([-1, -1]), { code: 'MODEL_MISMATCH', message: /\[\?, \?\]/ });
});
