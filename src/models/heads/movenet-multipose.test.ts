import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { movenetMultipose } from './movenet-multipose.js';
import type { HeadSpec } from './port.js';

const HEAD: HeadSpec = { type: 'movenet-multipose', outputs: { output: 'out' }, confidence: 0.25, maximumIou: 0.5, limit: 6 };
const PICTURE = { width: 64, height: 32 };
const specOf = (shape: readonly number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape }] });

/** A person whose joints lie on a slope from (0, 0) on, in a box of the given corners. */
const person = (score: number, x1: number, y1: number, x2: number, y2: number): number[] => [
  ...Array.from({ length: 17 }, (_, i) => [i / 32, i / 64, i / 17]).flat(),
  y1,
  x1,
  y2,
  x2,
  score,
];
const outputOf = (...pictures: readonly (readonly number[][])[]): Tensor[] => [
  { name: 'out', datatype: 'FP32', shape: [pictures.length, pictures[0]!.length, 56], data: Float32Array.from(pictures.flat(2)) },
];

test('joints and boxes are fractions with y first', () => {
  const { boxes, scores, points } = movenetMultipose
    .create(HEAD, specOf([1, 2, 56]), PICTURE)
    .decode(outputOf([person(0.5, 0.25, 0.5, 0.75, 1), person(0.125, 0, 0, 1, 1)]), 0);
  assert.deepEqual([[...boxes], [...scores]], [[16, 16, 48, 32], [0.5]]);
  assert.equal(points!.length, 17 * 3);
  assert.deepEqual([...points!.subarray(16 * 3)], [16, 16, Math.fround(16 / 17)]);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = movenetMultipose.create(HEAD, specOf([-1, -1, 56]), PICTURE);
  const pictures = [
    [person(0.5, 0, 0, 0.5, 1), person(0.75, 0.5, 0, 1, 1)],
    [person(0, 0, 0, 0, 0), person(0.25, 0, 0, 1, 1)],
  ];
  const batch = outputOf(...pictures);
  pictures.forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode(outputOf(picture), 0)));
});

test('an output that does not fit is told, and there are no settings', () => {
  assert.throws(() => movenetMultipose.create(HEAD, specOf([1, 1, 17, 3]), PICTURE), { code: 'MODEL_MISMATCH', message: /\[N, people, 56\]/ });
  assert.throws(() => movenetMultipose.create({ ...HEAD, settings: { joints: 17 } }, specOf([1, 6, 56]), PICTURE), {
    code: 'CONFIG_INVALID',
    message: /joints/,
  });
});
