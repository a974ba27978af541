import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWeights, transposed } from './weights.js';

const one = (weight: object, bytes: ArrayBufferView, ...more: ArrayBufferView[]) => {
  const files = [bytes, ...more].map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength));
  return decodeWeights(
    { weightsManifest: [{ paths: files.map((_, i) => `${i}.bin`), weights: [{ name: 'w', shape: [2], dtype: 'float32', ...weight }] }] },
    files,
  ).get('w');
};

test('every stored form of a number is read', () => {
  const float = (...values: number[]) => ({ datatype: 'FP32', shape: [2], data: Float32Array.from(values) });
  assert.deepEqual(one({}, Float32Array.of(1.5, -2)), float(1.5, -2));
  assert.deepEqual(one({ quantization: { dtype: 'float16', original_dtype: 'float32' } }, Uint16Array.of(0x3c00, 0xc000)), float(1, -2));
  assert.deepEqual(one({ quantization: { dtype: 'uint8', scale: 0.5, min: -1 } }, Uint8Array.of(0, 4)), float(-1, 1));
  assert.deepEqual(one({ quantization: { dtype: 'uint16', scale: 2, min: 10 } }, Uint16Array.of(0, 1000)), float(10, 2010));
  assert.deepEqual(one({ dtype: 'int32' }, Int32Array.of(-1, 7)), { datatype: 'INT64', shape: [2], data: BigInt64Array.of(-1n, 7n) });
  assert.deepEqual(one({ dtype: 'int32', quantization: { dtype: 'uint8', scale: 0.4, min: 0 } }, Uint8Array.of(2, 4)), {
    datatype: 'INT64',
    shape: [2],
    data: BigInt64Array.of(1n, 2n),
  });
  assert.deepEqual(one({ dtype: 'bool' }, Uint8Array.of(1, 0)), { datatype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) });
});

test('weights follow each other without gaps, also over the border of two files', () => {
  const bytes = Buffer.from(Float32Array.of(1, 2, 3).buffer);
  const weights = [
    { name: 'flag', shape: [], dtype: 'bool' },
    { name: 'a', shape: [3], dtype: 'float32' },
  ];
  const files = [Buffer.concat([Buffer.of(1), bytes.subarray(0, 5)]), bytes.subarray(5)];
  assert.deepEqual(decodeWeights({ weightsManifest: [{ paths: ['1', '2'], weights }] }, files).get('a')!.data, Float32Array.of(1, 2, 3));
});

test('a type without numbers is told by the name of its weight', () => {
  assert.throws(() => one({ dtype: 'string' }, Uint8Array.of(0, 0)), { code: 'UNSUPPORTED', message: /"w" is of type string/ });
});

test('axes change places', () => {
  assert.deepEqual([...transposed(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])], [1, 4, 2, 5, 3, 6]);
  const counting = Float32Array.from({ length: 24 }, (_, i) => i);
  const turned = transposed(counting, [2, 3, 4], [2, 0, 1]);
  // Element (k, i, j) of the turned array was (i, j, k), at 12 i + 4 j + k.
  assert.equal(turned[1 * 6 + 1 * 3 + 2], 12 + 8 + 1);
  assert.deepEqual(transposed(turned, [4, 2, 3], [1, 2, 0]), counting);
});
