import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveFrames } from '../../core/index.js';
import { fakeMedia } from '../../media/index.js';
import { openPipeline } from '../pipeline.js';
import { clip, engineOf, models } from '../run.test.support.js';

const config = {
  version: 1,
  sources: { a: 'a.mp4' },
  nodes: { things: { model: 'boxes' } },
  outputs: { film: { video: 'film-{stream}.mp4' } },
} as const;

async function open(frames = 60) {
  const media = fakeMedia({ clips: { 'a.mp4': clip(frames) }, anyClip: clip(60) });
  return { media, pipeline: await openPipeline(config, { media, models, engine: engineOf() }) };
}

test('after a seek back the video goes on behind the frame before', async () => {
  const { media, pipeline } = await open();
  await using _ = pipeline;
  let sought = false;
  const { frames } = await pipeline.run({
    onResult: async ({ meta }) => {
      if (meta.frame !== 40 || sought) return;
      sought = true;
      await pipeline.seek(0);
    },
  });
  const ticks = media.clips.get('film-a.mp4')!.ticks!;
  assert.equal(ticks.length, frames);
  assert.ok(frames > 100, `${frames} frames`);
  assert.deepEqual(
    ticks.map(Number),
    Array.from({ length: frames }, (_, n) => n),
  );
});

test('a source that takes the place of another gets a video of its own, while it runs', async () => {
  const endless = 100_000;
  const { media, pipeline } = await open(endless);
  await pipeline.start({ keepOpen: true, onResult: () => new Promise((resolve) => setImmediate(resolve)) });
  while (pipeline.status().streams['a']!.frames < 10) await new Promise((resolve) => setImmediate(resolve));
  await pipeline.apply({ ...config, sources: { a: 'other.mp4' } });
  while (pipeline.status().streams['a']!.state !== 'ended') await new Promise((resolve) => setImmediate(resolve));
  await pipeline.stop();
  const { outputs } = await pipeline.ended;
  assert.deepEqual(outputs['film']!.map(({ path }) => path), ['film-a.mp4', 'film-a-2.mp4']); // prettier-ignore
  assert.ok(media.clips.get('film-a.mp4')!.ticks!.length < endless);
  assert.equal(media.clips.get('film-a-2.mp4')!.ticks!.length, 60);
  await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('a source that an output would write over is not added', async () => {
  const { pipeline } = await open();
  await using _ = pipeline;
  await assert.rejects(pipeline.addSource('b', 'film-a.mp4'), { code: 'INVALID_ARGUMENT', message: /choose another output/ });
});
