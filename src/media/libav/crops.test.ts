import assert from 'node:assert/strict';
import { AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG, AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT709, AVCOL_SPC_SMPTE170M } from 'node-av/constants';
import type { PictureRequest, Rect, Size } from '../../core/index.js';
import { BT601 } from '../crop/yuv-colour.js';
import { YuvCrop } from '../crop/yuv-crop.js';
import { clipTest, evenTicks, makeClip, near, pixelAt } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';
import type { LibavPixels } from './pixels.js';
import { PlaneCopies } from './plane-copies.js';
import { yuvFormOf, yuvPictureOf } from './yuv-picture.js';

const media = libavMedia();
const size: Size = { width: 96, height: 80 };
const BLOCK = 16;
const PALETTE = [[230, 30, 30], [30, 220, 40], [40, 60, 230], [240, 240, 240], [20, 20, 20], [230, 220, 30], [200, 40, 210]] as const; // prettier-ignore

const colourAt = (x: number, y: number): readonly number[] => PALETTE[(Math.floor(x / BLOCK) * 3 + Math.floor(y / BLOCK)) % PALETTE.length]!;

/** A board of coloured squares. */
function board(): Uint8Array {
  const rgb = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) for (let x = 0; x < size.width; x++) rgb.set(colourAt(x, y), (y * size.width + x) * 3);
  return rgb;
}

/** The distance of a coordinate to the next edge of a square. */
const fromEdge = (at: number): number => Math.min(at % BLOCK, BLOCK - 1 - (at % BLOCK));

const OFFSETS = [[0, 0], [1, 0], [0, 1], [7, 5], [8, 6], [33, 18], [34, 21], [55, 40]] as const; // prettier-ignore

/** Corners of crops of 11x11 that stay inside one square. */
const INNER = [[18, 18], [35, 34], [50, 51]] as const; // prettier-ignore
const TARGETS = [{ width: 40, height: 50 }, { width: 5, height: 4 }]; // prettier-ignore

for (const pixelFormat of ['yuv420p', 'yuv422p', 'yuv444p', 'bgr0']) {
  clipTest(`a crop at any offset shows exactly its pixels: ${pixelFormat}`, async (path) => {
    const clip = await makeClip(path('clip.mkv'), { size, ticks: evenTicks(1), paint: board, codec: 'ffv1', pixelFormat });
    await using source = await media.open(clip);
    for await (const frame of source.frames()) {
      const whole = await frame.render({ size, order: 'rgb', layout: 'packed' });
      const gray = await frame.render({ size, order: 'gray', layout: 'packed' });
      for (const [x, y] of OFFSETS) {
        const part: Rect = { x, y, width: 37, height: 33 };
        const request = { size: part, layout: 'packed', source: part } as const;
        const rgb = await frame.render({ ...request, order: 'rgb' });
        const grayPart = await frame.render({ ...request, order: 'gray' });
        for (let row = 0; row < 33; row++)
          for (let column = 0; column < 37; column++) {
            const what = `crop at ${x},${y}, pixel ${column},${row}`;
            near([grayPart[row * 37 + column]!], [gray[(y + row) * size.width + x + column]!], 2, `gray ${what}`);
            // At the border of the crop there is one chroma sample less to mix.
            const inner = Math.min(column, row, 36 - column, 32 - row) >= 3;
            if (inner) near(pixelAt(rgb, part, column, row), pixelAt(whole, size, x + column, y + row), 3, what);
            // Beside an edge the colours of two squares share chroma samples.
            const flat = Math.min(fromEdge(x + column), fromEdge(y + row)) >= 4;
            if (flat) near(pixelAt(rgb, part, column, row), colourAt(x + column, y + row), 8, what);
          }
      }
      frame.close();
    }
  });

  clipTest(`a crop is scaled without what lies around it: ${pixelFormat}`, async (path) => {
    const clip = await makeClip(path('clip.mkv'), { size, ticks: evenTicks(1), paint: board, codec: 'ffv1', pixelFormat });
    await using source = await media.open(clip);
    for await (const frame of source.frames()) {
      for (const [x, y] of INNER) {
        for (const target of TARGETS) {
          const part: Rect = { x, y, width: 11, height: 11 };
          const rgb = await frame.render({ size: target, order: 'rgb', layout: 'packed', source: part });
          for (let at = 0; at < rgb.length; at += 3) near(Array.from(rgb.subarray(at, at + 3)), colourAt(x, y), 10, `crop at ${x},${y}`);
        }
      }
      frame.close();
    }
  });
}

