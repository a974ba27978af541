import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MediaFixture } from './conformance.js';
import type { Media } from './port.js';
import { syntheticSource } from './synthetic.js';

/** A clip of 24 frames of the synthetic source, written by the adapter under test; `ticks` gives each frame's time in milliseconds. */
export async function writtenClip(media: Media, extension: string, ticks: (number: number) => bigint): Promise<MediaFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-media-'));
  const uri = join(folder, `clip${extension}`);
  const size = { width: 96, height: 64 };
  await using source = syntheticSource({ size, frames: 24 });
  await using writer = await media.createWriter(uri, { size, timeBase: { num: 1, den: 1000 } });
  for await (const frame of source.frames()) {
    using moved = frame.retain('test', { pts: { ticks: ticks(frame.number), timeBase: { num: 1, den: 1000 } } });
    await writer.write(moved);
    frame.close();
  }
  await writer.finish();
  let outputs = 0;
  return {
    media,
    uri,
    size,
    frames: 24,
    missing: join(folder, 'nothing.mp4'),
    encodesImages: true,
    outputPath: () => join(folder, `out-${outputs++}${extension}`),
    close: () => rm(folder, { recursive: true }),
  };
}
