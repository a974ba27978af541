import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { boxes } from './boxes.js';
import { createDecoder, HEADS } from './heads.js';
import type { HeadSpec } from './port.js';

const HEAD: HeadSpec = { type: 'boxes', outputs: { boxes: 'found' }, confidence: 0.3, maximumIou: 0.5, limit: 10 };
const PICTURE = { width: 100, height: 50 };
const specOf = (shape: readonly number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'found', datatype: 'FP32', shape }] });
const outputOf = (shape: readonly number[], ...rows: readonly number[][]): Tensor[] => [
  { name: 'found', datatype: 'FP32', shape, data: Float32Array.from(rows.flat()) },
];

test('rows above the threshold come out best first, in pixels', () => {
  const decoder = boxes.create(HEAD, specOf([1, 3, 6]), PICTURE);
  const found = decoder.decode(outputOf([1, 3, 6], [0, 0, 10, 10, 0.5, 3], [20, 0, 30, 10, 0.75, 1], [40, 0, 50, 10, 0.25, 1]), 0);
  assert.deepEqual([...found.boxes], [20, 0, 30, 10, 0, 0, 10, 10]);
  assert.deepEqual([...found.scores], [0.75, 0.5]);
  assert.deepEqual([...found.classIds], [1, 3]);
});

test('columns may come in any order, as fractions, and without a class', () => {
  const settings = { columns: ['unused', 'score', 'x1', 'y1', 'x2', 'y2'], normalised: true };
  const decoder = boxes.create({ ...HEAD, settings }, specOf([1, 1, -1, 6]), PICTURE);
  const found = decoder.decode(outputOf([1, 1, 1, 6], [9, 0.5, 0.25, 0.5, 0.5, 1]), 0);
  assert.deepEqual([...found.boxes], [25, 25, 50, 50]);
  assert.deepEqual([...found.classIds], [0]);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = boxes.create(HEAD, specOf([-1, 2, 6]), PICTURE);
  const rows = [
    [0, 0, 10, 10, 0.5, 3],
    [20, 0, 30, 10, 0.75, 1],
    [5, 5, 10, 10, 0.5, 0],
    [20, 0, 30, 10, 0.1, 1],
  ];
  const batch = outputOf([2, 2, 6], ...rows);
  assert.deepEqual(decoder.decode(batch, 0), decoder.decode(outputOf([1, 2, 6], ...rows.slice(0, 2)), 0));
  assert.deepEqual(decoder.decode(batch, 1), decoder.decode(outputOf([1, 2, 6], ...rows.slice(2)), 0));
});

test('wrong shapes and settings are told', () => {
  for (const shape of [
    [100, 6],
    [1, 100, 7],
    [1, 0, 6],
  ])
    assert.throws(() => boxes.create(HEAD, specOf(shape), PICTURE), {
      code: 'MODEL_MISMATCH',
      message: /\[N, rows, 6\] of x1, y1, x2, y2, score, class/,
    });
  assert.throws(() => boxes.create({ ...HEAD, settings: { columns: ['x1', 'y1', 'x2', 'y2'] } }, specOf([1, 1, 4]), PICTURE), {
    code: 'CONFIG_INVALID',
    message: /must each occur once/,
  });
});

test('the registry knows each head by its type, and the nearest name of a wrong one', () => {
  assert.deepEqual(
    HEADS.filter(({ answers }) => answers === 'detections').map(({ type }) => type),
    ['yolo', 'yolox', 'nanodet', 'ssd', 'boxes', 'yunet', 'blaze', 'ultraface', 'movenet-multipose', 'dbnet'],
  );
  assert.throws(() => createDecoder({ ...HEAD, type: 'nanodte' }, specOf([1, 1, 6]), PICTURE), {
    code: 'CONFIG_INVALID',
    message: /Did you mean "nanodet"\?/,
  });
});
