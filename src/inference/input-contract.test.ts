import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../core/index.js';
import type { ModelDefinition, ModelSpec } from '../models/index.js';
import { batchKey, checkInputs, inputContract } from './input-contract.js';

const SPEC: ModelSpec = {
  inputs: [
    { name: 'images', datatype: 'FP32', shape: [-1, 3, 2, 4] },
    { name: 'scale', datatype: 'INT32', shape: [-1, 1] },
  ],
  outputs: [],
};
const DEFINITION: ModelDefinition = {
  name: 'net',
  weights: { runtime: 'fake', path: 'fake:add' },
  picture: {
    input: 'images',
    fit: { mode: 'stretch', size: { width: 4, height: 2 }, order: 'rgb', layout: 'planar', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
};
const contract = inputContract(DEFINITION, SPEC, Infinity, 4);
const images = (...shape: number[]): Tensor => ({
  name: 'images',
  datatype: 'FP32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const bytes = (...shape: number[]): Tensor =>
  ({ ...images(...shape), datatype: 'UINT8', data: new Uint8Array(shape.reduce((a, b) => a * b, 1)) }) as Tensor;
const scale = (rows: number): Tensor => ({ name: 'scale', datatype: 'INT32', shape: [rows, 1], data: new Int32Array(rows) });

test('rows are those of the batch axis', () => {
  assert.equal(checkInputs([images(3, 3, 2, 4), scale(3)], contract), 3);
  assert.equal(checkInputs([scale(1), images(1, 3, 2, 4)], contract), 1);
});

test('a picture may come as bytes in the layout of its fit, under any name', () => {
  const single = inputContract(DEFINITION, { inputs: SPEC.inputs.slice(0, 1), outputs: [] }, Infinity, 4);
  assert.equal(checkInputs([bytes(2, 3, 2, 4)], single), 2);
  assert.equal(checkInputs([{ ...bytes(1, 3, 2, 4), name: 'picture' }], single), 1);
  assert.throws(() => checkInputs([bytes(1, 2, 4, 3)], single), { message: /picture "images" has shape \[1,2,4,3\], wanted \[N,3,2,4\]/ });
});

test('a graph with a fixed first axis counts each request as one row', () => {
  const single = inputContract(
    { name: 'net', weights: DEFINITION.weights },
    { inputs: [{ name: 'scale', datatype: 'INT32', shape: [3, 1] }], outputs: [] },
    1,
    1,
  );
  assert.equal(checkInputs([scale(3)], single), 1);
  assert.throws(() => checkInputs([scale(2)], single), { message: /"scale" has shape \[2,1\], wanted \[3,1\]/ });
});

test('what does not fit is refused, saying what would', () => {
  const refused = (inputs: Tensor[], message: RegExp): void =>
    assert.throws(() => checkInputs(inputs, contract), { code: 'INVALID_ARGUMENT', message });
  refused([images(1, 3, 2, 4)], /"net": 1 inputs given, wanted 2: images, scale/);
  refused([images(1, 3, 2, 4), { ...scale(1), name: 'scael' }], /no input "scael"\. Did you mean "scale"\?/);
  refused([scale(1), scale(1)], /"scale" is given twice/);
  refused([images(1, 3, 4, 2), scale(1)], /"images" has shape \[1,3,4,2\], wanted \[-1,3,2,4\]/);
  refused([bytes(1, 3, 2, 4), scale(1)], /"images" is UINT8, wanted FP32/);
  refused([images(1, 3, 2, 4), { ...scale(1), datatype: 'UINT32', data: new Uint32Array(1) } as Tensor], /"scale" is UINT32, wanted INT32/);
  refused([images(2, 3, 2, 4), scale(1)], /"scale" has 1 rows, "images" has 2/);
  refused([images(0, 3, 2, 4), scale(0)], /no rows/);
  refused([images(5, 3, 2, 4), scale(5)], /5 rows in one request, at most 4/);
  refused([{ ...images(1, 3, 2, 4), data: new Float32Array(1) } as Tensor, scale(1)], /needs 24 elements, got 1/);
});

test('requests that differ in rows only share a run', () => {
  assert.equal(batchKey([images(1, 3, 2, 4)]), batchKey([images(2, 3, 2, 4)]));
  assert.notEqual(batchKey([images(1, 3, 2, 4)]), batchKey([images(1, 3, 4, 2)]));
  assert.notEqual(batchKey([images(1, 3, 2, 4)]), batchKey([bytes(1, 3, 2, 4)]));
});
