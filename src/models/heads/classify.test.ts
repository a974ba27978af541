import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { classify } from './classify.js';
import type { HeadSpec } from './port.js';

const PICTURE = { width: 8, height: 8 };
const SPEC: ModelSpec = {
  inputs: [],
  outputs: [
    { name: 'color', datatype: 'FP32', shape: [-1, 3, 1, 1] },
    { name: 'looks', datatype: 'FP32', shape: [-1, 2] },
  ],
};
const colours = { labels: ['white', 'red', 'black'] };
const headWith = (questions: Record<string, unknown>, outputs: Record<string, string>, rest: Partial<HeadSpec> = {}): HeadSpec => ({
  type: 'classify',
  outputs,
  confidence: 0,
  maximumIou: 1,
  limit: 5,
  settings: { questions },
  ...rest,
});
const outputs = (rows: readonly (readonly [readonly number[], readonly number[]])[]): Tensor[] => [
  { name: 'color', datatype: 'FP32', shape: [rows.length, 3, 1, 1], data: Float32Array.from(rows.flatMap(([a]) => a)) },
  { name: 'looks', datatype: 'FP32', shape: [rows.length, 2], data: Float32Array.from(rows.flatMap(([, b]) => b)) },
];
const told = (head: HeadSpec, rows: Parameters<typeof outputs>[0], row = 0, thresholds = {}) =>
  classify
    .create(head, SPEC, PICTURE)
    .decode(outputs(rows), row, thresholds)
    .groups.map(({ name, top }) => [name, ...top.map(({ classId, label, score }) => `${classId} ${label} ${score.toFixed(2)}`)]);

test('each question is answered from its own output, best label first', () => {
  const head = headWith({ colour: { output: 'color', ...colours }, looks: { labels: ['a', 'b'] } }, { color: 'color', looks: 'looks' }, { limit: 2 });
  assert.deepEqual(told(head, [[[0.25, 0.5, 0.25], [0.125, 0.875]]]), [
    ['colour', '1 red 0.50', '0 white 0.25'],
    ['looks', '1 b 0.88', '0 a 0.13'],
  ]); // prettier-ignore
});

test('logits become scores by softmax over the question, however large they are', () => {
  const head = headWith({ color: { ...colours, activation: 'softmax' } }, { color: 'color' });
  // e^0 : e^ln3 : e^0 is 1 : 3 : 1; a thousand more on each changes nothing.
  const raw = [1000, 1000 + Math.log(3), 1000];
  assert.deepEqual(told(head, [[raw, [0, 0]]]), [['color', '1 red 0.60', '0 white 0.20', '2 black 0.20']]);
});

test('labels that stand alone are told from the confidence on; a pair tells either end', () => {
  const alone = headWith({ looks: { choice: 'each', labels: ['hat', 'bag'] } }, { looks: 'looks' }, { confidence: 0.5 });
  assert.deepEqual(
    told(alone, [
      [
        [0, 0, 0],
        [0.25, 0.75],
      ],
    ]),
    [['looks', '1 bag 0.75']],
  );
  assert.deepEqual(
    told(
      alone,
      [
        [
          [0, 0, 0],
          [0.25, 0.75],
        ],
      ],
      0,
      { confidence: 0.2 },
    ),
    [['looks', '1 bag 0.75', '0 hat 0.25']],
  );
  const pair = headWith({ looks: { choice: 'each', labels: [['male', 'female'], 'bag'], threshold: 0.5 } }, { looks: 'looks' });
  assert.deepEqual(
    told(pair, [
      [
        [0, 0, 0],
        [0.25, 0.5],
      ],
    ]),
    [['looks', '1 female 0.75', '2 bag 0.50']],
  );
  const sigmoid = headWith({ looks: { choice: 'each', activation: 'sigmoid', labels: ['hat', 'bag'] } }, { looks: 'looks' });
  assert.deepEqual(
    told(sigmoid, [
      [
        [0, 0, 0],
        [0, Math.log(3)],
      ],
    ]),
    [['looks', '1 bag 0.75', '0 hat 0.50']],
  );
});

test('a picture is answered alike alone and in any row of a batch', () => {
  const head = headWith({ color: { ...colours, activation: 'softmax' }, looks: { labels: ['a', 'b'] } }, { color: 'color', looks: 'looks' });
  const rows = [[[1, 2, 3], [0.1, 0.9]], [[3, 1, 2], [0.6, 0.4]]] as const; // prettier-ignore
  for (const row of [0, 1]) assert.deepEqual(told(head, rows, row), told(head, [rows[row]!]));
});

test('labels and outputs that do not fit are told', () => {
  const create = (head: HeadSpec) => () => classify.create(head, SPEC, PICTURE);
  assert.throws(create(headWith({ color: { labels: ['white', 'red'] } }, { color: 'color' })), {
    code: 'MODEL_MISMATCH',
    message: /"color" is FP32 \[\?, 3, 1, 1\]; .*\[N, 2\] for the labels of "color"/,
  });
  assert.throws(create(headWith({ color: colours }, { color: 'colour' })), { code: 'MODEL_MISMATCH', message: /no output "colour"/ });
  assert.throws(create(headWith({ color: colours }, {})), { code: 'CONFIG_INVALID', message: /needs the name of output "color"/ });
  assert.throws(create(headWith({ color: colours }, { color: 'color', more: 'looks' })), { code: 'CONFIG_INVALID', message: /no use for "more"/ });
  assert.throws(create(headWith({ looks: { labels: [['a', 'b'], 'c'] } }, { looks: 'looks' })), { code: 'MODEL_MISMATCH', message: /choice "each"/ });
});
