import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderFace, syntheticScene, truthOf } from '../synthetic/index.js';
import { gazeAtOffset, irisCover, irisOffset, lidAt, steepestAlongLid } from './index.js';

const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test('a lid is read between its points', () => {
  const lid = [{ x: 0, y: 10 }, { x: 4, y: 2 }, { x: 8, y: 10 }]; // prettier-ignore
  assert.equal(lidAt(lid, 1), 8);
  assert.equal(lidAt(lid, 8), 10);
  assert.equal(lidAt(lid, -5), 10);
});

test('the steepest step along a lid is that of a hard edge which crosses it', () => {
  const data = Uint8Array.from({ length: 40 * 9 * 3 }, (_, i) => (Math.floor(i / 3) % 40 < 20 ? 60 : 100));
  const lid = [{ x: 0, y: 4.5 }, { x: 40, y: 4.5 }]; // prettier-ignore
  near(steepestAlongLid({ size: { width: 40, height: 9 }, data }, lid), 40, 2.5);
  assert.equal(steepestAlongLid({ size: { width: 40, height: 9 }, data: data.fill(7) }, lid), 0);
});

test('cover: an iris of 5.85 mm at y 0 under a lid 4 mm above covers 1.85 mm', () => {
  const radius = 11.7;
  const level = (y: number) => [{ x: -30, y }, { x: 30, y }]; // prettier-ignore
  const view = { ...truthOf(syntheticScene()).eyes[0], upperLid: level(-8), lowerLid: level(12) };
  const { upper, lower } = irisCover({ ...view, iris: { centre: { x: 0, y: 0 }, radius, ring: [] } });
  near(upper, 1.85, 1e-9);
  near(lower, -0.15, 1e-9);
});

test('an iris that lies elsewhere is found, and its gaze told', () => {
  const gaze = { yaw: 6, pitch: -3 };
  const scene = syntheticScene({ iris: 'blue', noise: 1 });
  const truth = renderFace(scene);
  const other = renderFace({ ...scene, gaze: [gaze, gaze], frame: 1 });
  const view = truth.face.eyes[0];
  const found = gazeAtOffset(view, irisOffset(other.picture, truth.picture, view, 6));
  near(found.yaw, 6, 0.4);
  near(found.pitch, -3, 0.4);
  const same = irisOffset(truth.picture, truth.picture, view, 6);
  near(gazeAtOffset(view, same).yaw, 0, 1e-9);
});
