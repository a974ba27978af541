import { parseArgs } from 'node:util';
import { pictureBytes, toMs } from 'ocellus/core';
import { createEngine } from 'ocellus/inference';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { writeFile } from 'node:fs/promises';
import { FaceTracker, openFaceNetworks, redirectorOf, type RgbPicture, type TrackedFace } from '../dist/eye-contact/index.js';
import { applyPatches } from '../dist/eye-contact/render/index.js';
import { eyeTile } from './eye-sheet.js';

/** Redirects a clip and draws eyes before and after: `npx tsx bench/eye-redirect.ts clip.mp4 --sheet eyes.png --every 40`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sheet: { type: 'string', default: 'eyes.png' },
    every: { type: 'string', default: '25' },
    from: { type: 'string', default: '0' },
    rows: { type: 'string', default: '10' },
    zoom: { type: 'string', default: '4' },
    width: { type: 'string' },
    limit: { type: 'string', default: '1000000' },
  },
});
const THRESHOLD = { low: 20, high: 30 };
const settings = {
  temporal: 0xffff_ffff,
  detectClosure: false,
  eyeSizeSensitivity: 3,
  enableLookaway: false,
  lookawayMaxOffset: 5,
  lookawayIntervalMin: 100,
  lookawayIntervalRange: 250,
  gazePitchThreshold: THRESHOLD,
  gazeYawThreshold: THRESHOLD,
  headPitchThreshold: { low: 15, high: 25 },
  headYawThreshold: { low: 25, high: 30 },
  multiPerson: false,
  strength: 1,
};
const [TILE_WIDTH, TILE_HEIGHT] = [640, 200];
await using engine = createEngine();
await using networks = await openFaceNetworks(engine, createZoo(), { placement: 'inline' });
const tracker = new FaceTracker(networks, settings);
let faces: readonly TrackedFace[] = [];
await using redirector = redirectorOf({ track: async (picture, seconds) => (faces = await tracker.track(picture, seconds)) }, settings);
await using source = await libavMedia().open(positionals[0]!);
const tiles: Uint8Array[] = [];
let [frames, cpuMs, changed] = [0, 0, 0];
for await (const frame of source.frames()) {
  using held = frame;
  const width = Number(values.width ?? held.size.width);
  const size = { width, height: Math.round((held.size.height * width) / held.size.width) };
  const request = { size, order: 'rgb', layout: 'packed' } as const;
  const data = await held.render(request, new Uint8Array(pictureBytes(request)));
  const picture: RgbPicture = { size, data };
  const startCpu = process.cpuUsage();
  const { patches } = await redirector.redirect(picture, toMs(held.pts) / 1000);
  const { user, system } = process.cpuUsage(startCpu);
  cpuMs += (user + system) / 1000;
  if (patches.length > 0) changed++;
  const at = frames++;
  const due = at >= Number(values.from) && (at - Number(values.from)) % Number(values.every) === 0;
  if (due && faces[0] && tiles.length < Number(values.rows) * 2) {
    tiles.push(eyeTile(picture, faces[0], TILE_WIDTH, TILE_HEIGHT, Number(values.zoom)));
    tiles.push(eyeTile(applyPatches(picture, patches), faces[0], TILE_WIDTH, TILE_HEIGHT, Number(values.zoom)));
    const [left] = faces[0].eyes;
    console.log(
      `frame ${at} head ${faces[0].head.yaw.toFixed(0)} ${faces[0].head.pitch.toFixed(0)} gaze ${left.gaze.yaw.toFixed(1)} ${left.gaze.pitch.toFixed(1)} closure ${left.closure.toFixed(2)} patches ${patches.length}`,
    );
  }
  if (frames >= Number(values.limit)) break;
}
console.log(`${frames} frames, ${changed} changed, ${(cpuMs / frames).toFixed(2)} ms of processor time each`);
const rgb = new Uint8Array(tiles.length * (tiles[0]?.length ?? 0));
tiles.forEach((tile, k) => rgb.set(tile, k * tile.length));
const image = { size: { width: TILE_WIDTH * 2, height: TILE_HEIGHT * tiles.length }, rgb };
await writeFile(values.sheet, await libavMedia().encodeImage(image, { type: 'png' }));
