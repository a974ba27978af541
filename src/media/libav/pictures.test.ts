import assert from 'node:assert/strict';
import {
  AVCOL_PRI_BT2020,
  AVCOL_PRI_BT470BG,
  AVCOL_SPC_BT470BG,
  AVCOL_TRC_GAMMA28,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
} from 'node-av/constants';
import type { PictureRequest, Size } from '../../core/index.js';
import type { VideoInfo } from '../port.js';
import { type ClipRecipe, clipTest, evenTicks, makeClip, near, pixelAt, plain } from './clip-maker.test.support.js';
import { libavMedia } from './media.js';

const media = libavMedia();
const LOSSLESS = { codec: 'ffv1', timeBase: { num: 1, den: 1000 } } as const;

/** Four quarters: red and green above, blue and white below. */
function quarters({ width, height }: Size): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [top, left] = [y < height / 2, x < width / 2];
      const colour = top ? (left ? [255, 0, 0] : [0, 255, 0]) : left ? [0, 0, 255] : [255, 255, 255];
      rgb.set(colour, (y * width + x) * 3);
    }
  return rgb;
}

const COLOURS: Record<string, readonly number[]> = { red: [255, 0, 0], green: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255] };

/** Names of the colours in the corners: top-left, top-right, bottom-left, bottom-right. */
function corners(rgb: Uint8Array, size: Size): string[] {
  const inset = 4;
  const points = [inset, size.height - 1 - inset].flatMap((y) => [inset, size.width - 1 - inset].map((x) => [x, y] as const));
  return points.map(([x, y]) => {
    const seen = pixelAt(rgb, size, x, y);
    const name = Object.keys(COLOURS).find((key) => COLOURS[key]!.every((value, i) => Math.abs(value - seen[i]!) <= 12));
    return name ?? seen.join(',');
  });
}

/** The first frame at its own size as packed RGB, the number of frames, and what the source says of itself. */
async function firstPicture(
  path: string,
  request: Partial<PictureRequest> = {},
): Promise<{ rgb: Uint8Array; size: Size; count: number; video: VideoInfo }> {
  await using source = await media.open(path);
  let rgb: Uint8Array | undefined;
  let size: Size | undefined;
  let count = 0;
  for await (const frame of source.frames()) {
    count++;
    size ??= frame.size;
    rgb ??= await frame.render({ size: frame.size, order: 'rgb', layout: 'packed', ...request });
    frame.close();
  }
  return { rgb: rgb!, size: size!, count, video: source.info.video };
}

const size: Size = { width: 64, height: 48 };
const clip = (recipe: Partial<ClipRecipe>): ClipRecipe => ({
  size,
  ticks: evenTicks(3),
  paint: () => quarters(recipe.size ?? size),
  ...LOSSLESS,
  ...recipe,
});

/** Left half black, right half white. */
const blackAndWhite = (): Uint8Array => Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => ((i / 3) % 64 < 32 ? 0 : 255));

/** Even rows bright, odd rows dark. */
const lines = (): Uint8Array => Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (Math.floor(i / (64 * 3)) % 2 === 0 ? 200 : 60));

/** The rows swap brightness from frame to frame: fields that, woven together, show a comb. */
const swapping = (number: number): Uint8Array => (number % 2 === 0 ? lines() : lines().map((value) => 260 - value));

/** Opaque in the left half, half transparent, then wholly transparent. */
function fading(): Uint8Array {
  const rgba = plain(size, 255, 80, 40, 255);
  for (let at = 0; at < rgba.length; at += 4) if ((at / 4) % 64 >= 32) rgba[at + 3] = (at / 4) % 64 >= 48 ? 0 : 128;
  return rgba;
}

/** 10-bit 4:2:0 without colour: black on the left, the code `white` on the right. */
function halfWhite(planes: readonly Buffer[], strides: readonly number[], white: number): void {
  for (const [i, data] of planes.entries()) {
    const [width, height] = i === 0 ? [64, 48] : [32, 24];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.writeUInt16LE(i > 0 ? 512 : x < 32 ? 64 : white, y * strides[i]! + x * 2);
  }
}

