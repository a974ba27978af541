import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convexHull, cornersOf, minAreaRectangle, type PlanePoint, type SlantedRectangle } from './min-area-rectangle.js';

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
const turned = ({ x, y }: PlanePoint, angle: number): PlanePoint => ({
  x: 50 + x * Math.cos(angle) - y * Math.sin(angle),
  y: 40 + x * Math.sin(angle) + y * Math.cos(angle),
});

test('a hull has the outer points only, each once', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 4, y: 0 },
    { x: 4, y: 4 },
    { x: 0, y: 4 },
    { x: 2, y: 2 },
    { x: 2, y: 0 },
    { x: 4, y: 4 },
  ];
  assert.deepEqual(convexHull(points), [points[0], points[1], points[2], points[3]]);
  assert.deepEqual(convexHull([points[0]!, points[0]!]), [points[0]]);
  assert.deepEqual(convexHull([]), []);
});

test('a rectangle is found again at any angle, whatever lies inside it', () => {
  for (let degrees = -85; degrees <= 85; degrees += 10) {
    const angle = (degrees * Math.PI) / 180;
    const points = [-10, -3, 0, 7, 10].flatMap((x) => [-2, 1, 2].map((y) => turned({ x, y }, angle)));
    const found = minAreaRectangle(points);
    near(found.cx, 50);
    near(found.cy, 40);
    near(Math.max(found.width, found.height), 20);
    near(Math.min(found.width, found.height), 4);
    // The long side lies along the angle, up to half a turn.
    const along = found.width > found.height ? found.angle : found.angle + Math.PI / 2;
    near(Math.abs(Math.sin(along - angle)), 0);
  }
});

test('of equally small rectangles the level one is taken', () => {
  const square = [0, 10].flatMap((x) => [0, 10].map((y) => ({ x, y })));
  assert.deepEqual(minAreaRectangle(square), { cx: 5, cy: 5, width: 10, height: 10, angle: 0 });
});

test('points on a line give a rectangle without height', () => {
  const found = minAreaRectangle([0, 1, 2].map((i) => ({ x: i, y: i })));
  near(Math.min(found.width, found.height), 0);
  near(Math.max(found.width, found.height), Math.hypot(2, 2));
});

test('corners come top left first and clockwise, whichever way the rectangle is described', () => {
  const level: SlantedRectangle = { cx: 10, cy: 5, width: 8, height: 2, angle: 0 };
  const expected = [
    [6, 4],
    [14, 4],
    [14, 6],
    [6, 6],
  ];
  const same = [level, { ...level, angle: Math.PI }, { ...level, width: 2, height: 8, angle: Math.PI / 2 }];
  for (const rectangle of same)
    cornersOf(rectangle).forEach(({ x, y }, i) => {
      near(x, expected[i]![0]!);
      near(y, expected[i]![1]!);
    });
});
