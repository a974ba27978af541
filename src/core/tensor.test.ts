import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_ELEMENT, checked, elementCount, viewOf, type Tensor } from './tensor.js';

test('datatype narrows the data', () => {
  const tensor = { name: 'x', datatype: 'FP32', shape: [2], data: new Float32Array(2) } as Tensor;
  if (tensor.datatype === 'FP32') {
    const data: Float32Array = tensor.data;
    assert.equal(data.length, 2);
  }
  // @ts-expect-error INT64 holds BigInt64Array, not Float32Array
  const wrong: Tensor = { name: 'x', datatype: 'INT64', shape: [2], data: new Float32Array(2) };
  assert.equal(wrong.datatype, 'INT64');
});

test('checked names the tensor and both counts', () => {
  assert.throws(() => checked({ name: 'images', datatype: 'FP32', shape: [1, 3], data: new Float32Array(2) }), {
    code: 'INVALID_ARGUMENT',
    message: 'images: shape [1,3] needs 3 elements, got 2',
  });
  assert.throws(() => checked({ name: 'a', datatype: 'UINT8', shape: [-1], data: new Uint8Array(1) }), /whole numbers/);
  assert.doesNotThrow(() => checked({ name: 's', datatype: 'BYTES', shape: [], data: [new Uint8Array(3)] }));
});

test('a scalar has one element, an empty axis none', () => {
  assert.equal(elementCount([]), 1);
  assert.equal(elementCount([4, 0, 2]), 0);
});

test('views have the element size that the table says', () => {
  for (const datatype of ['BOOL', 'UINT16', 'INT32', 'INT64', 'FP16', 'FP32', 'FP64'] as const)
    assert.equal(viewOf(datatype, new ArrayBuffer(16)).length, 16 / BYTES_PER_ELEMENT[datatype]);
  assert.throws(() => viewOf('FP32', new ArrayBuffer(6)), { code: 'INVALID_ARGUMENT' });
});
