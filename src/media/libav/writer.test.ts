import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AVCOL_PRI_BT709, AVCOL_SPC_BT709, AVCOL_SPC_SMPTE170M, AVCOL_TRC_BT709 } from 'node-av/constants';
import { Frame, type Pts, type Size, comparePts, memoryLog, rescale } from '../../core/index.js';
import { packedPixels } from '../packed-pixels.js';
import type { WriterOptions } from '../port.js';
import { syntheticSource } from '../synthetic.js';
import { clipTest, evenTicks, makeClip, near, pixelAt, plain } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';
import type { LibavPixels } from './pixels.js';

const media = libavMedia();
const size: Size = { width: 64, height: 48 };
const options: WriterOptions = { size, timeBase: { num: 1, den: 1000 } };

/** A frame that libav had no part in. */
function frameOf(rgb: Uint8Array, number: number, pts: Pts = { ticks: BigInt(number * 40), timeBase: options.timeBase }): Frame {
  return Frame.of(
    packedPixels(`test ${number}`, size, () => rgb),
    { stream: 'test', number, pts, size },
  );
}

async function firstRgb(path: string): Promise<{ rgb: Uint8Array; size: Size; frames: number }> {
  await using source = await media.open(path);
  let rgb: Uint8Array | undefined;
  let frames = 0;
  for await (const frame of source.frames()) {
    frames++;
    rgb ??= await frame.render({ size: frame.size, order: 'rgb', layout: 'packed' });
    frame.close();
  }
  return { rgb: rgb!, size: source.info.video.size, frames };
}

clipTest('frames of another adapter are written in their colours', async (path) => {
  await using writer = await media.createWriter(path('out.mp4'), { ...options, crf: 5 });
  for (let number = 0; number < 5; number++) {
    using frame = frameOf(plain(size, 210, 40, 90), number);
    await writer.write(frame);
  }
  const { frames, bytes } = await writer.finish();
  assert.equal(frames, 5);
  assert.equal(bytes, (await stat(path('out.mp4'))).size);
  const { rgb } = await firstRgb(path('out.mp4'));
  near(pixelAt(rgb, size, 30, 20), [210, 40, 90], 4, 'the colour');
});

clipTest('a frame of another size is scaled, an odd size grows by repeating its edge', async (path) => {
  const odd = { width: 33, height: 21 };
  await using writer = await media.createWriter(path('out.mkv'), { ...options, size: odd, crf: 2 });
  for (let number = 0; number < 2; number++) {
    using frame = frameOf(plain(size, 30, 200, 60), number);
    await writer.write(frame);
  }
  await writer.finish();
  const read = await firstRgb(path('out.mkv'));
  assert.deepEqual(read.size, { width: 34, height: 22 });
  near(pixelAt(read.rgb, read.size, 33, 21), [30, 200, 60], 5, 'the corner that was added');
});

for (const [name, colorSpace] of [
  ['BT.709', AVCOL_SPC_BT709],
  ['BT.601', AVCOL_SPC_SMPTE170M],
] as const)
  // prettier-ignore
  clipTest(`colour tags are carried: ${name}`, async (path) => {
    const colour = { colorSpace, colorPrimaries: AVCOL_PRI_BT709, colorTrc: AVCOL_TRC_BT709 };
    const clip = await makeClip(path('in.mp4'), { size, ticks: evenTicks(4), paint: () => plain(size, 200, 60, 30), colour, options: { crf: '4' } });
    await using source = await media.open(clip);
    await using writer = await media.createWriter(path('out.mp4'), { ...options, timeBase: source.info.video.timeBase, crf: 4 });
    for await (const frame of source.frames()) {
      await writer.write(frame);
      frame.close();
    }
    await writer.finish();
    await using written = await media.open(path('out.mp4'));
    for await (const frame of written.frames()) {
      assert.equal((frame.pixels as LibavPixels).frame.colorSpace, colorSpace);
      assert.equal((frame.pixels as LibavPixels).frame.colorPrimaries, AVCOL_PRI_BT709);
      const rgb = await frame.render({ size, order: 'rgb', layout: 'packed' });
      near(pixelAt(rgb, size, 20, 20), [200, 60, 30], 5, 'the colour');
      frame.close();
    }
  });

for (const [turn, matrix, num, den] of [
  ['', undefined, 16, 15],
  [', turned with the picture', [0, 1, -1, 0], 15, 16],
] as const)
  clipTest(`the shape of the pixels is carried${turn}`, async (path) => {
    const wide = { size, ticks: evenTicks(2), paint: () => plain(size, 9, 9, 9), options: { 'x264-params': 'sar=16/15' } };
    const clip = await makeClip(path('in.mp4'), { ...wide, ...(matrix ? { matrix } : {}) });
    await using source = await media.open(clip);
    const { timeBase, size: shown } = source.info.video;
    await using writer = await media.createWriter(path('out.mp4'), { ...options, timeBase, size: shown });
    for await (const frame of source.frames()) {
      await writer.write(frame);
      frame.close();
    }
    await writer.finish();
    await using written = await media.open(path('out.mp4'));
    for await (const frame of written.frames()) {
      const shape = (frame.pixels as LibavPixels).frame.sampleAspectRatio;
      assert.deepEqual([shape.num, shape.den], [num, den]);
      frame.close();
    }
  });

