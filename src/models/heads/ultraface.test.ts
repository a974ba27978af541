import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { ultraface } from './ultraface.js';

const HEAD: HeadSpec = { type: 'ultraface', outputs: { scores: 's', boxes: 'b' }, confidence: 0.4, maximumIou: 0.5, limit: 10 };
const PICTURE = { width: 64, height: 32 };
const specOf = (scores: readonly number[], boxes: readonly number[]): ModelSpec => ({
  inputs: [],
  outputs: [
    { name: 'b', datatype: 'FP32', shape: boxes },
    { name: 's', datatype: 'FP32', shape: scores },
  ],
});
const SPEC = specOf([-1, 2, 2], [-1, 2, 4]);
const outputsOf = (faces: readonly number[], corners: readonly number[]): Tensor[] => [
  { name: 'b', datatype: 'FP32', shape: [faces.length / 2, 2, 4], data: Float32Array.from(corners) },
  { name: 's', datatype: 'FP32', shape: [faces.length / 2, 2, 2], data: Float32Array.from(faces.flatMap((face) => [1 - face, face])) },
];
const CORNERS = [0.25, 0.25, 0.5, 0.5, 0, 0, 1, 1];

test('the second score is that of a face, corners are fractions of the picture', () => {
  const decoder = ultraface.create(HEAD, SPEC, PICTURE);
  assert.equal(decoder.classes, 1);
  const { boxes, scores, classIds } = decoder.decode(outputsOf([0.75, 0.25], CORNERS), 0);
  assert.deepEqual([[...boxes], [...scores], [...classIds]], [[16, 8, 32, 16], [0.75], [0]]);
  const pixels = ultraface.create({ ...HEAD, settings: { normalised: false } }, SPEC, PICTURE);
  assert.deepEqual([...pixels.decode(outputsOf([0, 1], CORNERS), 0).boxes], [0, 0, 1, 1]);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = ultraface.create(HEAD, SPEC, PICTURE);
  const other = [0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1];
  const batch = outputsOf([0.75, 0, 0.5, 1], [...CORNERS, ...other]);
  assert.deepEqual(decoder.decode(batch, 0), decoder.decode(outputsOf([0.75, 0], CORNERS), 0));
  assert.deepEqual(decoder.decode(batch, 1), decoder.decode(outputsOf([0.5, 1], other), 0));
});

test('outputs that do not fit are told with their shapes', () => {
  assert.throws(() => ultraface.create(HEAD, specOf([1, 2, 3], [1, 2, 4]), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /\[N, boxes, 2\]: background, face/,
  });
  assert.throws(() => ultraface.create(HEAD, specOf([1, 2, 2], [1, 3, 4]), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"b" is FP32 \[1, 3, 4\]; .*\[N, 2, 4\]/,
  });
});
