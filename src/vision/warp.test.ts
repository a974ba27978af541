import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ARCFACE_POINTS,
  type PackedRgb,
  type Similarity,
  fitWarp,
  inverted,
  similarityOf,
  transformPoint,
  transformPoints,
  turnedCrop,
  warp,
} from './warp.js';
import type { PlanePoint } from './min-area-rectangle.js';

function near(actual: PlanePoint, expected: PlanePoint, within = 1e-9): void {
  assert.ok(Math.hypot(actual.x - expected.x, actual.y - expected.y) <= within, `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

/** A quarter turn to the right on the screen, twice as large, moved by 10 and 20. */
const TURN: Similarity = { a: 0, b: 2, tx: 10, ty: 20 };
const IDENTITY: Similarity = { a: 1, b: 0, tx: 0, ty: 0 };

test('the transform of exact pairs is found, and leads back', () => {
  const from = ARCFACE_POINTS;
  const found = similarityOf(
    from,
    from.map((point) => transformPoint(TURN, point)),
  );
  for (const key of ['a', 'b', 'tx', 'ty'] as const) assert.ok(Math.abs(found[key] - TURN[key]) < 1e-9, `${key}: ${found[key]}`);
  for (const point of from) near(transformPoint(inverted(found), transformPoint(found, point)), point);
});

test('of pairs that do not fit exactly, the least squares are taken', () => {
  // Four corners of a square, one of them pulled: no change of a or b lowers the sum of squares.
  const from = [0, 1, 2, 3].map((i) => ({ x: i & 1, y: i >> 1 }));
  const to = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 0, y: 10 }, { x: 14, y: 12 }]; // prettier-ignore
  const found = similarityOf(from, to);
  const sumOf = (transform: Similarity): number =>
    from.reduce((sum, point, i) => {
      const { x, y } = transformPoint(transform, point);
      return sum + (x - to[i]!.x) ** 2 + (y - to[i]!.y) ** 2;
    }, 0);
  for (const key of ['a', 'b', 'tx', 'ty'] as const)
    for (const by of [-0.01, 0.01]) assert.ok(sumOf({ ...found, [key]: found[key] + by }) > sumOf(found), `${key} ${by}`);
});

test('pairs that tell no transform are refused', () => {
  const here = { x: 3, y: 4 };
  assert.throws(() => similarityOf([here], [here]), { code: 'INVALID_ARGUMENT', message: /two or more pairs/ });
  assert.throws(() => similarityOf([here, here], [here, { x: 0, y: 0 }]), { code: 'INVALID_ARGUMENT', message: /one place/ });
  assert.throws(() => inverted({ a: 0, b: 0, tx: 1, ty: 1 }), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => turnedCrop(here, 0, 0, { width: 8, height: 8 }), { code: 'INVALID_ARGUMENT' });
});

test('a turned crop has its centre in the middle, and a sloping line level in it', () => {
  const size = { width: 192, height: 192 };
  const centre = { x: 300, y: 200 };
  const angle = 0.3;
  const toCrop = turnedCrop(centre, 96, angle, size);
  near(transformPoint(toCrop, centre), { x: 96, y: 96 });
  const along = { x: centre.x + 10 * Math.cos(angle), y: centre.y + 10 * Math.sin(angle) };
  // Ten pixels of the frame are twenty of the crop.
  near(transformPoint(toCrop, along), { x: 116, y: 96 });
});

test('points move with their scores untouched', () => {
  const moved = transformPoints(Float32Array.of(1, 2, 0.5, 3, 4, 0.25), TURN);
  assert.deepEqual([...moved], [10 - 4, 20 + 2, 0.5, 10 - 8, 20 + 6, 0.25]);
  assert.deepEqual([...transformPoints(Float32Array.of(1, 2), TURN, 2)], [6, 22]);
});

/** Two by two: red, green, blue, white. */
const SQUARE: PackedRgb = { size: { width: 2, height: 2 }, data: Uint8Array.of(200, 0, 0, 0, 100, 0, 0, 0, 50, 250, 250, 250) };
const into = (width: number, height: number, order: 'rgb' | 'bgr' | 'gray' = 'rgb', layout: 'packed' | 'planar' = 'packed', pad = 7) => ({
  size: { width, height },
  order,
  layout,
  pad,
});

test('a warp that changes nothing changes nothing, in any order and layout', () => {
  assert.deepEqual(warp(SQUARE, IDENTITY, into(2, 2)), SQUARE.data);
  assert.deepEqual([...warp(SQUARE, IDENTITY, into(2, 2, 'bgr')).subarray(0, 6)], [0, 0, 200, 0, 100, 0]);
  assert.deepEqual([...warp(SQUARE, IDENTITY, into(2, 2, 'rgb', 'planar'))], [200, 0, 0, 250, 0, 100, 0, 250, 0, 0, 50, 250]);
  assert.deepEqual([...warp(SQUARE, IDENTITY, into(2, 2, 'bgr', 'planar')).subarray(0, 4)], [0, 0, 50, 250]);
  // BT.601: 0.299 of red, 0.587 of green, 0.114 of blue.
  assert.deepEqual([...warp(SQUARE, IDENTITY, into(2, 2, 'gray'))], [60, 59, 6, 250]);
});

test('a quarter turn moves pixels to their places exactly', () => {
  // Clockwise by 90 degrees: (x, y) goes to (2 - y, x).
  const turned = warp(SQUARE, { a: 0, b: 1, tx: 2, ty: 0 }, into(2, 2));
  assert.deepEqual([...turned], [0, 0, 50, 200, 0, 0, 250, 250, 250, 0, 100, 0]);
});

test('between pixels the four around are mixed, and outside is padding', () => {
  // One pixel whose middle is the corner that all four share.
  const middle = warp(SQUARE, { a: 1, b: 0, tx: -0.5, ty: -0.5 }, into(1, 1));
  assert.deepEqual([...middle], [(200 + 250) / 4, (100 + 250) / 4, (50 + 250) / 4].map(Math.round));
  assert.deepEqual([...warp(SQUARE, { a: 1, b: 0, tx: 5, ty: 0 }, into(1, 1))], [7, 7, 7]);
});

/** What a frame answers to the request of a fit, by box averaging; the frame's colours are planes, so that every place has a colour of its own. */
function rendered({ source, size }: ReturnType<typeof fitWarp>['request']): PackedRgb {
  const data = new Uint8Array(size.width * size.height * 3);
  const { x, y, width, height } = source!;
  for (let row = 0; row < size.height; row++)
    for (let column = 0; column < size.width; column++)
      data.set([(x + ((column + 0.5) * width) / size.width) / 4, (y + ((row + 0.5) * height) / size.height) / 4, 0], (row * size.width + column) * 3);
  return { size, data };
}

test('a fit asks for the region alone, no finer than needed, and its warp shows the right place', () => {
  const frame = { width: 1000, height: 800 };
  for (const [side, angle] of [
    [448, 0.4],
    [224, -1],
    [56, 2.5],
  ] as const) {
    // prettier-ignore
    const toTarget = turnedCrop({ x: 500, y: 400 }, side, angle, { width: 112, height: 112 });
    const plan = fitWarp(frame, into(112, 112), toTarget);
    const longest = side * Math.SQRT2 + 4;
    assert.ok(plan.request.source!.width <= longest && plan.request.source!.height <= longest);
    assert.ok(plan.request.size.width <= 112 * Math.SQRT2 + 2, `${plan.request.size.width}`);
    const seen = warp(rendered(plan.request), plan.toTarget, into(112, 112));
    for (const [u, v] of [
      [56, 56],
      [10, 90],
      [100, 20],
    ] as const) {
      // prettier-ignore
      const { x, y } = transformPoint(plan.toFrame, { x: u + 0.5, y: v + 0.5 });
      const at = (v * 112 + u) * 3;
      // A step of colour is four pixels of the frame.
      assert.ok(
        Math.abs(seen[at]! * 4 - x) <= 8 && Math.abs(seen[at + 1]! * 4 - y) <= 8,
        `${u},${v}: ${seen[at]! * 4},${seen[at + 1]! * 4} is not ${x},${y}`,
      );
    }
  }
});

test('a crop beyond the edge asks for what is there', () => {
  const plan = fitWarp({ width: 100, height: 100 }, into(50, 50), turnedCrop({ x: 0, y: 95 }, 50, 0, { width: 50, height: 50 }));
  assert.deepEqual(plan.request.source, { x: 0, y: 69, width: 26, height: 31 });
  const outside = fitWarp({ width: 100, height: 100 }, into(50, 50), turnedCrop({ x: 500, y: 500 }, 50, 0, { width: 50, height: 50 }));
  assert.deepEqual(outside.request.source, { x: 99, y: 99, width: 1, height: 1 });
  assert.ok(warp(rendered(outside.request), outside.toTarget, into(50, 50)).every((byte) => byte === 7));
});
