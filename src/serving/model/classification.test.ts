import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import { classified } from './classification.js';

const textsOf = (tensor: Tensor, count: number, hasBatch: boolean, labels: readonly string[] = []): string[] =>
  classified(tensor, count, hasBatch, labels).data.map((bytes) => new TextDecoder().decode(bytes));

const scores: Tensor = { name: 's', datatype: 'FP32', shape: [2, 3], data: Float32Array.of(0.1, 0.5, 0.25, 9, 8, 9) };

test('the best of each row, with labels where there are any; equal values keep their order', () => {
  assert.deepEqual(textsOf(scores, 2, true, ['cat', 'dog']), ['0.500000:1:dog', '0.250000:2', '9.000000:0:cat', '9.000000:2']);
  assert.deepEqual(classified(scores, 9, true, []).shape, [2, 3]);
});

test('without a batch axis all of the tensor is one row', () => {
  assert.deepEqual(textsOf(scores, 1, false), ['9.000000:3']);
  assert.deepEqual(classified(scores, 1, false, []).shape, [1]);
});

test('whole numbers are told whole', () => {
  assert.deepEqual(textsOf({ name: 's', datatype: 'INT64', shape: [3], data: BigInt64Array.of(-1n, 2n ** 60n, 5n) }, 2, false), [
    `${2n ** 60n}:1`,
    '5:2',
  ]);
});

test('texts and half floats have no best', () => {
  assert.throws(() => classified({ name: 's', datatype: 'BYTES', shape: [0], data: [] }, 1, false, []), /unsupported type 'BYTES'/);
});
