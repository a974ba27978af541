import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { AVCOL_PRI_BT709, AVCOL_SPC_BT709, AVCOL_TRC_BT709, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { Packet } from 'node-av/lib';
import { liveFrames } from '../../../core/index.js';
import type { PicturePatch, RewriteOptions, RewrittenPicture } from '../../rewrite.js';
import { type ClipRecipe, clipTest, evenTicks, makeClip } from '../clip-maker.test.support.js';
import { openDemuxer } from '../demuxer.js';
import { libavMedia } from '../media.js';
import { LibavPixels } from '../pixels.js';
import { rewriteVideo } from './rewrite-video.js';

const media = libavMedia();
const size = { width: 64, height: 48 };
const COLOUR = { colorSpace: AVCOL_SPC_BT709, colorPrimaries: AVCOL_PRI_BT709, colorTrc: AVCOL_TRC_BT709 };

/** Stripes that move, so that each frame differs. */
const stripes = (number: number): Uint8Array =>
  Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => (40 + 9 * number + 3 * (i % 64) + (i >> 8)) % 256);

const recipe: ClipRecipe = { size, ticks: evenTicks(12), paint: stripes, colour: COLOUR, options: { crf: '12' } };
const unchanged: Pick<RewriteOptions, 'encoding' | 'edit'> = { encoding: { lossless: true }, edit: async () => [] };

interface Read {
  readonly ticksMs: number[];
  readonly luma: Buffer[];
  readonly rotation: number;
  readonly colours: readonly number[];
}

/** Times, luma as decoded, and what the container and the pictures say of themselves. */
async function read(path: string): Promise<Read> {
  await using source = await media.open(path);
  const [ticksMs, luma]: [number[], Buffer[]] = [[], []];
  let colours: number[] = [];
  for await (const frame of source.frames()) {
    const { ticks, timeBase } = frame.pts;
    ticksMs.push(Math.round((Number(ticks) * timeBase.num * 1000) / timeBase.den));
    if (frame.pixels instanceof LibavPixels) {
      const { data, linesize, width, height, colorSpace, colorPrimaries, colorTrc } = frame.pixels.frame;
      luma.push(Buffer.concat(Array.from({ length: height }, (_, y) => data![0]!.subarray(y * linesize[0]!, y * linesize[0]! + width))));
      colours = [colorSpace, colorPrimaries, colorTrc];
    }
    frame.close();
  }
  return { ticksMs, luma, rotation: source.info.video.rotation, colours };
}

async function soundOf(path: string): Promise<Buffer> {
  await using demuxer = await openDemuxer(path, {}, AVMEDIA_TYPE_AUDIO);
  const packet = new Packet();
  packet.alloc();
  const pieces: Buffer[] = [];
  while ((await demuxer.format.readFrame(packet)) >= 0) {
    if (packet.streamIndex === demuxer.stream?.index) pieces.push(Buffer.from(packet.data!));
    packet.unref();
  }
  packet.free();
  return Buffer.concat(pieces);
}

async function* pieces(bytes: Buffer, length: number, onPiece: (end: number) => void = () => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) {
    yield bytes.subarray(at, at + length);
    onPiece(at + length);
  }
}

const SOUND = { codec: 'aac', seconds: 0.5 };

clipTest('without patches and without loss, everything is as it was: pixels, times, colours, sound', async (path) => {
  const uneven = [0n, 40n, 70n, 200n, 230n, 300n, 301n, 400n];
  const clip = await makeClip(path('in.mp4'), { ...recipe, ticks: uneven, sound: SOUND });
  const summary = await rewriteVideo({ input: clip, output: path('out.mp4'), ...unchanged });
  assert.equal(summary.frames, uneven.length);
  assert.equal(summary.changed, 0);
  const [before, after] = [await read(clip), await read(path('out.mp4'))];
  assert.deepEqual(after, before);
  assert.deepEqual(after.ticksMs, uneven.map(Number));
  assert.deepEqual(after.colours, [AVCOL_SPC_BT709, AVCOL_PRI_BT709, AVCOL_TRC_BT709]);
  const sound = await soundOf(clip);
  assert.ok(sound.length > 0);
  assert.ok(sound.equals(await soundOf(path('out.mp4'))), 'the sound is the same to the last byte');
});

const PATCH = { x: 10, y: 20, size: { width: 16, height: 8 } } as const;

function white({ size: { width, height }, ...place }: Pick<PicturePatch, 'x' | 'y' | 'size'>): PicturePatch {
  return { ...place, size: { width, height }, rgb: new Uint8Array(width * height * 3).fill(255), alpha: new Uint8Array(width * height).fill(255) };
}

clipTest('a patch changes what it covers and nothing else', async (path) => {
  const clip = await makeClip(path('in.mp4'), recipe);
  const edit = async ({ number }: RewrittenPicture) => (number === 5 ? [white(PATCH)] : []);
  const { changed } = await rewriteVideo({ input: clip, output: path('out.mp4'), encoding: { lossless: true }, edit });
  assert.equal(changed, 1);
  const [before, after] = [await read(clip), await read(path('out.mp4'))];
  for (const [number, luma] of after.luma.entries())
    for (let at = 0; at < luma.length; at++) {
      const [x, y] = [at % size.width, Math.floor(at / size.width)];
      const inside = number === 5 && x >= 10 && x < 26 && y >= 20 && y < 28;
      // Decoded colours that no RGB has keep their distance from it.
      if (inside) assert.ok(Math.abs(luma[at]! - 235) <= 8, `white at ${x},${y}: ${luma[at]}`);
      else assert.equal(luma[at], before.luma[number]![at], `frame ${number} at ${x},${y}`);
    }
});