for (const [name, colour] of [
  ['BT.709', { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_MPEG }],
  ['BT.601', { colorSpace: AVCOL_SPC_SMPTE170M, colorRange: AVCOL_RANGE_MPEG }],
  [
    'BT.601 with primaries and transfer of PAL',
    { colorSpace: AVCOL_SPC_BT470BG, colorPrimaries: AVCOL_PRI_BT470BG, colorTrc: AVCOL_TRC_GAMMA28, colorRange: AVCOL_RANGE_MPEG },
  ],
  ['BT.709 in full range', { colorSpace: AVCOL_SPC_BT709, colorRange: AVCOL_RANGE_JPEG }],
] as const)
  clipTest(`colours come out right: ${name}`, async (path) => {
    const { rgb, count } = await firstPicture(await makeClip(path('clip.mkv'), clip({ colour })));
    assert.equal(count, 3);
    assert.deepEqual(corners(rgb, size), ['red', 'green', 'blue', 'white']);
  });

clipTest('HD without a colour matrix is taken as BT.709, SD as BT.601', async (path) => {
  for (const [width, height, colorSpace] of [
    [1280, 720, AVCOL_SPC_BT709],
    [640, 360, AVCOL_SPC_SMPTE170M],
  ] as const) {
    const big = { width, height };
    const untagged = clip({
      size: big,
      ticks: evenTicks(1),
      colour: { colorSpace },
      codec: 'libx264',
      options: { crf: '5', x264opts: 'colormatrix=undef' },
    });
    const { rgb } = await firstPicture(await makeClip(path(`${width}.mp4`), untagged));
    assert.deepEqual(corners(rgb, big), ['red', 'green', 'blue', 'white']);
  }
});

const TURNS = [
  { rotation: 90, matrix: [0, 1, -1, 0], expected: ['blue', 'red', 'white', 'green'] },
  { rotation: 180, matrix: [-1, 0, 0, -1], expected: ['white', 'blue', 'green', 'red'] },
  { rotation: 270, matrix: [0, -1, 1, 0], expected: ['green', 'white', 'red', 'blue'] },
] as const;

for (const { rotation, matrix, expected } of TURNS)
  clipTest(`a clip turned by ${rotation} degrees is shown upright`, async (path) => {
    const turned = clip({ matrix, codec: 'libx264', options: { crf: '5' } });
    const { rgb, size: shown, count, video } = await firstPicture(await makeClip(path('clip.mp4'), turned));
    assert.equal(count, 3);
    assert.equal(video.rotation, rotation);
    assert.deepEqual(video.codedSize, size);
    assert.deepEqual(video.size, rotation === 180 ? size : { width: 48, height: 64 });
    assert.deepEqual(shown, video.size);
    assert.deepEqual(corners(rgb, shown), expected);
  });

clipTest('a mirrored clip is shown as its matrix says', async (path) => {
  const mirrored = clip({ matrix: [-1, 0, 0, 1], codec: 'libx264', options: { crf: '5' } });
  const { rgb } = await firstPicture(await makeClip(path('clip.mp4'), mirrored));
  assert.deepEqual(corners(rgb, size), ['green', 'red', 'white', 'blue']);
});

clipTest('odd sizes keep their last column and row', async (path) => {
  const odd = { width: 321, height: 241 };
  const { rgb, size: shown } = await firstPicture(await makeClip(path('clip.mkv'), clip({ size: odd, paint: () => quarters(odd) })));
  assert.deepEqual(shown, odd);
  assert.deepEqual(corners(rgb, odd), ['red', 'green', 'blue', 'white']);
  near(pixelAt(rgb, odd, 320, 240), [255, 255, 255], 12, 'the last pixel');
  near(pixelAt(rgb, odd, 320, 0), [0, 255, 0], 12, 'the last pixel of the first row');
});

clipTest('10 bit and 4:2:2 and 4:4:4', async (path) => {
  for (const [pixelFormat, bitDepth] of [
    ['yuv420p10le', 10],
    ['yuv422p10le', 10],
    ['yuv444p', 8],
    ['gbrp10le', 10],
  ] as const) {
    const { rgb, video } = await firstPicture(await makeClip(path(`${pixelFormat}.mkv`), clip({ pixelFormat })));
    assert.equal(video.bitDepth, bitDepth, pixelFormat);
    assert.equal(video.pixelFormat, pixelFormat);
    assert.deepEqual(corners(rgb, size), ['red', 'green', 'blue', 'white'], pixelFormat);
  }
});

