import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ink } from './ink.js';

const total = (ink: Ink): number => ink.bytes.reduce((sum, value) => sum + value, 0) / 255;
const at = (ink: Ink, x: number, y: number): number => ink.bytes[y * ink.width + x]!;

test('a line along pixel edges is crisp, one between them is half on both sides', () => {
  const ink = new Ink({ width: 40, height: 20 });
  ink.path([{ x: 5, y: 10 }, { x: 30, y: 10 }], 4); // prettier-ignore
  assert.deepEqual([7, 8, 9, 10, 11, 12].map((y) => at(ink, 15, y)), [0, 255, 255, 255, 255, 0]); // prettier-ignore
  ink.clear();
  ink.path([{ x: 5, y: 10.5 }, { x: 30, y: 10.5 }], 4); // prettier-ignore
  assert.deepEqual([7, 8, 9, 10, 11, 12, 13].map((y) => at(ink, 15, y)), [0, 128, 255, 255, 255, 128, 0]); // prettier-ignore
});

test('what is inked has the area of the shape, at any angle', () => {
  for (const [x, y] of [
    [80, 20],
    [20, 80],
    [75, 75],
    [22, 77],
    [90, 31.5],
    [20, 20],
  ] as const) {
    // prettier-ignore
    const ink = new Ink({ width: 110, height: 110 });
    ink.path([{ x: 20, y: 20 }, { x, y }], 6); // prettier-ignore
    const area = 6 * Math.hypot(x - 20, y - 20) + Math.PI * 9;
    assert.ok(Math.abs(total(ink) - area) < area * 0.02 + 0.5, `to ${x},${y}: ${total(ink)}, not ${area}`);
  }
});

test('joints are inked once; a closed path comes back to its beginning', () => {
  const corner = [{ x: 10, y: 10 }, { x: 30, y: 10 }, { x: 30, y: 30 }]; // prettier-ignore
  const open = new Ink({ width: 40, height: 40 });
  open.path(corner, 3);
  assert.equal(Math.max(...open.bytes), 255);
  assert.equal(at(open, 20, 20), 0);
  const closed = new Ink({ width: 40, height: 40 });
  closed.path(corner, 3, { closed: true });
  assert.equal(at(closed, 20, 20), 255);
});

test('a fading path begins faint and ends full', () => {
  const ink = new Ink({ width: 100, height: 10 });
  ink.path(Array.from({ length: 10 }, (_, i) => ({ x: 5 + i * 10, y: 5 })), 4, { fading: true }); // prettier-ignore
  const along = [5, 25, 50, 75, 94].map((x) => at(ink, x, 5));
  assert.deepEqual(
    along,
    along.toSorted((a, b) => a - b),
  );
  assert.ok(along[0]! < 40 && along[4]! > 240, along.join(' '));
});

test('what is far, long or no number is cut, and drawing it takes no time', () => {
  const ink = new Ink({ width: 60, height: 40 });
  const startMs = performance.now();
  for (const far of [1e5, 1e12, 1e300, Infinity]) {
    ink.clear();
    ink.path([{ x: -far, y: 20 }, { x: far, y: 20 }], 2); // prettier-ignore
    assert.deepEqual([at(ink, 0, 20), at(ink, 30, 20), at(ink, 59, 20), at(ink, 30, 15)], [255, 255, 255, 0]);
    ink.path([{ x: far, y: far }, { x: far * 2, y: 0 }], far); // prettier-ignore
    ink.dot({ x: -far, y: 5 }, 3);
  }
  ink.clear();
  ink.path([{ x: NaN, y: 5 }, { x: 5, y: 5 }, { x: 5, y: NaN }], 3); // prettier-ignore
  assert.equal(total(ink), 0);
  ink.path([], 3);
  ink.path([{ x: 30, y: 20 }], 4);
  assert.ok(Math.abs(total(ink) - Math.PI * 4) < 0.5, 'one point is a dot');
  assert.ok(performance.now() - startMs < 500);
});

test('clearing leaves nothing', () => {
  const ink = new Ink({ width: 50, height: 50 });
  ink.path([{ x: -5, y: 60 }, { x: 45, y: -8 }], 5); // prettier-ignore
  ink.dot({ x: 25, y: 25 }, 12);
  ink.clear();
  assert.equal(total(ink), 0);
  assert.ok(ink.left.every((value, y) => value >= ink.right[y]!));
});
