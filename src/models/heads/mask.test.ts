import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { mask } from './mask.js';
import type { HeadSpec } from './port.js';
import { segmentation } from './segmentation.js';

const PICTURE = { width: 8, height: 8 };
const spec = (...shape: number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape }] });
const out = (shape: readonly number[], ...data: number[]): Tensor[] => [{ name: 'out', datatype: 'FP32', shape, data: Float32Array.from(data) }];
const headOf = (type: string, role: string, settings: Record<string, unknown> = {}): HeadSpec => ({
  type,
  outputs: { [role]: 'out' },
  confidence: 0,
  maximumIou: 1,
  limit: 1,
  settings,
});

test('cover is told in 255 steps, and what is beyond 0 and 1 is cut', () => {
  const decoder = mask.create(headOf('mask', 'mask'), spec(-1, 2, 2, 1), PICTURE);
  const found = decoder.decode(out([1, 2, 2, 1], 0, 0.5, 1.2, -0.1), 0);
  assert.deepEqual(found, { kind: 'mask', size: { width: 2, height: 2 }, values: Uint8Array.of(0, 128, 255, 0), meaning: 'cover' });
});

test('sigmoid of one channel, softmax over all, packed and planar', () => {
  const ln3 = Math.log(3);
  const sigmoid = mask.create(headOf('mask', 'mask', { activation: 'sigmoid' }), spec(1, 1, 2, 1), PICTURE);
  assert.deepEqual([...sigmoid.decode(out([1, 1, 2, 1], 0, ln3), 0).values], [128, 191]);
  const settings = { activation: 'softmax', channel: 1 };
  const packed = mask.create(headOf('mask', 'mask', settings), spec(1, 1, 2, 2), PICTURE);
  assert.deepEqual([...packed.decode(out([1, 1, 2, 2], 0, ln3, ln3, 0), 0).values], [191, 64]);
  const planar = mask.create(headOf('mask', 'mask', { ...settings, layout: 'planar' }), spec(1, 2, 1, 2), PICTURE);
  assert.deepEqual([...planar.decode(out([1, 2, 1, 2], 0, ln3, ln3, 0), 0).values], [191, 64]);
});

test('segmentation: the best class of each pixel, the first on a tie, in both layouts', () => {
  const packed = segmentation.create(headOf('segmentation', 'scores'), spec(1, 1, 2, 3), PICTURE);
  assert.equal(packed.classes, 3);
  const found = packed.decode(out([1, 1, 2, 3], 0, 5, 1, 2, 2, 1), 0);
  assert.deepEqual(found, { kind: 'mask', size: { width: 2, height: 1 }, values: Uint8Array.of(1, 0), meaning: 'classes' });
  const planar = segmentation.create(headOf('segmentation', 'scores', { layout: 'planar' }), spec(1, 3, 1, 2), PICTURE);
  assert.deepEqual(planar.decode(out([1, 3, 1, 2], 0, 2, 5, 2, 1, 1), 0), found);
});

test('a row of a batch is as good as a picture alone', () => {
  const rows = [[0.1, 0.9, 0.4, 0.2], [0.8, 0.3, 0.7, 0.6]]; // prettier-ignore
  const cover = mask.create(headOf('mask', 'mask', { channel: 1 }), spec(-1, 1, 2, 2), PICTURE);
  const classes = segmentation.create(headOf('segmentation', 'scores', { layout: 'planar' }), spec(-1, 2, 1, 2), PICTURE);
  for (const row of [0, 1]) {
    assert.deepEqual(cover.decode(out([2, 1, 2, 2], ...rows.flat()), row), cover.decode(out([1, 1, 2, 2], ...rows[row]!), 0));
    assert.deepEqual(classes.decode(out([2, 2, 1, 2], ...rows.flat()), row), classes.decode(out([1, 2, 1, 2], ...rows[row]!), 0));
  }
});

test('outputs that are no pixels are told', () => {
  assert.throws(() => mask.create(headOf('mask', 'mask', { channel: 1 }), spec(1, 4, 4, 1), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"out" is FP32 \[1, 4, 4, 1\]; .*\[N, H, W, C\] with 2 channels or more/,
  });
  assert.throws(() => segmentation.create(headOf('segmentation', 'scores'), spec(1, 16), PICTURE), { code: 'MODEL_MISMATCH' });
  assert.throws(() => segmentation.create(headOf('segmentation', 'scores'), spec(1, 2, 2, 300), PICTURE), { code: 'MODEL_MISMATCH', message: /256/ });
});
