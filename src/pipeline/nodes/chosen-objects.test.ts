import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '../../core/index.js';
import { type Draft, NOTHING } from './board.js';
import { type ObjectChoice, chosenObjects, mostUrgent } from './chosen-objects.js';

const FRAME = { width: 100, height: 50 };
const draft = (x1: number, y1: number, x2: number, y2: number, confidence = 0.5): Draft => ({
  node: 'detector',
  label: 'car',
  classId: 0,
  confidence,
  box: { x1, y1, x2, y2 } satisfies Box,
  attributes: NOTHING,
});
const ALL: ObjectChoice = { labels: null, minSize: { width: 0, height: 0 }, minConfidence: 0, padding: 0 };
const crops = (drafts: readonly Draft[], choice: Partial<ObjectChoice> = {}) =>
  chosenObjects(drafts, { ...ALL, ...choice }, FRAME).map(({ crop: { x, y, width, height } }) => [x, y, width, height]);

test('a crop is of the whole pixels that the padded box touches, within the frame', () => {
  assert.deepEqual(crops([draft(10, 10, 30, 20)]), [[10, 10, 20, 10]]);
  assert.deepEqual(crops([draft(10.2, 10.9, 29.1, 20)]), [[10, 10, 20, 10]]);
  assert.deepEqual(crops([draft(10, 10, 30, 20)], { padding: 0.1 }), [[8, 9, 24, 12]]);
  assert.deepEqual(crops([draft(-20, 40, 10, 70)], { padding: 0.5 }), [[0, 25, 25, 25]]);
  assert.deepEqual(crops([draft(99.5, 49.5, 99.9, 49.9)]), [[99, 49, 1, 1]]);
});

test('boxes without area in the frame are left out, and so is what is no box', () => {
  assert.deepEqual(crops([draft(5, 5, 5, 20), draft(5, 20, 15, 10), draft(101, 5, 130, 20), draft(-9, 5, 0, 20), draft(NaN, 5, 9, 9)]), []);
});

test('the least size is of the part within the frame', () => {
  const half = draft(90, 0, 110, 20);
  assert.equal(crops([half], { minSize: { width: 10, height: 20 } }).length, 1);
  assert.equal(crops([half], { minSize: { width: 11, height: 0 } }).length, 0);
});

test('the most urgent are those that waited longest, then the most confident, then the first; they keep their order', () => {
  const chosen = chosenObjects([draft(0, 0, 9, 9, 0.5), draft(1, 0, 9, 9, 0.9), draft(2, 0, 9, 9, 0.7), draft(3, 0, 9, 9, 0.7)], ALL, FRAME);
  const left = (limit: number, since?: (x: number) => number): number[] =>
    mostUrgent(chosen, limit, since && (({ crop }) => since(crop.x))).map(({ crop }) => crop.x);
  assert.deepEqual(left(4), [0, 1, 2, 3]);
  assert.deepEqual(left(2), [1, 2]);
  assert.deepEqual(left(2, (x) => (x === 3 ? -1 : 5)), [1, 3]); // prettier-ignore
});
