import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { yolox } from './yolox.js';

const HEAD: HeadSpec = {
  type: 'yolox',
  outputs: { output: 'output' },
  confidence: 0.3,
  maximumIou: 0.5,
  limit: 10,
  settings: { strides: [16, 32] },
};
// 32x32 gives 2x2 cells at stride 16 and one at 32.
const PICTURE = { width: 32, height: 32 };
const CELLS = 5;
const specOf = (shape: readonly number[], datatype: 'FP32' | 'INT32' = 'FP32'): ModelSpec => ({
  inputs: [],
  outputs: [{ name: 'output', datatype, shape }],
});
const SPEC = specOf([-1, CELLS, 7]);

/** An output whose cells are empty but those given: cell -> dx, dy, log width, log height, objectness, two class scores. */
function outputOf(...pictures: Readonly<Record<number, readonly number[]>>[]): Tensor {
  const data = new Float32Array(pictures.length * CELLS * 7);
  pictures.forEach((cells, row) => Object.entries(cells).forEach(([cell, values]) => data.set(values, (row * CELLS + Number(cell)) * 7)));
  return { name: 'output', datatype: 'FP32', shape: [pictures.length, CELLS, 7], data };
}

test('a cell is its offset in cells, its size the exponential in strides', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  // Cell 3 is column 1, row 1 at stride 16: centre (1.5, 1.25) * 16 = (24, 20), size e^0 * 16 = 16 by e^ln(0.5) * 16 = 8.
  const { boxes, scores, classIds } = decoder.decode([outputOf({ 3: [0.5, 0.25, 0, Math.log(0.5), 0.5, 0.25, 1] })], 0);
  assert.deepEqual([...boxes], [16, 16, 32, 24]);
  assert.deepEqual([...scores], [0.5]);
  assert.deepEqual([...classIds], [1]);
});

test('the grid of the next stride follows the first', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const { boxes } = decoder.decode([outputOf({ 4: [0.5, 0.5, 0, 0, 1, 1, 0] })], 0);
  assert.deepEqual([...boxes], [0, 0, 32, 32]);
});

test('confidence is objectness times class score, and a request may set it', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const outputs = [outputOf({ 0: [0, 0, 0, 0, 0.5, 0.5, 0.25] })];
  assert.equal(decoder.decode(outputs, 0).scores.length, 0);
  assert.deepEqual([...decoder.decode(outputs, 0, { confidence: 0.25 }).scores], [0.25]);
  assert.equal(decoder.decode(outputs, 0).scores.length, 0);
});

test('equal scores keep the order of the cells, equal class scores the lower class', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const cell = [0.5, 0.5, 0, 0, 1, 0.5, 0.5];
  const { boxes, classIds } = decoder.decode([outputOf({ 3: cell, 0: cell, 1: cell })], 0);
  assert.deepEqual(
    Array.from({ length: 3 }, (_, i) => [boxes[i * 4], boxes[i * 4 + 1]]),
    [
      [0, 0],
      [16, 0],
      [16, 16],
    ],
  );
  assert.deepEqual([...classIds], [0, 0, 0]);
});

test('overlapping boxes of one class are suppressed, of two classes kept', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const at = (x: number, ...scores: number[]) => [x, 0.5, Math.log(2), 0, 1, ...scores];
  // Both 32 wide, centres (16, 8) from cell 0 and (16, 8) from cell 1.
  assert.deepEqual([...decoder.decode([outputOf({ 0: at(1, 0.8, 0), 1: at(0, 0.9, 0) })], 0).scores], [Math.fround(0.9)]);
  assert.equal(decoder.decode([outputOf({ 0: at(1, 0.8, 0), 1: at(0, 0, 0.9) })], 0).scores.length, 2);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const pictures = [{ 0: [0.1, 0.2, 0.3, 0.4, 0.9, 0.8, 0.1] }, {}, { 2: [0.3, 0.1, 0, 0.2, 0.7, 0.1, 0.9], 4: [0, 0, 0, 0, 0.9, 0.9, 0] }];
  const batch = [outputOf(...pictures)];
  pictures.forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode([outputOf(picture)], 0)));
});

test('NaN never becomes a detection', () => {
  const decoder = yolox.create(HEAD, SPEC, PICTURE);
  const outputs = [outputOf({ 0: [0, 0, 0, 0, Number.NaN, 1, 1], 1: [0, 0, 0, 0, 1, Number.NaN, Number.NaN] })];
  assert.equal(decoder.decode(outputs, 0).scores.length, 0);
});

test('an output that does not fit is told with its shape and the one that fits', () => {
  const wrong = [specOf([1, 4, 7]), specOf([1, 5, 5]), specOf([5, 7]), specOf([1, 5, 7], 'INT32')];
  for (const spec of wrong)
    assert.throws(() => yolox.create(HEAD, spec, PICTURE), {
      code: 'MODEL_MISMATCH',
      message: /output "output" is \w+ \[.*\]; .* needs \[N, 5, 5 \+ classes\] for a picture of 32x32/,
    });
  assert.throws(() => yolox.create({ ...HEAD, outputs: { output: 'outptu' } }, SPEC, PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /no output "outptu". Did you mean "output"\?/,
  });
  assert.throws(() => yolox.create({ ...HEAD, outputs: {} }, SPEC, PICTURE), { code: 'CONFIG_INVALID', message: /the name of output "output"/ });
  assert.throws(() => yolox.create({ ...HEAD, settings: { stride: [8] } }, SPEC, PICTURE), { code: 'CONFIG_INVALID', message: /"stride"/ });
});

test('a full-size output without objects decodes in a fraction of a frame', () => {
  // 3549 cells of 80 classes, as yolox-nano at 416. The target is 0.3 ms; the bound is wide because test machines are shared.
  const decoder = yolox.create({ ...HEAD, settings: {} }, specOf([1, 3549, 85]), { width: 416, height: 416 });
  const outputs: Tensor[] = [{ name: 'output', datatype: 'FP32', shape: [1, 3549, 85], data: new Float32Array(3549 * 85).fill(0.1) }];
  for (let i = 0; i < 50; i++) decoder.decode(outputs, 0);
  const startMs = performance.now();
  for (let i = 0; i < 100; i++) decoder.decode(outputs, 0);
  assert.ok((performance.now() - startMs) / 100 < 2);
});