clipTest('unscaled pictures of any width are whole', async (path) => {
  for (const width of [34, 37, 51, 96]) {
    const narrow = { width, height: 22 };
    const paint = (): Uint8Array => Uint8Array.from({ length: width * 22 * 3 }, (_, i) => [30, 200, 60][i % 3]!);
    await using source = await media.open(await makeClip(path(`${width}.mkv`), { size: narrow, ticks: evenTicks(1), paint, codec: 'ffv1' }));
    for await (const frame of source.frames()) {
      for (const layout of ['packed', 'planar'] as const) {
        const rgb = await frame.render({ size: narrow, order: 'rgb', layout });
        for (let pixel = 0; pixel < width * 22; pixel++) {
          const at = (channel: number): number => (layout === 'packed' ? pixel * 3 + channel : channel * width * 22 + pixel);
          near(
            [0, 1, 2].map((channel) => rgb[at(channel)]!),
            [30, 200, 60],
            4,
            `${layout} ${width}: pixel ${pixel}`,
          );
        }
      }
      frame.close();
    }
  }
});

clipTest('planar and packed show the same picture', async (path) => {
  const clip = await makeClip(path('clip.mkv'), { size, ticks: evenTicks(1), paint: board, codec: 'ffv1' });
  await using source = await media.open(clip);
  for await (const frame of source.frames()) {
    for (const width of [13, 32, 61, 96, 117]) {
      const target = { width, height: 45 };
      const packed = await frame.render({ size: target, order: 'bgr', layout: 'packed' });
      const planar = await frame.render({ size: target, order: 'bgr', layout: 'planar' });
      const pixels = width * 45;
      for (let pixel = 0; pixel < pixels; pixel++)
        for (let channel = 0; channel < 3; channel++) {
          const [one, two] = [packed[pixel * 3 + channel]!, planar[channel * pixels + pixel]!];
          assert.ok(Math.abs(one - two) <= 3, `width ${width}: pixel ${pixel}, channel ${channel}: ${one} and ${two}`);
        }
    }
    frame.close();
  }
});

/** Waves of colour: every pixel differs from its neighbours, none by much. */
const waves = (): Uint8Array =>
  Uint8Array.from({ length: size.width * size.height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % size.width, Math.floor(at / 3 / size.width)];
    return 128 + 100 * Math.sin(x / (5 + (at % 3)) + y / 7 + (at % 3));
  });

const COLOURS = [
  { colorSpace: AVCOL_SPC_SMPTE170M, colorRange: AVCOL_RANGE_MPEG },
  { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_MPEG },
  { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_JPEG },
  { colorSpace: AVCOL_SPC_BT2020_NCL, colorRange: AVCOL_RANGE_MPEG },
];

for (const pixelFormat of ['yuv420p', 'yuv422p', 'yuv444p'])
  clipTest(`a crop made here is what libav makes of the same pixels: ${pixelFormat}`, async (path) => {
    for (const [at, colour] of COLOURS.entries()) {
      const recipe = { size, ticks: evenTicks(1), paint: waves, codec: 'ffv1', pixelFormat, colour };
      await using source = await media.open(await makeClip(path(`${at}.mkv`), recipe));
      for await (const frame of source.frames()) {
        using _ = frame;
        const whole: Rect = { x: 0, y: 0, ...size };
        const { frame: native } = frame.pixels as LibavPixels;
        const form = yuvFormOf(native);
        assert.ok(form, 'three planes of a known colour matrix');
        const planes = yuvPictureOf(form, new PlaneCopies().of(frame, native));
        for (const target of [
          { width: 41, height: 33 },
          { width: 150, height: 97 },
          { width: 40, height: 120 },
          { width: 3, height: 9 },
        ])
          // prettier-ignore
          for (const order of planes.colour.red === BT601.red ? (['rgb', 'bgr', 'gray'] as const) : (['rgb', 'bgr'] as const))
            for (const layout of ['planar', 'packed'] as const) {
              const request: PictureRequest = { size: target, order, layout };
              const libav = await frame.render(request);
              const own = new Uint8Array(libav.length);
              new YuvCrop().render(planes, request, { source: whole, content: { x: 0, y: 0, ...target }, pad: 0 }, own);
              const worst = own.reduce((most, value, byte) => Math.max(most, Math.abs(value - libav[byte]!)), 0);
              assert.ok(worst <= 3, `${order} ${layout} ${target.width}x${target.height}, colours ${JSON.stringify(colour)}: off by ${worst}`);
            }
      }
    }
  });

clipTest('gray is the same brightness in a crop as in the whole picture, whatever the colour matrix', async (path) => {
  for (const [at, colour] of COLOURS.entries()) {
    const recipe = { size, ticks: evenTicks(1), paint: waves, codec: 'ffv1', pixelFormat: 'yuv444p', colour };
    await using source = await media.open(await makeClip(path(`${at}.mkv`), recipe));
    for await (const frame of source.frames()) {
      using _ = frame;
      const gray = await frame.render({ size, order: 'gray', layout: 'packed' });
      const source: Rect = { x: 11, y: 7, width: 40, height: 30 };
      const part = await frame.render({ size: source, source, order: 'gray', layout: 'packed' });
      for (const [x, y] of [[0, 0], [20, 15], [39, 29]] as const) near([part[y * 40 + x]!], [gray[(y + 7) * size.width + x + 11]!], 3, `gray at ${x},${y}`); // prettier-ignore
    }
  }
});
