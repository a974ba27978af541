import assert from 'node:assert/strict';
import { AVCOL_RANGE_JPEG, AVCOL_SPC_BT709, AVCOL_SPC_SMPTE170M } from 'node-av/constants';
import type { Size } from '../../core/index.js';
import type { Rgb, Shape } from '../../vision/index.js';
import { clipTest, evenTicks, makeClip, near, pixelAt, plain } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';

const media = libavMedia();
const size: Size = { width: 96, height: 64 };
const ORANGE: Rgb = [240, 120, 20];
const outlined = (x1: number, y1: number, x2: number, y2: number): Shape => ({
  kind: 'box',
  box: { x1, y1, x2, y2 },
  colour: ORANGE,
  thicknessPx: 8,
});

/** Writes the clip with `shapes` on every frame and gives its first frame back. */
async function annotated(clip: string, out: string, shapes: readonly Shape[]): Promise<{ readonly rgb: Uint8Array; readonly size: Size }> {
  await using source = await media.open(clip);
  const { size: shown, timeBase } = source.info.video;
  await using writer = await media.createWriter(out, { size: shown, timeBase, crf: 1 });
  for await (const frame of source.frames()) {
    await writer.write(frame, shapes);
    frame.close();
  }
  await writer.finish();
  await using written = await media.open(out);
  for await (const frame of written.frames()) {
    using _ = frame;
    return { rgb: await frame.render({ size: frame.size, order: 'rgb', layout: 'packed' }), size: frame.size };
  }
  throw new Error(`${out} holds no picture`);
}

// prettier-ignore
for (const [name, colour, pixelFormat] of [
  ['BT.709', { colorSpace: AVCOL_SPC_BT709 }, 'yuv420p'],
  ['BT.601', { colorSpace: AVCOL_SPC_SMPTE170M }, 'yuv420p'],
  ['BT.709 at full range', { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_JPEG }, 'yuv420p'],
  ['BT.601 in 4:2:2', { colorSpace: AVCOL_SPC_SMPTE170M }, 'yuv422p'],
  ['ten bits', { colorSpace: AVCOL_SPC_BT709 }, 'yuv420p10le'],
] as const)
  clipTest(`a colour is drawn as it is, whatever the video's own: ${name}`, async (path) => {
    const clip = await makeClip(path('in.mkv'), { size, ticks: evenTicks(3), paint: () => plain(size, 60, 60, 60), codec: 'ffv1', pixelFormat, colour });
    const { rgb } = await annotated(clip, path('out.mp4'), [outlined(20, 10, 60, 40)]);
    near(pixelAt(rgb, size, 20, 25), ORANGE, 6, 'the edge');
    near(pixelAt(rgb, size, 80, 50), [60, 60, 60], 6, 'outside');
  });

for (const [turn, matrix] of [
  ['90', [0, 1, -1, 0]],
  ['180', [-1, 0, 0, -1]],
  ['270', [0, -1, 1, 0]],
] as const)
  clipTest(`a video turned by ${turn} degrees is drawn on upright`, async (path) => {
    const clip = await makeClip(path('in.mp4'), { size, ticks: evenTicks(3), paint: () => plain(size, 60, 60, 60), matrix });
    const shown = turn === '180' ? size : { width: size.height, height: size.width };
    const out = await annotated(clip, path('out.mp4'), [outlined(4, 40, 30, 56)]);
    assert.deepEqual(out.size, shown);
    near(pixelAt(out.rgb, shown, 4, 48), ORANGE, 6, 'the edge');
    near(pixelAt(out.rgb, shown, 50, 10), [60, 60, 60], 6, 'outside');
    near(pixelAt(out.rgb, shown, 16, 30), [60, 60, 60], 6, 'above');
  });
