import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eyeRect, measureEyes } from '../evaluate/index.js';
import type { Direction, TrackedFace } from '../eyes.js';
import { changedOutside, psnr } from '../metrics/index.js';
import { type SyntheticScene, renderFace, syntheticScene } from '../synthetic/index.js';
import { type GazeChange, applyPatches, createEyeRenderer } from './index.js';

const AHEAD = { yaw: 0, pitch: 0 };
const scene = (given: Partial<SyntheticScene>): SyntheticScene => syntheticScene({ scale: 1.4, size: { width: 180, height: 64 }, ...given });
const both = (yaw: number, pitch: number): readonly [Direction, Direction] => [
  { yaw, pitch },
  { yaw, pitch },
];
const toward = (face: TrackedFace, to: Direction): readonly [GazeChange, GazeChange] => [
  { from: face.eyes[0].gaze, to },
  { from: face.eyes[1].gaze, to },
];

test('eyes that look aside are turned to the camera: near the truth, where it says, and nowhere else', () => {
  const truth = renderFace(scene({ iris: 'blue' }));
  for (const gaze of [both(14, 0), both(-8, -12)]) {
    const { picture, face } = renderFace(scene({ iris: 'blue', gaze, frame: 1 }));
    const patches = createEyeRenderer().render(picture, face, toward(face, AHEAD));
    assert.equal(patches.length, 2);
    for (const { x, y, size } of patches) for (const value of [x, y, size.width, size.height]) assert.equal(value % 2, 0);
    const after = applyPatches(picture, patches);
    assert.equal(changedOutside(picture, after, patches.map(({ x, y, size }) => ({ x, y, ...size }))), 0); // prettier-ignore
    measureEyes(after, truth, picture).forEach((eye, i) => {
      const left = measureEyes(picture, truth, picture)[i]!;
      assert.ok(eye.psnr > left.psnr + 9, `${eye.psnr} dB after ${left.psnr} dB`);
      assert.ok(eye.gaze < 1.2, `looks ${eye.gaze} degrees past the camera`);
    });
  }
});

test('eyes within half a degree of their target are left alone', () => {
  const { picture, face } = renderFace(scene({ gaze: both(0.3, -0.3) }));
  assert.deepEqual(createEyeRenderer().render(picture, face, toward(face, AHEAD)), []);
});

test('a closed eye is never painted on', () => {
  const { picture, face } = renderFace(scene({ openness: 0.05, gaze: both(15, 0) }));
  assert.deepEqual(createEyeRenderer().render(picture, face, toward(face, AHEAD)), []);
});

test('an eye that lies outside the picture is left alone, the other is turned', () => {
  const { picture, face } = renderFace(scene({ gaze: both(15, 0), middle: { x: 40, y: 0 }, size: { width: 80, height: 60 } }));
  const patches = createEyeRenderer().render(picture, face, toward(face, AHEAD));
  assert.equal(patches.length, 1);
  assert.ok(patches[0]!.x >= 0 && patches[0]!.x + patches[0]!.size.width <= 80);
});

test('what lids hid is remembered from frames that showed it', () => {
  const looks = scene({ gaze: both(20, 0), iris: 'brown', seed: 6 });
  const { picture, face } = renderFace(looks);
  const truth = renderFace({ ...looks, gaze: both(0, 0), frame: 1 });
  const fresh = createEyeRenderer();
  const taught = createEyeRenderer();
  for (let frame = 0; frame < 10; frame++) {
    const shown = renderFace({ ...looks, gaze: both(-4 + frame, 4 - frame), frame: frame + 2 });
    taught.render(shown.picture, shown.face, toward(shown.face, AHEAD));
  }
  const [without, withMemory] = [fresh, taught].map((renderer) => {
    const after = applyPatches(picture, renderer.render(picture, face, toward(face, AHEAD)));
    return psnr(after, truth.picture, eyeRect(truth.face.eyes[1], after));
  });
  assert.ok(withMemory! > without! + 0.1, `${withMemory} dB after ${without} dB`);
});

test('the region grows with the sensitivity', () => {
  const { picture, face } = renderFace(scene({ gaze: both(0, -10) }));
  const heights = [2, 6].map(
    (eyeSizeSensitivity) => createEyeRenderer({ eyeSizeSensitivity }).render(picture, face, toward(face, AHEAD))[0]!.size.height,
  );
  assert.ok(heights[1]! > heights[0]! + 10, `${heights}`);
});
