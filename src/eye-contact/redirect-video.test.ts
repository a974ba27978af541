import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { libavMedia, syntheticSource } from '../media/index.js';
import { passThrough } from './pass-through.js';
import type { EyePatch, GazeRedirector, RgbPicture } from './port.js';
import { redirectVideo, type RedirectProgress } from './redirect-video.js';

const SIZE = { width: 96, height: 64 };
const FRAMES = 12;
const media = libavMedia();
let folder = '';
let clip = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-redirect-'));
  clip = join(folder, 'clip.mp4');
  await using source = syntheticSource({ size: SIZE, frames: FRAMES });
  await using writer = await media.createWriter(clip, { size: SIZE, timeBase: source.info.video.timeBase, crf: 10 });
  for await (const frame of source.frames()) {
    await writer.write(frame);
    frame.close();
  }
  await writer.finish();
});
after(() => rm(folder, { recursive: true }));

async function pictures(path: string): Promise<Uint8Array[]> {
  await using source = await media.open(path);
  const all: Uint8Array[] = [];
  for await (const frame of source.frames()) {
    all.push(await frame.render({ size: frame.size, order: 'rgb', layout: 'packed' }));
    frame.close();
  }
  return all;
}

const GREY: EyePatch = { x: 20, y: 10, size: { width: 8, height: 4 }, rgb: new Uint8Array(96).fill(120), alpha: new Uint8Array(32).fill(255) };

/** Paints a known patch on every second frame, and notes what it was shown. */
function scripted(seen: { picture: RgbPicture; seconds: number }[]): GazeRedirector {
  return {
    async redirect(picture, seconds) {
      seen.push({ picture, seconds });
      return seen.length % 2 === 0 ? { patches: [GREY], faces: 2 } : { patches: [], faces: 0 };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

test('the redirector sees every frame in order, and its patches are what changes', async () => {
  const seen: { picture: RgbPicture; seconds: number }[] = [];
  const progress: RedirectProgress[] = [];
  const output = join(folder, 'painted.mp4');
  const onProgress = (now: RedirectProgress): void => void progress.push(now);
  const summary = await redirectVideo({ input: clip, output, redirector: scripted(seen), encoding: { lossless: true }, onProgress });
  const { frames, changed, framesWithFace, mostFaces } = summary;
  assert.deepEqual({ frames, changed, framesWithFace, mostFaces }, { frames: FRAMES, changed: 6, framesWithFace: 6, mostFaces: 2 });
  assert.deepEqual(progress.at(-1), { frames: FRAMES, total: FRAMES, faces: 2 });
  assert.deepEqual(seen[0]?.picture.size, SIZE);
  assert.ok(seen.every(({ seconds }, at) => at === 0 || seconds > seen[at - 1]!.seconds));
  const [before, painted] = [await pictures(clip), await pictures(output)];
  const at = (12 * SIZE.width + 24) * 3;
  for (const [number, picture] of painted.entries()) {
    if (number % 2 === 0) assert.deepEqual(picture, before[number], `frame ${number} is as it was`);
    else assert.ok(Math.abs(picture[at]! - 120) <= 3, `frame ${number} is grey where it was painted: ${picture[at]}`);
  }
});

test('the redirector that passes through changes nothing', async () => {
  const output = join(folder, 'same.mp4');
  await using redirector = passThrough();
  const { changed, framesWithFace } = await redirectVideo({ input: clip, output, redirector, encoding: { lossless: true } });
  assert.deepEqual([changed, framesWithFace], [0, 0]);
  assert.deepEqual(await pictures(output), await pictures(clip));
  await assert.rejects(redirector.redirect({ size: SIZE, data: new Uint8Array(3) }, 0), { code: 'INVALID_ARGUMENT' });
});

test('what the redirector throws ends the work, and no half file is left', async () => {
  const broken: GazeRedirector = { redirect: () => Promise.reject(new Error('no model')), [Symbol.asyncDispose]: async () => {} };
  const output = join(folder, 'broken.mp4');
  await assert.rejects(redirectVideo({ input: clip, output, redirector: broken }), { message: 'no model' });
  await assert.rejects(media.open(output), { code: 'NOT_FOUND' });
});
