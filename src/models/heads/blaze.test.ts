import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { blaze } from './blaze.js';
import type { HeadSpec } from './port.js';

const PICTURE = { width: 32, height: 16 };
/** Two cells of stride 16 with one box each and one cell of stride 32 with two; one key point. */
const HEAD: HeadSpec = {
  type: 'blaze',
  outputs: { scores_16: 's16', boxes_16: 'b16', scores_32: 's32', boxes_32: 'b32' },
  confidence: 0.4,
  maximumIou: 0.3,
  limit: 10,
  settings: { strides: [16, 32], anchors: [1, 2] },
};
const spec = (name: string, shape: readonly number[]) => ({ name, datatype: 'FP32' as const, shape });
const SPEC: ModelSpec = {
  inputs: [],
  outputs: [spec('s16', [-1, 2, 1]), spec('s32', [-1, 2, 1]), spec('b16', [-1, 2, 6]), spec('b32', [-1, 2, 6])],
};

/** Logit, centre, size, point. */
type Row = readonly [number, number, number, number, number, number, number];
const NONE: Row = [-9, 0, 0, 0, 0, 0, 0];
const FACE: Row = [0, 1, -1, 8, 4, 2, -2];
const tensor = (name: string, shape: readonly number[], values: readonly number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(values),
});
function outputsOf(...pictures: readonly (readonly Row[])[]): Tensor[] {
  const of = (from: number, part: (row: Row) => readonly number[]) => pictures.flatMap((rows) => rows.slice(from, from + 2).flatMap(part));
  const n = pictures.length;
  const score = (row: Row) => [row[0]];
  const values = (row: Row) => row.slice(1);
  return [
    tensor('s16', [n, 2, 1], of(0, score)),
    tensor('s32', [n, 2, 1], of(2, score)),
    tensor('b16', [n, 2, 6], of(0, values)),
    tensor('b32', [n, 2, 6], of(2, values)),
  ];
}

test('centre and points are pixels from the middle of the cell, the score is a logit', () => {
  const decoder = blaze.create(HEAD, SPEC, PICTURE);
  // Second cell of stride 16: middle (24, 8).
  const { boxes, scores, points } = decoder.decode(outputsOf([NONE, FACE, NONE, NONE]), 0);
  assert.deepEqual([[...boxes], [...scores]], [[21, 5, 29, 9], [0.5]]);
  assert.deepEqual([...points!], [26, 6, 0.5]);
});

test('boxes of one cell share its middle', () => {
  const decoder = blaze.create(HEAD, SPEC, PICTURE);
  const { boxes } = decoder.decode(outputsOf([NONE, NONE, [2, 0, 0, 2, 2, 0, 0], [1, 8, 0, 2, 2, 0, 0]]), 0);
  assert.deepEqual([...boxes], [15, 15, 17, 17, 23, 15, 25, 17]);
});

test('all grids in one output, the score before the box', () => {
  const head: HeadSpec = { ...HEAD, outputs: { rows: 'out' } };
  const decoder = blaze.create(head, { inputs: [], outputs: [spec('out', [-1, 4, 7])] }, PICTURE);
  const rows = [NONE, FACE, NONE, [2, 0, 0, 2, 2, 0, 0] as const];
  assert.deepEqual(decoder.decode([tensor('out', [1, 4, 7], rows.flat())], 0), blaze.create(HEAD, SPEC, PICTURE).decode(outputsOf(rows), 0));
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = blaze.create(HEAD, SPEC, PICTURE);
  const pictures = [
    [FACE, NONE, NONE, FACE],
    [NONE, FACE, FACE, NONE],
  ];
  const batch = outputsOf(...pictures);
  pictures.forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode(outputsOf(picture), 0)));
});

test('outputs and settings that do not fit are told', () => {
  const other = (name: string, shape: readonly number[]): ModelSpec => ({
    inputs: [],
    outputs: SPEC.outputs.map((output) => (output.name === name ? spec(name, shape) : output)),
  });
  assert.throws(() => blaze.create(HEAD, other('s32', [1, 6, 1]), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"s32" is FP32 \[1, 6, 1\]; .*\[N, 2, 1\]/,
  });
  assert.throws(() => blaze.create(HEAD, other('b16', [1, 2, 7]), PICTURE), { code: 'MODEL_MISMATCH', message: /\[N, 2, 4 \+ 2 x key points\]/ });
  assert.throws(() => blaze.create(HEAD, other('b32', [1, 2, 8]), PICTURE), { code: 'MODEL_MISMATCH', message: /\[N, 2, 6\]/ });
  assert.throws(() => blaze.create({ ...HEAD, settings: { strides: [16] } }, SPEC, PICTURE), {
    code: 'CONFIG_INVALID',
    message: /1 strides, but anchors for 2/,
  });
  assert.throws(() => blaze.create({ ...HEAD, settings: {} }, SPEC, PICTURE), { code: 'CONFIG_INVALID', message: /strides/ });
});