clipTest('a gray clip is gray, and gray pictures span 0 to 255', async (path) => {
  const { rgb, video } = await firstPicture(await makeClip(path('gray.mkv'), clip({ pixelFormat: 'gray', paint: blackAndWhite })));
  assert.equal(video.pixelFormat, 'gray');
  near(pixelAt(rgb, size, 5, 5), [0, 0, 0], 2, 'black');
  near(pixelAt(rgb, size, 60, 5), [255, 255, 255], 2, 'white');
  const { rgb: gray } = await firstPicture(await makeClip(path('colour.mkv'), clip({ paint: blackAndWhite })), { order: 'gray' });
  assert.ok(gray[5]! <= 2 && gray[60]! >= 253, `${gray[5]} and ${gray[60]} should be 0 and 255`);
});

clipTest('what is transparent is shown over black', async (path) => {
  for (const pixelFormat of ['bgra', 'yuva444p', 'yuva420p']) {
    const { rgb, video, count } = await firstPicture(await makeClip(path(`${pixelFormat}.mkv`), clip({ pixelFormat, paint: fading, alpha: true })));
    assert.equal(video.alpha, true, pixelFormat);
    assert.equal(count, 3);
    near(pixelAt(rgb, size, 8, 20), [255, 80, 40], 6, `${pixelFormat} opaque`);
    near(pixelAt(rgb, size, 40, 20), [128, 40, 20], 6, `${pixelFormat} half`);
    near(pixelAt(rgb, size, 58, 20), [0, 0, 0], 3, `${pixelFormat} transparent`);
  }
});

clipTest('interlaced frames are deinterlaced, one for one', async (path) => {
  const recipe = clip({
    interlaced: true,
    ticks: evenTicks(9),
    paint: swapping,
    codec: 'libx264',
    options: { flags: '+ildct+ilme', crf: '5' },
  });
  await using source = await media.open(await makeClip(path('clip.mkv'), recipe));
  const ticks: bigint[] = [];
  let combs = 0;
  for await (const frame of source.frames()) {
    ticks.push(frame.pts.ticks);
    const gray = await frame.render({ size, order: 'gray', layout: 'packed' });
    if (Math.abs(gray[20 * 64 + 32]! - gray[21 * 64 + 32]!) > 60) combs++;
    frame.close();
  }
  assert.equal(source.info.video.interlaced, true);
  assert.deepEqual(ticks, evenTicks(9));
  assert.equal(combs, 0, 'frames that still show both fields');
});

clipTest('a progressive clip is not touched', async (path) => {
  const { rgb, video } = await firstPicture(await makeClip(path('clip.mkv'), clip({ paint: lines })));
  assert.equal(video.interlaced, false);
  near([pixelAt(rgb, size, 30, 20)[0]!, pixelAt(rgb, size, 30, 21)[0]!], [200, 60], 4, 'two lines');
});

for (const [hdr, colorTrc, white] of [
  // Codes of diffuse white (203 nits) by ITU-R BT.2408: 58 % of PQ and 75 % of HLG, in narrow 10 bit.
  ['pq', AVCOL_TRC_SMPTE2084, 64 + Math.round(0.58 * 876)],
  ['hlg', AVCOL_TRC_ARIB_STD_B67, 64 + Math.round(0.75 * 876)],
] as const)
  clipTest(`HDR ${hdr} is tone-mapped`, async (path) => {
    const colour = { colorSpace: AVCOL_SPC_BT2020_NCL, colorPrimaries: AVCOL_PRI_BT2020, colorTrc, colorRange: AVCOL_RANGE_MPEG };
    const { rgb, video, count } = await firstPicture(
      await makeClip(
        path('clip.mkv'),
        clip({ pixelFormat: 'yuv420p10le', colour, plane: (_, planes, strides) => halfWhite(planes, strides, white) }),
      ),
    );
    assert.equal(video.hdr, hdr);
    assert.equal(count, 3);
    near(pixelAt(rgb, size, 8, 20), [0, 0, 0], 6, 'black stays black');
    const [r, g, b] = pixelAt(rgb, size, 50, 20);
    // Untouched, the PQ code would show as 148 and the HLG code as 191.
    assert.ok(r! > 170 && Math.max(r!, g!, b!) - Math.min(r!, g!, b!) <= 3, `diffuse white is bright and neutral: ${r},${g},${b}`);
  });
