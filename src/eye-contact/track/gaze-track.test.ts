import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GazeTrack } from './gaze-track.js';

const at = (yaw: number, pitch = 0) => ({ yaw, pitch });
const SECONDS = 1 / 25;

for (const smoothed of [true, false])
  test(`behind closed lids the gaze rests${smoothed ? '' : ', not smoothed'}`, () => {
    const track = new GazeTrack(smoothed);
    for (let frame = 0; frame < 25; frame++) track.next([at(5), at(5)], [1, 1], SECONDS);
    assert.deepEqual(track.next([at(28), at(-20)], [0, 0], SECONDS), [at(5), at(5)]);
  });

test('one eye that is not trusted follows the other, and keeps what it differs by', () => {
  const track = new GazeTrack(true);
  for (let frame = 0; frame < 25; frame++) track.next([at(2), at(-2)], [1, 1], SECONDS);
  const [left, right] = track.next([at(12), at(-40)], [1, 0], SECONDS);
  assert.ok(Math.abs(left.yaw - 12) < 0.3, `${left.yaw}`);
  assert.ok(Math.abs(right.yaw - 8) < 0.3, `${right.yaw}`);
});

test('both eyes keep what they differ by', () => {
  const track = new GazeTrack(true);
  let gazes = track.next([at(3), at(-3)], [1, 1], SECONDS);
  for (let frame = 0; frame < 50; frame++) gazes = track.next([at(3), at(-3)], [1, 1], SECONDS);
  assert.deepEqual(gazes, [at(3), at(-3)]);
});
