import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '../../core/index.js';
import { isCutOff, mergeFaces } from './merge-faces.js';

const box = (x1: number, y1: number, x2: number, y2: number): Box => ({ x1, y1, x2, y2 });

test('a face that several tiles saw is kept once, as the surest of them', () => {
  const faces = [
    { box: box(0, 0, 10, 10), confidence: 0.8 },
    { box: box(1, 0, 11, 10), confidence: 0.9 },
    { box: box(30, 0, 40, 10), confidence: 0.7 },
  ];
  assert.deepEqual(mergeFaces(faces), [faces[1], faces[2]]);
});

test('a cut-off view inside of the whole face goes, however little they share of both', () => {
  const whole = { box: box(0, 0, 20, 20), confidence: 0.9 };
  assert.deepEqual(mergeFaces([{ box: box(0, 0, 8, 8), confidence: 0.85 }, whole]), [whole]);
});

test('neighbours whose boxes touch stay two', () => {
  const faces = [
    { box: box(0, 0, 10, 10), confidence: 0.9 },
    { box: box(7, 0, 17, 10), confidence: 0.9 },
  ];
  assert.equal(mergeFaces(faces).length, 2);
});

test('what ends at an inner rim of a tile is cut off; at the rim of the picture it is as it is', () => {
  const picture = { width: 200, height: 100 };
  const left = { x: 0, y: 0, width: 100, height: 100 };
  const right = { x: 80, y: 0, width: 120, height: 100 };
  assert.equal(isCutOff(box(60, 20, 99.9, 60), left, picture), true);
  assert.equal(isCutOff(box(60, 20, 95, 60), left, picture), false);
  assert.equal(isCutOff(box(0, 0, 40, 100), left, picture), false);
  assert.equal(isCutOff(box(80.1, 20, 120, 60), right, picture), true);
  assert.equal(isCutOff(box(160, 20, 200, 60), right, picture), false);
});
