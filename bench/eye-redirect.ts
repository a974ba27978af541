import { parseArgs } from 'node:util';
import { createEngine } from 'ocellus/inference';
import { createZoo } from 'ocellus/models';
import { applyPatches, eyeContactSettings, FaceTracker, openFaceNetworks, redirectorOf, type TrackedFace } from '../dist/eye-contact/index.js';
import { clipPictures, cpuMsOf, EYE_CLIP_OPTIONS, EyeSheet } from './eye-clip.js';

/** Redirects a clip and draws eyes before and after: `npx tsx bench/eye-redirect.ts clip.mp4 --sheet eyes.png --every 40`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ...EYE_CLIP_OPTIONS, sheet: { type: 'string', default: 'eyes.png' }, rows: { type: 'string', default: '10' } },
});
const [clip] = positionals;
if (!clip) throw new Error('name a clip');

const settings = eyeContactSettings();
await using engine = createEngine();
await using networks = await openFaceNetworks(engine, createZoo(), { placement: 'inline' });
const tracker = new FaceTracker(networks, settings);
let faces: readonly TrackedFace[] = [];
await using redirector = redirectorOf({ track: async (picture, seconds) => (faces = await tracker.track(picture, seconds)) }, settings);
const sheet = new EyeSheet(Number(values.zoom));
let [frames, totalMs, changed] = [0, 0, 0];
for await (const { at, seconds, picture, due } of clipPictures(clip, values)) {
  const {
    value: { patches },
    ms,
  } = await cpuMsOf(() => redirector.redirect(picture, seconds));
  frames++;
  totalMs += ms;
  if (patches.length > 0) changed++;
  const [face] = faces;
  if (!due || !face || sheet.rows >= Number(values.rows) * 2) continue;
  sheet.add(picture, face);
  sheet.add(applyPatches(picture, patches), face);
  const { head, eyes } = face;
  const [{ gaze, closure }] = eyes;
  const [yaw, pitch] = [gaze.yaw.toFixed(1), gaze.pitch.toFixed(1)];
  console.log(`frame ${at} head ${head.yaw.toFixed(0)} ${head.pitch.toFixed(0)} gaze ${yaw} ${pitch} closure ${closure.toFixed(2)} patches ${patches.length}`); // prettier-ignore
}
console.log(`${frames} frames, ${changed} changed, ${(totalMs / frames).toFixed(2)} ms of processor time each`);
await sheet.write(values.sheet);
