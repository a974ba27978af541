import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureEyes } from './evaluate/index.js';
import type { Direction, TrackedFace } from './eyes.js';
import { type FaceFollower, redirectorOf } from './gaze-redirector.js';
import type { RgbPicture } from './port.js';
import { applyPatches } from './render/index.js';
import { type EyeContactSettings, eyeContactSettings } from './settings.js';
import { renderFace, syntheticScene } from './synthetic/index.js';

const WIDE = { low: 25, high: 35 };
const SETTINGS = eyeContactSettings({
  gazePitchThreshold: WIDE,
  gazeYawThreshold: WIDE,
  headPitchThreshold: WIDE,
  headYawThreshold: WIDE,
  multiPerson: true,
});
const looking = (gaze: Direction, openness = 1) =>
  renderFace(syntheticScene({ scale: 1.4, size: { width: 180, height: 64 }, gaze: [gaze, gaze], openness }));
/** Sees on every picture what it is told. */
const seeing = (faces: readonly TrackedFace[]): FaceFollower => ({ track: () => Promise.resolve(faces) });

/** The last of the pictures, redirected, and what became of it. */
async function redirected(shown: { readonly picture: RgbPicture; readonly face: TrackedFace }, settings: Partial<EyeContactSettings> = {}) {
  await using redirector = redirectorOf(seeing([shown.face]), { ...SETTINGS, ...settings });
  const redirection = await redirector.redirect(shown.picture, 0);
  return { redirection, after: applyPatches(shown.picture, redirection.patches) };
}

test('eyes that look aside come to look into the camera', async () => {
  const truth = looking({ yaw: 0, pitch: 0 });
  const shown = looking({ yaw: 12, pitch: -6 });
  const { redirection, after } = await redirected(shown);
  assert.equal(redirection.faces, 1);
  assert.equal(redirection.patches.length, 2);
  for (const eye of measureEyes(after, truth, shown.picture)) assert.ok(eye.gaze < 2, `looks ${eye.gaze} degrees past the camera`);
});

test('half the strength goes less than the whole way', async () => {
  const truth = looking({ yaw: 0, pitch: 0 });
  const shown = looking({ yaw: 0, pitch: -12 });
  const { after } = await redirected(shown, { strength: 0.5 });
  for (const eye of measureEyes(after, truth, shown.picture)) assert.ok(eye.gaze > 3 && eye.gaze < 9, `looks ${eye.gaze} degrees past the camera`);
});

test('a gaze beyond the thresholds, and no strength at all, change nothing', async () => {
  const narrow = { low: 10, high: 10 };
  const shown = looking({ yaw: 14, pitch: 0 });
  assert.deepEqual((await redirected(shown, { gazeYawThreshold: narrow })).redirection.patches, []);
  assert.deepEqual((await redirected(shown, { strength: 0 })).redirection.patches, []);
});

test('a picture without a face is left alone; a closed redirector says so', async () => {
  const { picture } = looking({ yaw: 0, pitch: 0 });
  const redirector = redirectorOf(seeing([]), SETTINGS);
  assert.deepEqual(await redirector.redirect(picture, 0), { patches: [], faces: 0 });
  await redirector[Symbol.asyncDispose]();
  await assert.rejects(redirector.redirect(picture, 1), { code: 'FAILED_PRECONDITION' });
});
