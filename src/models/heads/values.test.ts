import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { values } from './values.js';

const PICTURE = { width: 8, height: 8 };
const SPEC: ModelSpec = {
  inputs: [],
  outputs: [
    { name: 'yaw', datatype: 'FP32', shape: [-1, 1] },
    { name: 'gaze', datatype: 'FP32', shape: [-1, 3] },
  ],
};
const headWith = (outputs: Record<string, string>, wanted: Record<string, unknown>): HeadSpec => ({
  type: 'values',
  outputs,
  confidence: 0,
  maximumIou: 1,
  limit: 1,
  settings: { values: wanted },
});
const outputs = (yaws: readonly number[], gazes: readonly (readonly number[])[]): Tensor[] => [
  { name: 'yaw', datatype: 'FP32', shape: [yaws.length, 1], data: Float32Array.from(yaws) },
  { name: 'gaze', datatype: 'FP32', shape: [gazes.length, 3], data: Float32Array.from(gazes.flat()) },
];

test('values are read from their places, scaled and moved', () => {
  const head = headWith({ yaw: 'yaw', gaze: 'gaze' }, { yaw: { scale: -2, offset: 1 }, z: { output: 'gaze', at: 2 } });
  assert.deepEqual(values.create(head, SPEC, PICTURE).decode(outputs([10], [[1, 2, 3]]), 0), { kind: 'values', values: { yaw: -19, z: 3 } });
});

test('the mean of a distribution, over even bins or bins of their own, with softmax where it is wanted', () => {
  const shares = [0.25, 0.25, 0.5];
  const even = headWith({ age: 'gaze' }, { age: { bins: { from: -10, step: 10 } } });
  assert.equal(values.create(even, SPEC, PICTURE).decode(outputs([0], [shares]), 0).values['age'], 2.5);
  const own = headWith({ age: 'gaze' }, { age: { bins: [10, 20, 60], softmax: true, offset: 1 } });
  const logits = shares.map((share) => Math.log(share) + 500);
  assert.ok(Math.abs(values.create(own, SPEC, PICTURE).decode(outputs([0], [logits]), 0).values['age']! - 38.5) < 1e-3);
});

test('a row of a batch is as good as a picture alone', () => {
  const head = headWith({ yaw: 'yaw', gaze: 'gaze' }, { yaw: {}, age: { output: 'gaze', bins: [1, 2, 3], softmax: true } });
  const decoder = values.create(head, SPEC, PICTURE);
  const gazes = [[1, 2, 3], [3, 1, 2]]; // prettier-ignore
  for (const row of [0, 1]) assert.deepEqual(decoder.decode(outputs([5, 6], gazes), row), decoder.decode(outputs([5 + row], [gazes[row]!]), 0));
});

test('outputs that are too short are told', () => {
  const create = (wanted: Record<string, unknown>) => () => values.create(headWith({ gaze: 'gaze' }, wanted), SPEC, PICTURE);
  assert.throws(create({ w: { output: 'gaze', at: 3 } }), {
    code: 'MODEL_MISMATCH',
    message: /"gaze" is FP32 \[\?, 3\]; .*\[N, 4 or more\] for the value "w"/,
  });
  assert.throws(create({ w: { output: 'gaze', bins: [1, 2] } }), { code: 'MODEL_MISMATCH', message: /\[N, 2\] for the value "w"/ });
  assert.throws(create({ w: {} }), { code: 'CONFIG_INVALID', message: /needs the name of output "w"/ });
});
