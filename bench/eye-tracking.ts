import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { pictureBytes, toMs } from 'ocellus/core';
import { createEngine } from 'ocellus/inference';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { FaceTracker, type GazeJudge, openFaceNetworks, openGazeJudge, type RgbPicture, type TrackedFace } from '../dist/eye-contact/index.js';
import { eyeTile } from './eye-sheet.js';

/**
 * Follows the eyes of a clip, prints a line a frame, and draws what it saw:
 * `npx tsx bench/eye-tracking.ts clip.mp4 --sheet eyes.png --every 40 --width 1280`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sheet: { type: 'string' },
    every: { type: 'string', default: '25' },
    from: { type: 'string', default: '0' },
    rows: { type: 'string', default: '12' },
    zoom: { type: 'string', default: '4' },
    width: { type: 'string' },
    limit: { type: 'string', default: '1000000' },
    multi: { type: 'boolean', default: false },
    temporal: { type: 'string', default: '4294967295' },
    judge: { type: 'string' },
    json: { type: 'string' },
  },
});
const [clip] = positionals;
if (!clip) throw new Error('name a clip');
const [TILE_WIDTH, TILE_HEIGHT] = [640, 200];

await using engine = createEngine();
await using networks = await openFaceNetworks(engine, createZoo(), { placement: 'inline' });
const tracker = new FaceTracker(networks, { temporal: Number(values.temporal), multiPerson: values.multi });
await using judge: GazeJudge | undefined = values.judge === undefined ? undefined : await openGazeJudge(engine, createZoo({ mirror: values.judge }));
await using source = await libavMedia().open(clip);
const tiles: Uint8Array[] = [];
const lines: unknown[] = [];
let [frames, totalMs, cpuMs] = [0, 0, 0];
for await (const frame of source.frames()) {
  using held = frame;
  const width = Number(values.width ?? held.size.width);
  const size = { width, height: Math.round((held.size.height * width) / held.size.width) };
  const request = { size, order: 'rgb', layout: 'packed' } as const;
  const data = await held.render(request, new Uint8Array(pictureBytes(request)));
  const picture: RgbPicture = { size, data };
  const seconds = toMs(held.pts) / 1000;
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  const faces = await tracker.track(picture, seconds);
  totalMs += performance.now() - startMs;
  const { user, system } = process.cpuUsage(startCpu);
  cpuMs += (user + system) / 1000;
  const at = frames++;
  const judged = judge ? await Promise.all(faces.map(({ box }) => judge.judge(picture, box))) : undefined;
  lines.push({ frame: at, seconds, faces, judged });
  const due = at >= Number(values.from) && (at - Number(values.from)) % Number(values.every) === 0;
  for (const face of due ? faces : [])
    if (tiles.length < Number(values.rows)) {
      tiles.push(eyeTile(picture, face, TILE_WIDTH, TILE_HEIGHT, Number(values.zoom)));
      console.log(summary(at, face));
    }
  if (frames >= Number(values.limit)) break;
}
console.log(`${frames} frames, ${(totalMs / frames).toFixed(2)} ms each, ${(cpuMs / frames).toFixed(2)} ms of processor time`);
if (values.json) await writeFile(values.json, JSON.stringify(lines));
if (values.sheet && tiles.length > 0) {
  const rgb = new Uint8Array(tiles.length * tiles[0]!.length);
  tiles.forEach((tile, k) => rgb.set(tile, k * tile.length));
  const image = { size: { width: TILE_WIDTH * 2, height: TILE_HEIGHT * tiles.length }, rgb };
  await writeFile(values.sheet, await libavMedia().encodeImage(image, { type: 'png' }));
}

function summary(at: number, { id, head, confidence, eyes, scale }: TrackedFace): string {
  const one = (value: number): string => value.toFixed(1).padStart(6);
  const eye = eyes.map(
    ({ gaze, openness, confidence: trust }) => `${one(gaze.yaw)}${one(gaze.pitch)} open ${openness.toFixed(2)} (${trust.toFixed(2)})`,
  );
  return `frame ${at} #${id} ${confidence.toFixed(2)} head ${one(head.yaw)}${one(head.pitch)}${one(head.roll)} scale ${one(scale)} eyes ${eye.join(' | ')}`;
}
