import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IrLayer } from './ir-file.js';
import { type Extent, priorBoxes } from './prior-boxes.js';

const layer = (type: string, data: Readonly<Record<string, string>>): IrLayer => ({
  id: '1',
  name: 'boxes',
  type,
  version: 'opset1',
  data: { offset: '0.5', variance: '0.1, 0.1, 0.2, 0.2', ...data },
  inputs: [],
  outputs: [],
  blobs: {},
  sources: [],
});

/** One row of two places on a picture 100 wide and 40 high. Numbers are those of OpenVINO 2026.4.1. */
const GRID: Extent = [1, 2];
const PICTURE: Extent = [40, 100];

const boxesOf = (type: string, data: Readonly<Record<string, string>>, expected: readonly number[]): void => {
  const made = priorBoxes(layer(type, data), GRID, PICTURE, expected.length);
  const corners = [...made.subarray(0, expected.length)].map((value) => Math.round(value * 1e6) / 1e6);
  assert.deepEqual(corners, expected);
  const variances = [...made.subarray(expected.length)];
  assert.equal(variances.length, expected.length);
  assert.deepEqual(
    variances.map((value) => Math.round(value * 1e6) / 1e6),
    expected.map((_, at) => [0.1, 0.1, 0.2, 0.2][at % 4]),
  );
};

test('a square, a larger square, and a shape for each aspect ratio and its inverse', () => {
  boxesOf(
    'PriorBox',
    { min_size: '10', max_size: '40', aspect_ratio: '4', flip: 'true', step: '20', clip: 'false', scale_all_sizes: 'true' },
    [
      [0.05, 0.125, 0.15, 0.375, 0, 0, 0.2, 0.5, 0, 0.1875, 0.2, 0.3125, 0.075, 0, 0.125, 0.5],
      [0.25, 0.125, 0.35, 0.375, 0.2, 0, 0.4, 0.5, 0.2, 0.1875, 0.4, 0.3125, 0.275, 0, 0.325, 0.5],
    ].flat(),
  );
});

test('without a step the places fill the picture; clipped corners stay within it', () => {
  boxesOf(
    'PriorBox',
    { min_size: '60', aspect_ratio: '4', step: '0', clip: '1' },
    [
      [0, 0, 0.55, 1, 0, 0.125, 0.85, 0.875],
      [0.45, 0, 1, 1, 0.15, 0.125, 1, 0.875],
    ].flat(),
  );
});

test('sizes that are not scaled each are fractions of the height, and aspect ratios come once', () => {
  boxesOf(
    'PriorBox',
    { min_size: '0.25, 0.5', aspect_ratio: '4', step: '0.5', scale_all_sizes: 'false' },
    [
      [0.05, 0.125, 0.15, 0.375, 0, 0, 0.2, 0.5, 0, 0.1875, 0.2, 0.3125],
      [0.25, 0.125, 0.35, 0.375, 0.2, 0, 0.4, 0.5, 0.2, 0.1875, 0.4, 0.3125],
    ].flat(),
  );
});

test('aspect ratios that are one, or there already, add nothing', () => {
  const plain = { min_size: '10', flip: 'true', step: '20' };
  const once = priorBoxes(layer('PriorBox', { ...plain, aspect_ratio: '4' }), GRID, PICTURE, 24);
  assert.deepEqual(priorBoxes(layer('PriorBox', { ...plain, aspect_ratio: '1, 4, 4' }), GRID, PICTURE, 24), once);
});

test('listed widths and heights, with one step, two, or none', () => {
  const listed = { width: '10', height: '20' };
  boxesOf('PriorBoxClustered', { ...listed, step: '0', step_w: '30', step_h: '10' }, [0.1, -0.125, 0.2, 0.375, 0.4, -0.125, 0.5, 0.375]);
  boxesOf(
    'PriorBoxClustered',
    { width: '10, 20', height: '20, 8', step: '16' },
    [
      [0.03, -0.05, 0.13, 0.45, -0.02, 0.1, 0.18, 0.3],
      [0.19, -0.05, 0.29, 0.45, 0.14, 0.1, 0.34, 0.3],
    ].flat(),
  );
  boxesOf('PriorBoxClustered', { width: '80', height: '20', clip: 'true' }, [0, 0.25, 0.65, 0.75, 0.35, 0.25, 1, 0.75]);
});

test('boxes that are not as many as declared, or not of a known kind, are told by layer', () => {
  const clustered = layer('PriorBoxClustered', { width: '10', height: '20' });
  assert.throws(() => priorBoxes(clustered, GRID, PICTURE, 12), { code: 'INPUT_CORRUPT', message: /"boxes".* makes 8 numbers, but declares 12/ });
  assert.throws(() => priorBoxes(clustered, [1, 2 ** 40], PICTURE, 8), { code: 'INPUT_CORRUPT' });
  assert.throws(() => priorBoxes(layer('PriorBoxClustered', { width: '10, 5', height: '20' }), GRID, PICTURE, 8), {
    message: /2 widths and 1 heights/,
  });
  assert.throws(() => priorBoxes(layer('PriorBox', { fixed_size: '16' }), GRID, PICTURE, 8), { code: 'UNSUPPORTED', message: /fixed_size/ });
});