// 12 frames a second have fragments of six: from 7 frames on, the last B-frames lie on either side of a cut.
clipTest('every picture is there at its time, wherever a fragment ends, with even and uneven times', async (path) => {
  for (const uneven of [0n, 7n])
    for (let count = 5; count <= 21; count++) {
      await using source = syntheticSource({ size, frames: count, frameRate: { num: 12, den: 1 } });
      const frameRate = uneven === 0n ? { frameRate: { num: 12, den: 1 } } : {};
      await using writer = await media.createWriter(path('out.mp4'), { ...options, ...frameRate, overwrite: true });
      const ticks = Array.from({ length: count }, (_, n) => BigInt(n) * 83n + (BigInt(n * n) % 5n) * uneven);
      for await (const frame of source.frames()) {
        using timed = frameOf(await frame.render({ size, order: 'rgb', layout: 'packed' }), frame.number, {
          ticks: ticks[frame.number]!,
          timeBase: options.timeBase,
        });
        await writer.write(timed);
        frame.close();
      }
      await writer.finish();
      await using written = await media.open(path('out.mp4'));
      const read: bigint[] = [];
      for await (const frame of written.frames()) {
        read.push(rescale(frame.pts, options.timeBase).ticks);
        frame.close();
      }
      assert.deepEqual(read, ticks, `${count} frames`);
    }
});

for (const [name, ticks, den] of [
  ['90 kHz from an odd start', [12345n, 15346n, 18349n, 25001n, 25002n, 40000n], 90000],
  ['30000/1001', [0n, 1001n, 2002n, 3003n, 5005n], 30000],
  ['microseconds', [7n, 33_340n, 66_673n, 1_000_001n], 1_000_000],
] as const)
  clipTest(`pts are exact in MP4: ${name}`, async (path) => {
    const timeBase = { num: 1, den };
    await using writer = await media.createWriter(path('out.mp4'), { ...options, timeBase });
    for (const [number, at] of ticks.entries()) {
      using frame = frameOf(plain(size, 9 * number, 9, 9), number, { ticks: at, timeBase });
      await writer.write(frame);
    }
    await writer.finish();
    await using source = await media.open(path('out.mp4'));
    let number = 0;
    for await (const frame of source.frames()) {
      assert.equal(comparePts(frame.pts, { ticks: ticks[number++]!, timeBase }), 0, `pts of frame ${number - 1}: ${frame.pts.ticks}`);
      frame.close();
    }
    assert.equal(number, ticks.length);
  });

for (const [codec, from, to, how] of [
  ['aac', 'in.mp4', 'out.mp4', 'copied'],
  ['aac', 'in.mp4', 'out.mkv', 'copied'],
  ['pcm_s16le', 'in.mkv', 'out.mkv', 'copied'],
  ['pcm_s16le', 'in.mkv', 'out.mp4', 'transcoded'],
  ['libopus', 'in.mkv', 'out.mp4', 'copied'],
  ['libvorbis', 'in.mkv', 'out.mp4', 'transcoded'],
  ['libvorbis', 'in.mkv', 'out.mkv', 'copied'],
] as const)
  clipTest(`${codec} sound of ${from} in ${to} is ${how}, for as long as the pictures last`, async (path) => {
    const clip = await makeClip(path(from), { size, ticks: evenTicks(50), paint: () => plain(size, 9, 9, 9), sound: { codec, seconds: 3 } });
    await using source = await media.open(clip);
    const log = memoryLog();
    await using writer = await media.createWriter(path(to), { ...options, timeBase: source.info.video.timeBase, audioFrom: clip, log });
    for await (const frame of source.frames()) {
      if (frame.number < 25) await writer.write(frame);
      frame.close();
    }
    assert.equal((await writer.finish()).audio, how);
    const info = await media.probe(path(to));
    assert.deepEqual(info.audio, [{ codec: how === 'copied' ? codec.replace('lib', '') : 'aac', sampleRateHz: 48000, channels: 2 }]);
    const told = log.records.filter(({ message }) => /does not take .* sound; it is made AAC/.test(message));
    assert.equal(told.length, how === 'transcoded' ? 1 : 0, 'a change of the sound is told');
    assert.ok(Math.abs(info.durationMs! - 1000) < 60, `${info.durationMs} ms`);
  });

