import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RIGID_POINTS } from './canonical-face.js';
import { headPlane, fromPlane, toPlane } from './head-plane.js';
import { anglesOf, poseOf, project } from './head-pose.js';
import { PoseTrack } from './pose-track.js';
import { compose, rotate, turn } from './rotation.js';

/** Yaw to the picture's right, pitch upwards, roll clockwise: about the head's own axes, the last first. */
const held = (yaw: number, pitch: number, roll: number) => compose(turn([0, 1, 0], yaw), compose(turn([1, 0, 0], -pitch), turn([0, 0, 1], -roll)));

/** The mesh of a canonical face that is held so, with its origin at 300, 200. */
function meshOf(yaw: number, pitch: number, roll: number, scale: number): Float32Array {
  const mesh = new Float32Array(468 * 3);
  for (const { index, at } of RIGID_POINTS) {
    const [x, y, z] = rotate(held(yaw, pitch, roll), at);
    mesh.set([300 + x * scale, 200 - y * scale, -z * scale], index * 3);
  }
  return mesh;
}

for (const [yaw, pitch, roll] of [[0, 0, 0], [25, 0, 0], [0, -20, 0], [0, 0, 40], [-35, 12, -20], [60, 30, 10]] as const)
  test(`a head at yaw ${yaw}, pitch ${pitch}, roll ${roll} is read as such`, () => {
    const pose = poseOf(meshOf(yaw, pitch, roll, 14));
    const angles = anglesOf(pose);
    assert.ok(Math.abs(angles.yaw - yaw) < 0.01 && Math.abs(angles.pitch - pitch) < 0.01 && Math.abs(angles.roll - roll) < 0.01, JSON.stringify(angles));
    assert.ok(Math.abs(pose.scale - 14) < 1e-3 && Math.abs(pose.x - 300) < 0.01 && Math.abs(pose.y - 200) < 0.01);
  }); // prettier-ignore

test('a head that turns to the picture’s right shows its nose there', () => {
  const nose = project(poseOf(meshOf(20, 0, 0, 14)), [0, 0, 7]);
  assert.ok(nose.x > 320 && Math.abs(nose.y - 200) < 1, JSON.stringify(nose));
});

test('the plane of a head goes with it', () => {
  const at = [-3.1, 2.6, 3.5] as const;
  const pose = poseOf(meshOf(0, 0, 30, 14));
  const plane = headPlane(pose, at);
  const there = toPlane(plane, project(pose, [-2.1, 2.6, 3.5]));
  assert.ok(Math.abs(there.x - 1) < 1e-3 && Math.abs(there.y) < 1e-3, JSON.stringify(there));
  const back = toPlane(plane, fromPlane(plane, { x: 0.3, y: -0.7 }));
  assert.ok(Math.abs(back.x - 0.3) < 1e-9 && Math.abs(back.y + 0.7) < 1e-9);
});

test('a pose is held still at rest, and follows a movement at once', () => {
  const track = new PoseTrack(true, true);
  for (let frame = 0; frame < 50; frame++) track.next(poseOf(meshOf(0.3 * Math.sin(frame * 2), 0, 0, 14)), 1 / 25);
  const calm = Array.from({ length: 20 }, (_, frame) => anglesOf(track.next(poseOf(meshOf(0.3 * Math.sin(frame * 2), 0, 0, 14)), 1 / 25)).yaw);
  assert.ok(Math.max(...calm.map(Math.abs)) < 0.15, `${calm}`);
  const moved = track.next(poseOf(meshOf(20, 0, 0, 14)), 1 / 25);
  assert.ok(anglesOf(moved).yaw > 18, `${anglesOf(moved).yaw}`);
});
