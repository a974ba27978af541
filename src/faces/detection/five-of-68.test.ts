import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fiveOf68 } from './five-of-68.js';

test('eyes are the middle of their lids, mouth corners that of outer and inner corner', () => {
  const points = new Float32Array(68 * 3);
  const put = (at: number, x: number, y: number): void => points.set([x, y, 1], at * 3);
  for (const [at, dx, dy] of [[37, -1, -1], [38, 1, -1], [40, 1, 1], [41, -1, 1]] as const) put(at, 30 + dx, 40 + dy); // prettier-ignore
  for (const [at, dx, dy] of [[43, -2, -1], [44, 2, -1], [46, 2, 1], [47, -2, 1]] as const) put(at, 70 + dx, 41 + dy); // prettier-ignore
  put(30, 50, 60);
  put(48, 34, 80);
  put(60, 36, 80);
  put(54, 66, 82);
  put(64, 64, 82);
  assert.deepEqual(fiveOf68(points), [{ x: 30, y: 40 }, { x: 70, y: 41 }, { x: 50, y: 60 }, { x: 35, y: 80 }, { x: 65, y: 82 }]); // prettier-ignore
});

test('another number of points is refused', () => {
  assert.throws(() => fiveOf68(new Float32Array(15)), { code: 'MODEL_MISMATCH', message: /68 points.*got 5/ });
});