clipTest('what is on disk plays when the process dies, and when the writer is dropped', async (path) => {
  await using source = syntheticSource({ size, frames: 200 });
  {
    await using writer = await media.createWriter(path('out.mp4'), {
      ...options,
      timeBase: source.info.video.timeBase,
      frameRate: { num: 30, den: 1 },
    });
    for await (const frame of source.frames()) {
      await writer.write(frame);
      frame.close();
      if (frame.number === 180) await copyFile(path('out.mp4'), path('killed.mp4'));
    }
  }
  for (const name of ['killed.mp4', 'out.mp4']) assert.ok((await firstRgb(path(name))).frames >= 60, name);
});

/** Types of the boxes at the top of an MP4. */
function boxTypes(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) types.push(bytes.toString('latin1', at + 4, at + 8));
  return types;
}

/** 150 frames at 30 a second: three fragments. */
async function writeLong(path: string, more: Partial<WriterOptions> = {}): Promise<void> {
  await using source = syntheticSource({ size, frames: 150 });
  const { timeBase } = source.info.video;
  await using writer = await media.createWriter(path, { ...options, timeBase, frameRate: { num: 30, den: 1 }, ...more });
  for await (const frame of source.frames()) {
    await writer.write(frame);
    frame.close();
  }
  const { bytes } = await writer.finish();
  assert.equal(bytes, (await stat(path)).size);
}

clipTest('a finished MP4 is an ordinary one, its index before its pictures', async (path) => {
  await writeLong(path('out.mp4'));
  const types = boxTypes(await readFile(path('out.mp4')));
  assert.deepEqual(types.filter((type) => type === 'moov' || type === 'mdat'), ['moov', 'mdat']); // prettier-ignore
  assert.ok(!types.includes('moof'));
  assert.deepEqual(await readdir(path('.')), ['out.mp4']);
  assert.equal((await firstRgb(path('out.mp4'))).frames, 150);
});

clipTest('where the index cannot be moved, the video stays complete, and the log says so', async (path) => {
  const log = memoryLog();
  await mkdir(path(`out.mp4.${process.pid}.part`));
  await writeLong(path('out.mp4'), { log });
  assert.match(log.records.find(({ level }) => level === 'warn')?.message ?? '', /out\.mp4: the index stays at the end/);
  assert.deepEqual(boxTypes(await readFile(path('out.mp4'))).at(-1), 'moov');
  assert.equal((await firstRgb(path('out.mp4'))).frames, 150);
});

clipTest('a writer that wrote nothing leaves nothing', async (path) => {
  {
    await using writer = await media.createWriter(path('out.mp4'), options);
    assert.ok(writer);
  }
  assert.deepEqual(await readdir(path('.')), []);
});

clipTest('what cannot be written is told before any work', async (path) => {
  const refused = (name: string, code: string, pattern: RegExp, more: Partial<WriterOptions> = {}): Promise<void> =>
    assert.rejects(
      () => media.createWriter(path(name), { ...options, ...more }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, pattern);
        return true;
      },
    );
  await refused('none/out.mp4', 'OUTPUT_FAILED', /folder does not exist/);
  await mkdir(path('folder.mp4'));
  await refused('folder.mp4', 'OUTPUT_FAILED', /is a folder/);
  await writeFile(path('text'), 'x');
  await refused('text/out.mp4', 'OUTPUT_FAILED', /not a folder/);
  await refused('out.avi', 'INVALID_ARGUMENT', /must end in one of .mp4/);
  await refused('out.mp4', 'INVALID_ARGUMENT', /unknown preset "fastr".*Did you mean "fast"/, { preset: 'fastr' });
  await refused('out.mp4', 'INVALID_ARGUMENT', /crf 60/, { crf: 60 });
  await refused('out.mp4', 'NOT_FOUND', /no such file/, { audioFrom: path('nothing.wav') });
  await writeFile(path('there.mp4'), 'mine');
  await refused('there.mp4', 'ALREADY_EXISTS', /exists already/);
  assert.equal(await readFile(path('there.mp4'), 'utf8'), 'mine');
  if (platform() !== 'win32' && process.getuid?.() !== 0) {
    await mkdir(path('locked'));
    await chmod(path('locked'), 0o500);
    await refused('locked/out.mp4', 'OUTPUT_FAILED', /may not write/);
  }
});

test('a disk that fills up is OUTPUT_FAILED', { skip: !existsSync('/dev/full') && 'needs /dev/full' }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-full-'));
  try {
    const full = join(folder, 'full.mkv');
    await symlink('/dev/full', full);
    await using writer = await media.createWriter(full, { ...options, overwrite: true });
    const write = async (): Promise<void> => {
      for (let number = 0; number < 100; number++) {
        using frame = frameOf(plain(size, number, 200 - number, 9), number);
        await writer.write(frame);
      }
      await writer.finish();
    };
    await assert.rejects(write, (error: Error & { code?: string }) => error.code === 'OUTPUT_FAILED' && error.message.includes(full));
  } finally {
    await rm(folder, { recursive: true });
  }
});
