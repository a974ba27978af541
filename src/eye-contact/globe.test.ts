import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CORNEA_DEPTH,
  CORNEA_RADIUS,
  angleBetween,
  composed,
  directionOf,
  headRotation,
  rotationBetween,
  transposed,
  turned,
  vectorOf,
} from './globe.js';

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('directions become vectors and come back: yaw to the right, pitch up', () => {
  assert.deepEqual(vectorOf({ yaw: 0, pitch: 0 }), [0, -0, 1]);
  const [x, y, z] = vectorOf({ yaw: 90, pitch: 30 });
  near(x, Math.cos(Math.PI / 6));
  near(y, -0.5);
  near(z, 0);
  const back = directionOf(vectorOf({ yaw: -21, pitch: 13 }));
  near(back.yaw, -21);
  near(back.pitch, 13);
});

test('the angle between directions', () => {
  near(angleBetween({ yaw: 10, pitch: 0 }, { yaw: -5, pitch: 0 }), 15);
  near(angleBetween({ yaw: 90, pitch: 0 }, { yaw: 0, pitch: 90 }), 90);
  near(angleBetween({ yaw: 3, pitch: 4 }, { yaw: 3, pitch: 4 }), 0);
});

test('a head looks where its angles say, and rolls clockwise', () => {
  const { yaw, pitch } = directionOf(turned(headRotation({ yaw: 20, pitch: -10, roll: 35 }), [0, 0, 1]));
  near(yaw, 20);
  near(pitch, -10);
  const [x, y] = turned(headRotation({ yaw: 0, pitch: 0, roll: 90 }), [1, 0, 0]);
  near(x, 0);
  near(y, 1);
});

test('the shortest rotation brings one vector to the other and leaves their axis alone', () => {
  const [from, to] = [vectorOf({ yaw: 10, pitch: 5 }), vectorOf({ yaw: -20, pitch: 12 })];
  const rotation = rotationBetween(from, to);
  turned(rotation, from).forEach((value, i) => near(value, to[i]!));
  const axis = [from[1] * to[2] - from[2] * to[1], from[2] * to[0] - from[0] * to[2], from[0] * to[1] - from[1] * to[0]] as const;
  turned(rotation, axis).forEach((value, i) => near(value, axis[i]!));
});

test('a rotation after its reverse changes nothing', () => {
  const rotation = headRotation({ yaw: 20, pitch: -10, roll: 35 });
  composed(transposed(rotation), rotation).forEach((value, i) => near(value, i % 4 === 0 ? 1 : 0));
});

test('the cornea stands about a millimetre out of the globe', () => {
  // sqrt(12² - 5.85²) - sqrt(7.8² - 5.85²) + 7.8 = 10.478 - 5.159 + 7.8
  assert.ok(Math.abs(CORNEA_DEPTH + CORNEA_RADIUS - 13.119) < 1e-3);
});
