import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { expectedBin, nanodet } from './nanodet.js';
import type { HeadSpec } from './port.js';

const PICTURE = { width: 32, height: 16 };
const BINS = 4;
/** Two cells of stride 16 and one of stride 32; two classes. */
const HEAD: HeadSpec = {
  type: 'nanodet',
  outputs: { cls_16: 'c16', dis_16: 'd16', cls_32: 'c32', dis_32: 'd32' },
  confidence: 0.3,
  maximumIou: 0.5,
  limit: 10,
  settings: { strides: [16, 32], bins: BINS },
};
const spec = (name: string, shape: readonly number[]) => ({ name, datatype: 'FP32' as const, shape });
const SPEC: ModelSpec = {
  inputs: [],
  outputs: [spec('c16', [-1, 2, 2]), spec('c32', [-1, 1, 2]), spec('d16', [-1, 2, 16]), spec('d32', [-1, 1, 16])],
};
const tensor = (name: string, shape: readonly number[], values: readonly number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(values),
});

/** Numbers whose softmax is all in one bin. */
const sure = (bin: number): number[] => Array.from({ length: BINS }, (_, i) => (i === bin ? 40 : 0));
const sides = (...bins: readonly number[]): number[] => bins.flatMap(sure);
const NOTHING = sides(0, 0, 0, 0);

/** Scores and sides of the three cells of each picture. */
function outputsOf(...pictures: readonly { readonly scores: readonly number[][]; readonly sides: readonly number[][] }[]): Tensor[] {
  const n = pictures.length;
  const of = (part: 'scores' | 'sides', from: number, to: number) => pictures.flatMap((picture) => picture[part].slice(from, to).flat());
  return [
    tensor('c16', [n, 2, 2], of('scores', 0, 2)),
    tensor('c32', [n, 1, 2], of('scores', 2, 3)),
    tensor('d16', [n, 2, 16], of('sides', 0, 2)),
    tensor('d32', [n, 1, 16], of('sides', 2, 3)),
  ];
}
const ONE = {
  scores: [
    [0, 0],
    [0.25, 0.75],
    [0.5, 0],
  ],
  sides: [NOTHING, sides(1, 0, 2, 1), sides(0, 0, 0, 0)],
};
const TWO = {
  scores: [
    [0.5, 0.4],
    [0, 0],
    [0, 0],
  ],
  sides: [sides(0, 1, 1, 1), NOTHING, NOTHING],
};

test('distances from the middle of a cell are means of distributions, in strides', () => {
  const decoder = nanodet.create(HEAD, SPEC, PICTURE);
  assert.equal(decoder.classes, 2);
  // Cell 1 of stride 16: middle (24, 8), one stride to the left, none up, two to the right, one down.
  const { boxes, scores, classIds } = decoder.decode(outputsOf(ONE), 0);
  assert.deepEqual([...boxes].map(Math.round), [8, 8, 56, 24, 16, 16, 16, 16]);
  assert.deepEqual(
    [[...scores], [...classIds]],
    [
      [0.75, 0.5],
      [1, 0],
    ],
  );
});

test('the mean of a distribution: equal weights give the middle, large numbers do not overflow', () => {
  assert.equal(expectedBin(Float32Array.of(3, 3, 3, 3), 0, 4), 1.5);
  assert.equal(expectedBin(Float32Array.of(9, 500, 500, 0), 1, 2), 0.5);
  // Weights 1 and 3: 0.75.
  assert.ok(Math.abs(expectedBin(Float32Array.of(0, Math.log(3)), 0, 2) - 0.75) < 1e-6);
});

test('logits become scores where the settings say so', () => {
  const decoder = nanodet.create({ ...HEAD, settings: { ...HEAD.settings, sigmoid: true } }, SPEC, PICTURE);
  const picture = {
    scores: [
      [-9, -9],
      [-9, Math.log(3)],
      [Math.log(0.25), -9],
    ],
    sides: [NOTHING, NOTHING, NOTHING],
  };
  assert.deepEqual(
    [...decoder.decode(outputsOf(picture), 0).scores].map((score) => Math.round(score * 100)),
    [75],
  );
});

test('NanoDet-Plus: one output, scores before distances, points at the corners of cells', () => {
  const head: HeadSpec = { ...HEAD, outputs: { output: 'out' }, settings: { ...HEAD.settings, centre: 0 } };
  const decoder = nanodet.create(head, { inputs: [], outputs: [spec('out', [-1, 3, 18])] }, PICTURE);
  const values = ONE.scores.flatMap((scores, cell) => [...scores, ...ONE.sides[cell]!]);
  const { boxes, classIds } = decoder.decode([tensor('out', [1, 3, 18], values)], 0);
  assert.deepEqual(
    [...boxes].map((value) => Math.round(value) + 0),
    [0, 0, 48, 16, 0, 0, 0, 0],
  );
  assert.deepEqual([...classIds], [1, 0]);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = nanodet.create(HEAD, SPEC, PICTURE);
  const batch = outputsOf(ONE, TWO);
  [ONE, TWO].forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode(outputsOf(picture), 0)));
});

test('outputs that do not fit are told with their shapes', () => {
  const other = (name: string, shape: readonly number[]): ModelSpec => ({
    inputs: [],
    outputs: SPEC.outputs.map((output) => (output.name === name ? spec(name, shape) : output)),
  });
  const cases: [ModelSpec, RegExp][] = [
    [other('c16', [1, 4, 2]), /"c16" is FP32 \[1, 4, 2\]; .*\[N, 2, classes\]/],
    [other('c32', [1, 1, 3]), /"c32" is FP32 \[1, 1, 3\]; .*\[N, 1, 2\]/],
    [other('d32', [1, 1, 32]), /"d32" is FP32 \[1, 1, 32\]; .*\[N, 1, 16\] \(4 sides of 4 bins\)/],
  ];
  for (const [model, message] of cases) assert.throws(() => nanodet.create(HEAD, model, PICTURE), { code: 'MODEL_MISMATCH', message });
  assert.throws(() => nanodet.create({ ...HEAD, outputs: { cls_16: 'c16' } }, SPEC, PICTURE), { code: 'CONFIG_INVALID', message: /"dis_16"/ });
  assert.throws(() => nanodet.create({ ...HEAD, outputs: { output: 'c16' } }, SPEC, PICTURE), { code: 'MODEL_MISMATCH', message: /classes \+ 16/ });
});
