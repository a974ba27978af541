import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault, liveFrames } from '../../../core/index.js';
import { type FakeClip, type FakeMedia, fakeMedia } from '../../../media/index.js';
import type { PipelineConfigInput } from '../../config.js';
import { type Pipeline, openPipeline } from '../../pipeline.js';
import { SIZE, detectorSeeing, models } from '../../scripted.test.support.js';

type Tiles = Extract<NonNullable<PipelineConfigInput['outputs']>[string], { readonly tiles: string }>;

const gray = (value: number) => (): Uint8Array => new Uint8Array(SIZE.width * SIZE.height * 3).fill(value);

/** A pipeline over these clips with a wall, in a folder of its own. */
async function withWall(
  clips: Readonly<Record<string, FakeClip>>,
  tiles: Partial<Tiles>,
  work: (pipeline: Pipeline, pictures: () => readonly Uint8Array[], media: FakeMedia) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-tiles-'));
  const path = join(folder, 'wall.mp4');
  const media = fakeMedia({ clips });
  try {
    await using pipeline = await openPipeline(
      {
        version: 1,
        sources: Object.fromEntries(Object.keys(clips).map((name) => [name, name])),
        nodes: { detector: { model: 'boxes' } },
        outputs: { wall: { size: { width: 260, height: 128 }, titles: false, gap: 4, ...tiles, tiles: path } },
      },
      { models, media, engine: detectorSeeing(() => []) },
    );
    const pictures = (): Uint8Array[] => {
      const clip = media.clips.get(path)!;
      return clip.ticks!.map((_, n) => clip.rgb!(n));
    };
    await work(pipeline, pictures, media);
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.equal(liveFrames(), 0);
}

/** What the left and the right of two tiles show, in the middle. */
const shown = (picture: Uint8Array): [number, number] => [picture[(64 * 260 + 64) * 3]!, picture[(64 * 260 + 196) * 3]!];

const twoClips = { left: { size: SIZE, frames: 6 }, right: { size: SIZE, frames: 6, rgb: gray(77) } };

test('streams are put side by side, picture by picture', async () => {
  await withWall(twoClips, {}, async (pipeline, pictures) => {
    const { outputs } = await pipeline.run();
    assert.equal(outputs['wall']?.[0]?.holds, 'all streams in one picture');
    // The fake clip's n-th frame is a gray of 16 n.
    assert.deepEqual(pictures().map(shown), [0, 16, 32, 48, 64, 80].map((value) => [value, 77])); // prettier-ignore
  });
});

test('pulled results make the same wall, and do not wait for each other for ever', async () => {
  await withWall(twoClips, {}, async (pipeline, pictures) => {
    let count = 0;
    for await (const result of pipeline.results()) {
      using _ = result;
      count++;
    }
    assert.equal(count, 12);
    assert.deepEqual(pictures().map(shown), [0, 16, 32, 48, 64, 80].map((value) => [value, 77])); // prettier-ignore
  });
});

test('a stream that ends stays, darkened, while the others go on', async () => {
  const clips = { ...twoClips, right: { ...twoClips.right, frames: 2, rgb: gray(200) } };
  await withWall(clips, {}, async (pipeline, pictures) => {
    await pipeline.run();
    const right = pictures().map((picture) => shown(picture)[1]);
    assert.equal(right.length, 6);
    assert.deepEqual(right.slice(0, 2), [200, 200]);
    assert.deepEqual(new Set(right.slice(2)), new Set([90]), 'at less than half of its light');
  });
});

test('only the streams that are named, in their order', async () => {
  await withWall({ ...twoClips, other: { size: SIZE, frames: 9 } }, { streams: ['right', 'left'] }, async (pipeline, pictures) => {
    await pipeline.run();
    assert.deepEqual(pictures().map(shown), [0, 16, 32, 48, 64, 80].map((value) => [77, value])); // prettier-ignore
  });
});

test('a stream that fails ends the run with its fault, not with a wait, and the wall is complete as far as it came', async () => {
  const clips = { ...twoClips, right: { ...twoClips.right, failAt: { frame: 2, fault: new Fault('INPUT_CORRUPT', 'cut off') } } };
  await withWall(clips, {}, async (pipeline, pictures) => {
    await assert.rejects(pipeline.run(), { code: 'INPUT_CORRUPT', message: /cut off/ });
    assert.ok(pictures().length >= 2);
  });
});

test('leaving early, and closing in the middle, lets go of everything', async () => {
  await withWall(twoClips, {}, async (pipeline, pictures) => {
    for await (const result of pipeline.results()) {
      using held = result;
      if (held.meta.frame === 2) break;
    }
    assert.ok(pictures().length > 0);
  });
  await withWall(twoClips, {}, async (pipeline) => {
    const run = pipeline.run({ onResult: ({ meta }) => void (meta.frame === 1 && pipeline.stop()) });
    await run;
  });
});

test('titles are drawn on the tiles', async () => {
  await withWall(twoClips, { titles: true }, async (pipeline, pictures) => {
    await pipeline.run();
    const corner = pictures()[3]!.slice(0, 260 * 14 * 3);
    assert.ok(corner.some((value) => value > 230), 'light letters'); // prettier-ignore
    assert.deepEqual(shown(pictures()[3]!), [48, 77]);
  });
});
