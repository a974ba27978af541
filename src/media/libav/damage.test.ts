import assert from 'node:assert/strict';
import { chmod, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { memoryLog } from '../../core/index.js';
import type { MediaLosses } from '../port.js';
import { type ClipRecipe, clipTest, evenTicks, makeClip } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';

const media = libavMedia();
const size = { width: 320, height: 240 };

/** Noise that compresses badly, so that the file has packets worth damaging. */
function noise(number: number): Uint8Array {
  let state = number + 1;
  return Uint8Array.from({ length: size.width * size.height * 3 }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}

const recipe: ClipRecipe = { size, ticks: evenTicks(40), paint: noise, options: { g: '5', crf: '30', preset: 'ultrafast' } };

async function decode(path: string): Promise<{ frames: number; losses: MediaLosses }> {
  await using source = await media.open(path);
  let frames = 0;
  for await (const frame of source.frames()) {
    frames++;
    frame.close();
  }
  return { frames, losses: source.losses };
}

const faultOf = async (path: string, code: string, pattern: RegExp): Promise<void> => {
  for (const call of [() => media.open(path), () => media.probe(path)])
    await assert.rejects(call, (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.ok(error.message.includes(path), `"${error.message}" names the file`);
      assert.match(error.message, pattern);
      return true;
    });
};

clipTest('a missing file, a folder, an empty file and a text each get a fault that names them', async (path) => {
  await faultOf(path('nothing.mp4'), 'NOT_FOUND', /no such file/);
  await mkdir(path('folder.mp4'));
  await faultOf(path('folder.mp4'), 'INPUT_CORRUPT', /is a folder/);
  await writeFile(path('empty.mp4'), '');
  await faultOf(path('empty.mp4'), 'INPUT_CORRUPT', /is empty/);
  await writeFile(path('text.mp4'), 'To whom it may concern: this is not a video.\n'.repeat(100));
  await faultOf(path('text.mp4'), 'INPUT_CORRUPT', /not a video/);
  await faultOf(path('text.mp4/inside.mp4'), 'NOT_FOUND', /not a folder/);
});

test(
  'a file that may not be read is PERMISSION_DENIED',
  { skip: process.getuid?.() === 0 && 'root may read everything' },
  async (context: TestContext) => {
    const file = `${process.env['TMPDIR'] ?? '/tmp'}/ocellus-unreadable-${process.pid}.mp4`;
    await writeFile(file, 'x');
    await chmod(file, 0);
    context.after(() => chmod(file, 0o600));
    await faultOf(file, 'PERMISSION_DENIED', /may not be read/);
  },
);

clipTest('sound alone cannot be opened for its pictures, but probed', async (path) => {
  const both = await makeClip(path('both.mp4'), { ...recipe, ticks: evenTicks(5), sound: { codec: 'aac', seconds: 1 } });
  assert.deepEqual((await media.probe(both)).audio, [{ codec: 'aac', sampleRateHz: 48000, channels: 2 }]);
  const wave = path('sound.wav');
  const header = Buffer.from('524946468408000057415645666d74201000000001000100401f0000803e0000020010006461746160080000', 'hex');
  await writeFile(wave, Buffer.concat([header, Buffer.alloc(2144)]));
  await assert.rejects(() => media.open(wave), { code: 'INPUT_CORRUPT', message: `${wave}: holds no pictures, only sound or data` });
  assert.equal((await media.probe(wave)).audio[0]?.codec, 'pcm_s16le');
});

clipTest('a file cut off in the middle gives its frames and says so', async (path) => {
  const clip = await makeClip(path('clip.mp4'), { ...recipe, muxer: { movflags: 'faststart' } });
  const { length } = await readFile(clip);
  assert.deepEqual(await decode(clip), { frames: 40, losses: { corruptPackets: 0, damagedFrames: 0, truncated: false } });
  await truncate(clip, Math.round(length * 0.6));
  const { frames, losses } = await decode(clip);
  assert.ok(frames >= 20 && frames <= 28, `${frames} of 40 frames`);
  assert.equal(losses.truncated, true);
});

clipTest('an MP4 cut off before its index says what happened', async (path) => {
  const clip = await makeClip(path('clip.mp4'), recipe);
  await truncate(clip, Math.round((await readFile(clip)).length / 2));
  await faultOf(clip, 'INPUT_CORRUPT', /no index: it is cut off/);
});

clipTest('damage in the middle costs the frames around it, and is counted', async (path) => {
  const clip = await makeClip(path('clip.mp4'), { ...recipe, muxer: { movflags: 'faststart' } });
  const { length } = await readFile(clip);
  const file = await open(clip, 'r+');
  await file.write(Buffer.alloc(Math.round(length * 0.06), 0xa5), 0, undefined, Math.round(length / 2));
  await file.close();
  const { frames, losses } = await decode(clip);
  assert.ok(frames >= 30, `${frames} of 40 frames`);
  assert.ok(losses.corruptPackets + losses.damagedFrames > 0, JSON.stringify(losses));
  assert.ok(frames < 40 || losses.damagedFrames > 0, JSON.stringify(losses));
  assert.equal(losses.truncated, false);
});

clipTest('pictures that all fail to decode are a fault, not an empty film', async (path) => {
  const clip = await makeClip(path('clip.mp4'), { ...recipe, ticks: evenTicks(4), muxer: { movflags: 'faststart' } });
  const bytes = await readFile(clip);
  bytes.fill(0xa5, bytes.indexOf('mdat') + 4);
  await writeFile(clip, bytes);
  await assert.rejects(() => decode(clip), (error: Error & { code?: string }) => error.code === 'INPUT_CORRUPT' && error.message.includes(clip)); // prettier-ignore
});

clipTest('what libav has to say goes to the log at debug', async (path) => {
  const clip = await makeClip(path('clip.mp4'), { ...recipe, muxer: { movflags: 'faststart' } });
  const bytes = await readFile(clip);
  bytes.fill(0xa5, Math.round(bytes.length * 0.8));
  await writeFile(clip, bytes);
  const log = memoryLog();
  await using source = await media.open(clip, { log });
  for await (const frame of source.frames()) frame.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(log.records.length > 0, 'libav complained');
  assert.ok(log.records.every(({ level, fields }) => level === 'debug' && fields['from'] === 'libav'));
});
