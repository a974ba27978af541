import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { landmarks } from './landmarks.js';
import type { HeadSpec } from './port.js';

const PICTURE = { width: 100, height: 50 };
const spec = (...outputs: readonly (readonly [string, readonly number[]])[]): ModelSpec => ({
  inputs: [],
  outputs: outputs.map(([name, shape]) => ({ name, datatype: 'FP32', shape })),
});
const headWith = (outputs: Record<string, string>, settings: Record<string, unknown>): HeadSpec => ({
  type: 'landmarks',
  outputs,
  confidence: 0,
  maximumIou: 1,
  limit: 1,
  settings,
});
const tensor = (name: string, rows: number, ...data: number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [rows, data.length / rows],
  data: Float32Array.from(data),
});

test('fractions become pixels of the picture, in any order of the columns, with scores of their own', () => {
  // As MoveNet tells joints: y, x, score.
  const head = headWith({ points: 'joints' }, { count: 2, columns: ['y', 'x', 'score'], units: 'fractions' });
  const decoder = landmarks.create(head, spec(['joints', [1, 1, 2, 3]]), PICTURE);
  const { points, score, depths } = decoder.decode([tensor('joints', 1, 0.5, 0.25, 1, 1, 0, 0.5)], 0);
  assert.deepEqual([...points], [25, 25, 1, 0, 50, 0.5]);
  assert.deepEqual([score, depths], [0.75, undefined]);
});

test('depth is told beside, presence multiplies the score, what is beyond the count is left out', () => {
  const columns = ['x', 'y', 'z', 'score', 'presence'];
  const head = headWith({ points: 'body', score: 'there' }, { count: 1, columns, pointScores: 'sigmoid', score: 'sigmoid' });
  const decoder = landmarks.create(head, spec(['body', [-1, 10]], ['there', [-1, 1]]), PICTURE);
  const { points, score, depths } = decoder.decode(
    [tensor('body', 1, 10, 20, -5, 0, Math.log(3), 1, 1, 1, 1, 1), tensor('there', 1, Math.log(3))],
    0,
  );
  // The sigmoid of 0 is a half, that of ln 3 three quarters.
  assert.deepEqual([...points].map((x) => Number(x.toFixed(4))), [10, 20, 0.375]); // prettier-ignore
  assert.deepEqual([[...depths!], Number(score.toFixed(4))], [[-5], 0.75]);
});

test('points may come in parts, and a row of a batch is as good as a picture alone', () => {
  const head = headWith({ rim: 'a', iris: 'b' }, { count: 3, parts: ['rim', 'iris'] });
  const decoder = landmarks.create(head, spec(['a', [-1, 4]], ['b', [-1, 2]]), PICTURE);
  const outputs = [tensor('a', 2, 1, 2, 3, 4, 11, 12, 13, 14), tensor('b', 2, 5, 6, 15, 16)];
  assert.deepEqual([...decoder.decode(outputs, 1).points], [11, 12, 1, 13, 14, 1, 15, 16, 1]);
  assert.deepEqual(decoder.decode(outputs, 1), decoder.decode([tensor('a', 1, 11, 12, 13, 14), tensor('b', 1, 15, 16)], 0));
});

test('outputs that hold other points are told', () => {
  const create = (shape: readonly number[], settings: Record<string, unknown>) => () =>
    landmarks.create(headWith({ points: 'p' }, settings), spec(['p', shape]), PICTURE);
  assert.throws(create([-1, 9], { count: 5 }), { code: 'MODEL_MISMATCH', message: /"p" is FP32 \[\?, 9\]; .*points of 2 numbers: x, y/ });
  assert.throws(create([-1, 8], { count: 5 }), { code: 'MODEL_MISMATCH', message: /5 points .* together have 4/ });
  assert.throws(create([-1, 10], { count: 5, columns: ['x', 'z'] }), { code: 'CONFIG_INVALID', message: /x and y must each occur once/ });
  assert.throws(create([-1, 10], {}), { code: 'CONFIG_INVALID', message: /count/ });
});
