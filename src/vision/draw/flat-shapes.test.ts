import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatShapes, readShapes } from './flat-shapes.js';
import { scaledShapes } from './scaled-shapes.js';
import type { Shape } from './shape.js';

const points = [{ x: 1, y: 2 }, { x: 3.5, y: -4 }]; // prettier-ignore
const shapes: readonly Shape[] = [
  { kind: 'box', box: { x1: 1, y1: 2, x2: 30, y2: 40 }, colour: [1, 2, 3], thicknessPx: 3, tag: 'person 12' },
  { kind: 'box', box: { x1: 1, y1: 2, x2: 30, y2: 40 }, colour: [1, 2, 3], thicknessPx: 3 },
  { kind: 'path', points, colour: [4, 5, 6], thicknessPx: 2, closed: true, fading: false },
  { kind: 'path', points: [], colour: [4, 5, 6], thicknessPx: 2, closed: false, fading: true },
  { kind: 'dots', points, colour: [7, 8, 9], radiusPx: 1.5 },
  { kind: 'text', text: '行人', at: { x: 5, y: 6 }, colour: [0, 0, 0], plate: [255, 255, 0], heightPx: 16 },
  { kind: 'text', text: '', at: { x: 5, y: 6 }, colour: [0, 0, 0], heightPx: 16 },
];

test('shapes come back from their journey as they were', () => {
  assert.deepEqual(readShapes(structuredClone(flatShapes(shapes))), shapes);
  assert.deepEqual(readShapes(flatShapes([])), []);
});

test('shapes follow a picture to another size', () => {
  assert.equal(scaledShapes(shapes, { width: 10, height: 10 }, { width: 10, height: 10 }), shapes);
  const [box, , path, , dots, text] = scaledShapes(shapes, { width: 100, height: 100 }, { width: 200, height: 200 });
  assert.deepEqual(box, { ...shapes[0], box: { x1: 2, y1: 4, x2: 60, y2: 80 }, thicknessPx: 6 });
  assert.deepEqual(path, { ...shapes[2], points: [{ x: 2, y: 4 }, { x: 7, y: -8 }], thicknessPx: 4 }); // prettier-ignore
  assert.deepEqual(dots, { ...shapes[4], points: [{ x: 2, y: 4 }, { x: 7, y: -8 }], radiusPx: 3 }); // prettier-ignore
  assert.deepEqual(text, { ...shapes[5], at: { x: 10, y: 12 }, heightPx: 32 });
});
