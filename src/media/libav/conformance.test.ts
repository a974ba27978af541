import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaConformance } from '../conformance.js';
import { syntheticSource } from '../synthetic.js';
import { libavMedia } from './media.js';

/** A clip of the synthetic source, written by the adapter under test. */
async function fixture(extension: string, ticks: (number: number) => bigint) {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-media-'));
  const media = libavMedia();
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
    outputPath: () => join(folder, `out-${outputs++}${extension}`),
    close: () => rm(folder, { recursive: true }),
  };
}

mediaConformance('libav, mp4', () => fixture('.mp4', (number) => BigInt(number * 40)));
mediaConformance('libav, mp4 with uneven times from 137 ms', () => fixture('.mp4', (number) => BigInt(137 + number * 31 + (number % 3) * 7)));
mediaConformance('libav, matroska', () => fixture('.mkv', (number) => BigInt(number * 33)));
