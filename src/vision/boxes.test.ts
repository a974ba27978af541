import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area, clip, fromCxCyWh, fromXyWh, iou } from './boxes.js';

test('both ways to write a box give corners', () => {
  assert.deepEqual(fromCxCyWh(10, 20, 4, 8), { x1: 8, y1: 16, x2: 12, y2: 24 });
  assert.deepEqual(fromXyWh(8, 16, 4, 8), { x1: 8, y1: 16, x2: 12, y2: 24 });
});

test('the area of an inverted box is 0', () => {
  assert.equal(area(fromXyWh(1, 1, 3, 4)), 12);
  assert.equal(area({ x1: 5, y1: 0, x2: 1, y2: 4 }), 0);
});

test('intersection over union', () => {
  const box = fromXyWh(0, 0, 10, 10);
  assert.equal(iou(box, box), 1);
  // Half of each is shared: 50 / (100 + 100 - 50).
  assert.equal(iou(box, fromXyWh(5, 0, 10, 10)), 1 / 3);
  assert.equal(iou(box, fromXyWh(2, 2, 5, 5)), 0.25);
  assert.equal(iou(box, fromXyWh(10, 0, 10, 10)), 0);
  assert.equal(iou(box, fromXyWh(3, 3, 0, 5)), 0);
});

test('clipping keeps what is inside, and leaves nothing of a box outside', () => {
  const size = { width: 100, height: 50 };
  assert.deepEqual(clip({ x1: -5, y1: 10, x2: 120, y2: 60 }, size), { x1: 0, y1: 10, x2: 100, y2: 50 });
  assert.equal(area(clip({ x1: 150, y1: 10, x2: 160, y2: 20 }, size)), 0);
});
