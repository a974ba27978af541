import assert from 'node:assert/strict';
import { type TimeBase, toMs } from '../../core/index.js';
import { clipTest, evenTicks, makeClip, plain } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';

const media = libavMedia();
const size = { width: 64, height: 48 };
/** Frame n has the gray 20 + 9 n, so that a picture tells its number. */
const paint = (number: number): Uint8Array => plain(size, 20 + 9 * number, 20 + 9 * number, 20 + 9 * number);

interface Seen {
  readonly ticks: bigint[];
  /** Numbers as the pictures tell them. */
  readonly shown: number[];
  readonly timeBase: TimeBase;
  readonly variable: boolean;
}

async function read(path: string, seekMs?: number): Promise<Seen> {
  await using source = await media.open(path);
  if (seekMs !== undefined) await source.seek(seekMs);
  const ticks: bigint[] = [];
  const shown: number[] = [];
  for await (const frame of source.frames()) {
    const gray = await frame.render({ size, order: 'gray', layout: 'packed' });
    shown.push(Math.round((gray[64 * 24 + 32]! - 20) / 9));
    ticks.push(frame.pts.ticks);
    frame.close();
  }
  return { ticks, shown, timeBase: source.info.video.timeBase, variable: source.info.video.variableFrameRate };
}

const ms = ({ ticks, timeBase }: Seen): number[] => ticks.map((tick) => toMs({ ticks: tick, timeBase }));
const count = (frames: number): number[] => Array.from({ length: frames }, (_, i) => i);

clipTest('uneven times are kept to the tick, B-frames come in order, and the first pts may be anything', async (path) => {
  const ticks = count(20).map((i) => BigInt(3333 + i * 3000 + ((i * 7) % 5) * 311));
  const clip = await makeClip(path('clip.mp4'), {
    size,
    ticks,
    timeBase: { num: 1, den: 90000 },
    paint,
    options: { bf: '3', crf: '10' },
    muxer: { movie_timescale: '90000' },
  });
  const seen = await read(clip);
  assert.deepEqual(seen.timeBase, { num: 1, den: 90000 });
  assert.deepEqual(seen.ticks, ticks);
  assert.deepEqual(seen.shown, count(20));
  assert.equal(seen.variable, true);
});

clipTest('even times are told as such', async (path) => {
  const clip = await makeClip(path('clip.mp4'), { size, ticks: evenTicks(20), paint, options: { crf: '10' } });
  assert.equal((await read(clip)).variable, false);
});

clipTest('a raw stream has no times: frames come at its frame rate', async (path) => {
  const clip = await makeClip(path('clip.264'), { size, ticks: evenTicks(20), paint, options: { bf: '3', crf: '10' } });
  const seen = await read(clip);
  assert.deepEqual(seen.shown, count(20));
  assert.deepEqual(ms(seen).map((at) => Math.round(at - ms(seen)[0]!)), count(20).map((i) => i * 40)); // prettier-ignore
  assert.equal(seen.variable, false);
});

clipTest('seek decodes from the key frame before, whatever the container', async (path) => {
  for (const name of ['clip.mp4', 'clip.mkv', 'clip.ts', 'clip.264']) {
    const clip = await makeClip(path(name), { size, ticks: evenTicks(24), paint, options: { bf: '2', g: '8', crf: '10' } });
    const all = await read(clip);
    assert.deepEqual(all.shown, count(24), name);
    for (const first of [0, 3, 8, 13, 23]) {
      const seen = await read(clip, ms(all)[first]);
      assert.deepEqual(seen.shown, count(24).slice(first), `${name} from frame ${first}`);
      assert.deepEqual(seen.ticks, all.ticks.slice(first), name);
    }
  }
});
