import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { ImageFormat, RgbImage } from '../port.js';
import { clipTest } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';

const media = libavMedia();
const size = { width: 61, height: 43 };

/** A gradient in two directions with a coloured stripe. */
const image: RgbImage = {
  size,
  rgb: Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % size.width, Math.floor(i / 3 / size.width), i % 3];
    return c === 0 ? x * 4 : c === 1 ? y * 5 : 200 - x - y;
  }),
};

/** What another program would see: the bytes written to a file and read as a picture. */
async function decoded(path: string, format: ImageFormat, bytes: Uint8Array): Promise<Uint8Array> {
  await writeFile(`${path}.${format.type}`, bytes);
  await using source = await media.open(`${path}.${format.type}`);
  for await (const frame of source.frames()) {
    using _ = frame;
    return await frame.render({ size, order: 'rgb', layout: 'packed' });
  }
  throw new Error('holds no picture');
}

const worst = (a: Uint8Array, b: Uint8Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
const mean = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

clipTest('a PNG gives every pixel back', async (path) => {
  const bytes = await media.encodeImage(image, { type: 'png' });
  assert.ok(bytes.length < image.rgb.length, 'it is compressed');
  assert.deepEqual(await decoded(path('out'), { type: 'png' }, bytes), image.rgb);
});

clipTest('a JPEG looks as the picture does, and better and larger at a higher quality', async (path) => {
  const results: { bytes: number; mean: number }[] = [];
  for (const quality of [10, 50, 85, 100]) {
    const bytes = await media.encodeImage(image, { type: 'jpeg', quality });
    const seen = await decoded(path(`q${quality}`), { type: 'jpeg', quality }, bytes);
    results.push({ bytes: bytes.length, mean: mean(seen, image.rgb) });
    if (quality === 100) assert.ok(worst(seen, image.rgb) <= 12, `off by ${worst(seen, image.rgb)} at most`);
  }
  results.slice(1).forEach((better, i) => {
    assert.ok(better.bytes > results[i]!.bytes && better.mean < results[i]!.mean, JSON.stringify(results));
  });
});
