import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { yunet } from './yunet.js';

const ROLES = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;
const PICTURE = { width: 32, height: 16 };
/** Two cells of stride 16. */
const HEAD: HeadSpec = {
  type: 'yunet',
  outputs: Object.fromEntries(Object.keys(ROLES).map((role) => [`${role}_16`, `${role}_16`])),
  confidence: 0.4,
  maximumIou: 0.3,
  limit: 10,
  settings: { strides: [16] },
};
const specOf = (more: Readonly<Record<string, readonly number[]>> = {}): ModelSpec => ({
  inputs: [],
  outputs: Object.entries(ROLES).map(([role, width]) => ({ name: `${role}_16`, datatype: 'FP32', shape: more[role] ?? [-1, 2, width] })),
});

type Cell = Readonly<Record<keyof typeof ROLES, readonly number[]>>;
const EMPTY: Cell = { cls: [0], obj: [0], bbox: [0, 0, 0, 0], kps: Array.from({ length: 10 }, () => 0) };
const FACE: Cell = { cls: [0.5], obj: [0.5], bbox: [0.5, 0.25, Math.log(2), 0], kps: [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1] };
const outputsOf = (...pictures: readonly (readonly Cell[])[]): Tensor[] =>
  Object.entries(ROLES).map(([role, width]) => ({
    name: `${role}_16`,
    datatype: 'FP32',
    shape: [pictures.length, 2, width],
    data: Float32Array.from(pictures.flat().flatMap((cell) => cell[role as keyof typeof ROLES])),
  }));

test('box and points are offsets from the corner of the cell, in strides', () => {
  const { boxes, scores, classIds, points } = yunet.create(HEAD, specOf(), PICTURE).decode(outputsOf([EMPTY, FACE]), 0);
  // Cell 1: corner (16, 0). Centre (16 + 8, 4), size 32 by 16.
  assert.deepEqual([...boxes].map(Math.round), [8, -4, 40, 12]);
  assert.deepEqual([[...scores], [...classIds]], [[0.5], [0]]);
  assert.deepEqual([...points!], [16, 0, 0.5, 32, 0, 0.5, 24, 8, 0.5, 16, 16, 0.5, 32, 16, 0.5]);
});

test('confidence is the root of the product of both scores, each held between 0 and 1', () => {
  const decoder = yunet.create(HEAD, specOf(), PICTURE);
  const scoreOf = (cls: number, obj: number): number[] => [...decoder.decode(outputsOf([{ ...FACE, cls: [cls], obj: [obj] }, EMPTY]), 0).scores];
  assert.deepEqual(scoreOf(0.25, 1), [0.5]);
  assert.deepEqual(scoreOf(1.5, 0.25), [0.5]);
  assert.deepEqual(scoreOf(-0.5, -0.5), []);
  assert.deepEqual(scoreOf(Number.NaN, 1), []);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = yunet.create(HEAD, specOf(), PICTURE);
  const pictures = [
    [FACE, EMPTY],
    [EMPTY, { ...FACE, obj: [1] }],
  ];
  const batch = outputsOf(...pictures);
  pictures.forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode(outputsOf(picture), 0)));
});

test('outputs that do not fit are told with their shapes', () => {
  assert.throws(() => yunet.create(HEAD, specOf({ kps: [1, 2, 8] }), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"kps_16" is FP32 \[1, 2, 8\]; .*\[N, 2, 10\] for a picture of 32x16/,
  });
  assert.throws(() => yunet.create(HEAD, specOf(), { width: 64, height: 16 }), { code: 'MODEL_MISMATCH', message: /\[N, 4, 1\]/ });
});
