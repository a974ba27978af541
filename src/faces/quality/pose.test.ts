import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCFACE_POINTS } from '../../vision/index.js';
import type { FacePoints } from '../port.js';
import { poseOf } from './pose.js';

/** Another head than the one that is fitted: wider, with a longer nose; millimetres, z away from the viewer. */
const HEAD = [[-34, 0, 2], [34, 0, 2], [0, 38, -28], [-27, 70, -4], [27, 70, -4]] as const; // prettier-ignore

/** The points of that head turned by angles in degrees, seen from afar at two pixels a millimetre. */
function turned(yaw: number, pitch: number, roll: number): FacePoints {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  return HEAD.map(([x, y, z]) => {
    const [x1, z1] = [x * Math.cos(a) - z * Math.sin(a), x * Math.sin(a) + z * Math.cos(a)];
    const y1 = y * Math.cos(b) + z1 * Math.sin(b);
    return { x: 2 * (x1 * Math.cos(c) - y1 * Math.sin(c)) + 300, y: 2 * (x1 * Math.sin(c) + y1 * Math.cos(c)) + 200 };
  }) as unknown as FacePoints;
}

test('yaw and roll of a turned head come out within ten degrees, pitch within fifteen, all with their signs', () => {
  for (const [yaw, pitch, roll] of [
    [0, 0, 0],
    [30, 0, 0],
    [-40, 0, 0],
    [0, 20, 0],
    [0, -20, 0],
    [0, 0, 25],
    [25, 10, -30],
    [-20, -15, 60],
  ] as const) {
    // prettier-ignore
    const pose = poseOf(turned(yaw, pitch, roll));
    assert.ok(
      Math.abs(pose.yaw - yaw) < 10 && Math.abs(pose.pitch - pitch) < 15 && Math.abs(pose.roll - roll) < 10,
      `${yaw} ${pitch} ${roll}: ${JSON.stringify(pose)}`,
    );
  }
});

test('the template of aligned faces looks into the camera', () => {
  const { yaw, pitch, roll } = poseOf(ARCFACE_POINTS as FacePoints);
  assert.ok(Math.abs(yaw) < 2 && Math.abs(pitch) < 2 && Math.abs(roll) < 2);
});

test('points in one place are no face that could be judged', () => {
  const here = { x: 1, y: 1 };
  assert.equal(poseOf([here, here, here, here, here]).yaw, 90);
});
