import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createEngine } from 'ocellus/inference';
import { createZoo } from 'ocellus/models';
import { FaceTracker, type GazeJudge, openFaceNetworks, openGazeJudge, type TrackedFace } from '../dist/eye-contact/index.js';
import { clipPictures, cpuMsOf, EYE_CLIP_OPTIONS, EyeSheet } from './eye-clip.js';

/**
 * Follows the eyes of a clip, prints a line a frame, and draws what it saw:
 * `npx tsx bench/eye-tracking.ts clip.mp4 --sheet eyes.png --every 40 --width 1280`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...EYE_CLIP_OPTIONS,
    sheet: { type: 'string' },
    rows: { type: 'string', default: '12' },
    multi: { type: 'boolean', default: false },
    temporal: { type: 'string', default: '4294967295' },
    judge: { type: 'string' },
    json: { type: 'string' },
  },
});
const [clip] = positionals;
if (!clip) throw new Error('name a clip');

await using engine = createEngine();
await using networks = await openFaceNetworks(engine, createZoo(), { placement: 'inline' });
const tracker = new FaceTracker(networks, { temporal: Number(values.temporal), multiPerson: values.multi });
await using judge: GazeJudge | undefined = values.judge === undefined ? undefined : await openGazeJudge(engine, createZoo({ mirror: values.judge }));
const sheet = new EyeSheet(Number(values.zoom));
const lines: unknown[] = [];
let [frames, totalMs, cpuMs] = [0, 0, 0];
for await (const { at, seconds, picture, due } of clipPictures(clip, values)) {
  const startMs = performance.now();
  const { value: faces, ms } = await cpuMsOf(() => tracker.track(picture, seconds));
  totalMs += performance.now() - startMs;
  cpuMs += ms;
  frames++;
  const judged = judge ? await Promise.all(faces.map(({ box }) => judge.judge(picture, box))) : undefined;
  lines.push({ frame: at, seconds, faces, judged });
  for (const face of due ? faces : [])
    if (sheet.rows < Number(values.rows)) {
      sheet.add(picture, face);
      console.log(summary(at, face));
    }
}
console.log(`${frames} frames, ${(totalMs / frames).toFixed(2)} ms each, ${(cpuMs / frames).toFixed(2)} ms of processor time`);
if (values.json) await writeFile(values.json, JSON.stringify(lines));
if (values.sheet) await sheet.write(values.sheet);

function summary(at: number, { id, head, confidence, eyes, scale }: TrackedFace): string {
  const one = (value: number): string => value.toFixed(1).padStart(6);
  const eye = eyes.map(
    ({ gaze, openness, confidence: trust }) => `${one(gaze.yaw)}${one(gaze.pitch)} open ${openness.toFixed(2)} (${trust.toFixed(2)})`,
  );
  return `frame ${at} #${id} ${confidence.toFixed(2)} head ${one(head.yaw)}${one(head.pitch)}${one(head.roll)} scale ${one(scale)} eyes ${eye.join(' | ')}`;
}
