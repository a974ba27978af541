import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { liveFrames } from '../../core/index.js';
import { type FakeMedia, fakeMedia } from '../../media/index.js';
import { type Pipeline, openPipeline } from '../pipeline.js';
import { SIZE, detectorSeeing, models } from '../scripted.test.support.js';

const FRAMES = 30;

/** A pipeline with every kind of output in a folder of its own; one person walks down through the line. */
async function withOutputs(
  work: (folder: string, open: (overwrite?: boolean) => Promise<Pipeline>, media: FakeMedia) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-outputs-'));
  const media = fakeMedia({ anyClip: { size: SIZE, frames: FRAMES } });
  const open = (overwrite = false): Promise<Pipeline> =>
    openPipeline(
      {
        version: 1,
        sources: { yard: 'yard.mp4' },
        nodes: {
          detector: { model: 'boxes' },
          tracker: { track: 'bytetrack', on: { objects: 'detector' } },
          gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
        },
        outputs: {
          page: { report: join(folder, 'page.html'), overwrite },
          film: { video: join(folder, 'film.mp4'), overwrite },
        },
        sinks: { results: { jsonl: join(folder, 'r.jsonl'), overwrite }, events: { jsonl: join(folder, 'e.jsonl'), of: 'events', overwrite } },
      },
      { models, media, engine: detectorSeeing((n) => [{ x: 50, y: n * 3 - 10 }]), about: { command: 'a <test>', version: '9.9.9' } },
    );
  try {
    await work(folder, open, media);
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.equal(liveFrames(), 0);
}

const linesOf = async (path: string): Promise<string[]> => (await readFile(path, 'utf8')).split('\n').filter(Boolean);

test('a run leaves a video of every frame, a page that tells what happened, and both records', async () => {
  await withOutputs(async (folder, open, media) => {
    await using pipeline = await open();
    const { streams, outputs } = await pipeline.run();
    assert.deepEqual(streams['yard']?.labels, { person: { objects: FRAMES, tracks: 1 } });
    assert.deepEqual(streams['yard']?.lines, { middle: { in: 1, out: 0 } });
    assert.equal(media.clips.get(join(folder, 'film.mp4'))?.ticks?.length, FRAMES);
    assert.equal((await linesOf(join(folder, 'r.jsonl'))).length, FRAMES);
    const [event, ...more] = (await linesOf(join(folder, 'e.jsonl'))).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([event!['line'], event!['direction'], more], ['middle', 'in', []]);
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    // The page is made last, so that it can tell of the other files, whatever the order of the configuration.
    for (const told of ['1 person crossed', 'film.mp4', 'e.jsonl', 'a &lt;test&gt;', '9.9.9']) assert.ok(page.includes(told), told);
    assert.deepEqual(Object.keys(outputs).toSorted(), ['film', 'page']);
  });
});

test('boxes and lines are drawn on the video, at their places', async () => {
  await withOutputs(async (folder, open, media) => {
    await using pipeline = await open();
    await pipeline.run();
    const drawn = media.clips.get(join(folder, 'film.mp4'))!.rgb!(10);
    const at = (x: number, y: number): number[] => Array.from(drawn.slice((y * SIZE.width + x) * 3, (y * SIZE.width + x) * 3 + 3));
    // A gray of 160 is what the fake clip shows on its tenth frame.
    assert.deepEqual(at(3, 3), [160, 160, 160]);
    assert.notDeepEqual(at(50, 40), at(3, 3));
    const [red, green, blue] = at(2, 64) as [number, number, number];
    assert.ok(red > 200 && green > 150 && blue < 90, `the line is yellow, not ${red} ${green} ${blue}`);
  });
});

test('results that are pulled write sinks and outputs too, completed when the loop is left early', async () => {
  await withOutputs(async (folder, open, media) => {
    await using pipeline = await open();
    for await (const result of pipeline.results()) {
      using held = result;
      if (held.meta.frame === 9) break;
    }
    assert.equal(media.clips.get(join(folder, 'film.mp4'))?.ticks?.length, 10);
    assert.equal((await linesOf(join(folder, 'r.jsonl'))).length, 10);
    assert.ok((await readFile(join(folder, 'page.html'), 'utf8')).includes('stopped before the end'));
  });
});

test('one file that is there stops everything before any work, and is not touched', async () => {
  await withOutputs(async (folder, open, media) => {
    await writeFile(join(folder, 'film.mp4'), 'mine');
    await assert.rejects(open(), { code: 'ALREADY_EXISTS', message: /film\.mp4 is already there/ });
    assert.deepEqual(media.calls, []);
    assert.deepEqual(await readdir(folder), ['film.mp4']);
    await using pipeline = await open(true);
    await pipeline.run();
  });
});