clipTest('a turned video is seen upright, patched where it is seen, and turned still', async (path) => {
  const clip = await makeClip(path('in.mp4'), { ...recipe, matrix: [0, 1, -1, 0] });
  const seen: unknown[] = [];
  const edit = async (picture: RewrittenPicture) => {
    seen.push(picture.size);
    return [white({ x: 0, y: 0, size: { width: 4, height: 6 } })];
  };
  await rewriteVideo({ input: clip, output: path('out.mp4'), encoding: { lossless: true }, edit });
  assert.deepEqual(seen[0], { width: 48, height: 64 });
  await using source = await media.open(path('out.mp4'));
  const { rotation } = source.info.video;
  assert.equal(rotation, (await read(clip)).rotation);
  for await (const frame of source.frames()) {
    using shown = frame;
    const rgb = await shown.render({ size: shown.size, order: 'rgb', layout: 'packed' });
    assert.ok(rgb[0]! > 245, 'the upper left corner, as it is seen, is white');
    break;
  }
});

clipTest('bytes that come are worked on as they come, and the answer plays', async (path) => {
  const clip = await makeClip(path('in.mp4'), {
    ...recipe,
    ticks: evenTicks(100),
    sound: { codec: 'aac', seconds: 4 },
    muxer: { movflags: 'faststart' },
  });
  const bytes = await readFile(clip);
  let given = 0;
  let givenAtFirst: number | undefined;
  const out: Uint8Array[] = [];
  const summary = await rewriteVideo({
    input: pieces(bytes, 4096, (end) => (given = end)),
    output: async (piece) => {
      givenAtFirst ??= given;
      out.push(piece);
    },
    ...unchanged,
  });
  assert.equal(summary.frames, 100);
  assert.ok(
    givenAtFirst !== undefined && givenAtFirst < bytes.length,
    `the first bytes came out after ${givenAtFirst} of ${bytes.length} had gone in`,
  );
  await writeFile(path('out.mp4'), Buffer.concat(out));
  assert.deepEqual(await read(path('out.mp4')), await read(clip));
});

clipTest('key frames come as often as was asked', async (path) => {
  const clip = await makeClip(path('in.mp4'), { ...recipe, ticks: evenTicks(20) });
  await rewriteVideo({ input: clip, output: path('out.mp4'), encoding: { bitsPerSecond: 300_000, keyFrameEvery: 8 }, edit: async () => [] });
  await using demuxer = await openDemuxer(path('out.mp4'));
  const packet = new Packet();
  packet.alloc();
  const keys: boolean[] = [];
  while ((await demuxer.format.readFrame(packet)) >= 0) {
    keys.push(packet.isKeyframe);
    packet.unref();
  }
  packet.free();
  assert.deepEqual(keys.flatMap((key, at) => (key ? [at] : [])), [0, 8, 16]); // prettier-ignore
});

clipTest('stopped early, the file holds what was done and plays; called off, there is none', async (path) => {
  const clip = await makeClip(path('in.mp4'), { ...recipe, ticks: evenTicks(60) });
  const stop = new AbortController();
  const edit = async ({ number }: RewrittenPicture) => {
    if (number === 9) stop.abort();
    return [];
  };
  const { frames } = await rewriteVideo({ input: clip, output: path('short.mp4'), encoding: {}, edit, stop: stop.signal });
  assert.ok(frames >= 10 && frames < 60, `${frames} frames`);
  assert.equal((await read(path('short.mp4'))).ticksMs.length, frames);
  const off = new AbortController();
  const cancelling = rewriteVideo({ input: clip, output: path('none.mp4'), encoding: {}, edit: async () => (off.abort(), []), signal: off.signal });
  await assert.rejects(cancelling, { code: 'CANCELLED' });
  await assert.rejects(stat(path('none.mp4')), { code: 'ENOENT' });
});

clipTest('what cannot be read, written or laid on is told', async (path) => {
  const clip = await makeClip(path('in.mp4'), recipe);
  const rewrite = (more: Partial<RewriteOptions>) => rewriteVideo({ input: clip, output: path('out.mp4'), overwrite: true, ...unchanged, ...more });
  await assert.rejects(rewrite({ output: clip }), { code: 'INVALID_ARGUMENT', message: /is the input too/ });
  await assert.rejects(rewrite({ output: path('out.webm') }), { code: 'INVALID_ARGUMENT', message: /must end in \.mp4/ });
  await assert.rejects(rewrite({ input: pieces(Buffer.from('no video at all, only words'.repeat(50)), 100) }), { code: 'INPUT_CORRUPT' });
  await assert.rejects(rewrite({ edit: async () => [white({ x: 60, y: 0, size: { width: 8, height: 8 } })] }), {
    code: 'INVALID_ARGUMENT',
    message: /a patch of 8x8 at 60,0 does not lie within the picture of 64x48/,
  });
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield (await readFile(clip)).subarray(0, 2000);
    throw new Error('the line is cut');
  };
  await assert.rejects(rewrite({ input: broken() }), { message: /the line is cut/ });
  assert.equal(liveFrames(), 0);
});
