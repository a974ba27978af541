import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Size } from '../../core/index.js';
import { rgbSurface } from './rgb-surface.js';
import { type Cover, NOTHING, type Span2 } from './surface.js';
import { type Yuv420Planes, yuv420Surface } from './yuv-surface.js';
import { type YuvColours, yuvOf } from './yuv.js';

const COLOURS: YuvColours = { matrix: 'bt709', range: 'limited' };
const RED = [220, 30, 40] as const;

/** Planes with gaps at the ends of their rows. */
function blank(size: Size, value = 100): Yuv420Planes {
  const [cw, ch] = [(size.width + 1) >> 1, (size.height + 1) >> 1];
  const strides = [size.width + 5, cw + 3, cw + 4] as const;
  const plane = (stride: number, height: number): Uint8Array => new Uint8Array(stride * height).fill(value);
  return { size, y: plane(strides[0], size.height), u: plane(strides[1], ch), v: plane(strides[2], ch), strides, colours: COLOURS };
}

/** How much of each pixel is inked, and from that what each plane should hold: drawn at full size, then averaged over each sample's pixels. */
function expected(size: Size, value: number, inkAt: (x: number, y: number) => number): { y: number[]; u: number[]; v: number[] } {
  const [luma, blue, red] = yuvOf(RED, COLOURS);
  const mix = (to: number, ink: number): number => value + (to - value) * ink;
  const y: number[] = [];
  for (let row = 0; row < size.height; row++) for (let x = 0; x < size.width; x++) y.push(mix(luma, inkAt(x, row)));
  const [u, v]: [number[], number[]] = [[], []];
  for (let row = 0; row < size.height; row += 2)
    for (let x = 0; x < size.width; x += 2) {
      const pixels = [[x, row], [x + 1, row], [x, row + 1], [x + 1, row + 1]].filter(([px, py]) => px! < size.width && py! < size.height); // prettier-ignore
      const ink = pixels.reduce((sum, [px, py]) => sum + inkAt(px!, py!), 0) / pixels.length;
      u.push(mix(blue, ink));
      v.push(mix(red, ink));
    }
  return { y, u, v };
}

function check(planes: Yuv420Planes, wanted: ReturnType<typeof expected>, what: string): void {
  const { size, strides } = planes;
  const [cw, ch] = [(size.width + 1) >> 1, (size.height + 1) >> 1];
  for (const [name, bytes, stride, width, height] of [
    ['y', planes.y, strides[0], size.width, size.height],
    ['u', planes.u, strides[1], cw, ch],
    ['v', planes.v, strides[2], cw, ch],
  ] as const)
    // prettier-ignore
    for (let row = 0; row < height; row++) {
      for (let x = 0; x < width; x++) {
        const off = Math.abs(bytes[row * stride + x]! - wanted[name][row * width + x]!);
        assert.ok(off <= 1, `${what}: ${name} at ${x},${row} is ${bytes[row * stride + x]}, not ${wanted[name][row * width + x]}`);
      }
      for (let x = width; x < stride; x++) assert.equal(bytes[row * stride + x], 100, `${what}: ${name} behind row ${row}`);
    }
}

const within = ({ x1, y1, x2, y2 }: Span2, x: number, y: number): boolean => x >= x1 && x < x2 && y >= y1 && y < y2;
const span = (x1: number, y1: number, x2: number, y2: number): Span2 => ({ x1, y1, x2, y2 });

for (const size of [
  { width: 24, height: 18 },
  { width: 23, height: 17 },
]) {
  // prettier-ignore
  test(`rings leave chroma as coloured as its pixels are: ${size.width}x${size.height}`, () => {
    const rings: (readonly [Span2, Span2])[] = [];
    for (const from of [0, 1, 2, 3, 8]) for (const thickness of [1, 2, 3]) rings.push([span(from, from, 20, 16), span(from + thickness, from + thickness, 20 - thickness, 16 - thickness)]); // prettier-ignore
    for (const to of [4, 5, 22, 23, 40]) rings.push([span(3, 3, to, to), NOTHING], [span(-9, -7, to, to), span(-6, -4, to - 3, to - 3)]);
    for (const [outer, inner] of rings) {
      const planes = blank(size);
      yuv420Surface(planes).ring(outer, inner, RED);
      const wanted = expected(size, 100, (x, y) => (within(outer, x, y) && !within(inner, x, y) ? 1 : 0));
      check(planes, wanted, JSON.stringify([outer, inner]));
    }
  });

  test(`ink of any strength is mixed in, in luma and in chroma: ${size.width}x${size.height}`, () => {
    const cover: Cover = { width: 9, height: 7, bytes: Uint8Array.from({ length: 63 }, (_, i) => (i * 37) % 256) };
    for (const [left, top] of [
      [2, 2],
      [3, 5],
      [-4, -3],
      [20, 14],
      [100, 0],
      [-9, 0],
    ] as const) {
      // prettier-ignore
      const planes = blank(size);
      yuv420Surface(planes).ink(cover, left, top, RED);
      const wanted = expected(size, 100, (x, y) =>
        within(span(left, top, left + 9, top + 7), x, y) ? cover.bytes[(y - top) * 9 + x - left]! / 255 : 0,
      );
      check(planes, wanted, `at ${left},${top}`);
    }
  });
}

test('only what a row says is inked is looked at', () => {
  const size = { width: 8, height: 2 };
  const cover: Cover = { width: 8, height: 2, bytes: new Uint8Array(16).fill(255), left: Int32Array.of(2, 8), right: Int32Array.of(5, 0) };
  const rgb = new Uint8Array(48);
  rgbSurface(rgb, size).ink(cover, 0, 0, [1, 2, 3]);
  assert.deepEqual([...rgb.subarray(0, 24)], [...Array(6).fill(0), 1, 2, 3, 1, 2, 3, 1, 2, 3, ...Array(9).fill(0)]);
  assert.ok(rgb.subarray(24).every((value) => value === 0));
});

test('RGB is drawn on as YUV is', () => {
  const size = { width: 10, height: 8 };
  const rgb = new Uint8Array(240).fill(100);
  const surface = rgbSurface(rgb, size);
  surface.ring(span(2, 1, 8, 7), span(4, 3, 6, 5), RED);
  surface.ink({ width: 1, height: 1, bytes: Uint8Array.of(51) }, 0, 0, [200, 100, 0]);
  const at = (x: number, y: number): number[] => [...rgb.subarray((y * 10 + x) * 3, (y * 10 + x) * 3 + 3)];
  assert.deepEqual([at(2, 1), at(7, 6), at(3, 3)], [[...RED], [...RED], [...RED]]);
  assert.deepEqual([at(4, 3), at(8, 6), at(1, 1)], [[100, 100, 100], [100, 100, 100], [100, 100, 100]]); // prettier-ignore
  // A fifth of the way from 100 to 200, 100 and 0.
  assert.deepEqual(at(0, 0), [120, 100, 80]);
});

// 100 % colour bars in 8 bits, by ITU-R BT.601 and BT.709.
for (const [matrix, rgb, yuv] of [
  ['bt601', [255, 255, 0], [210, 16, 146]],
  ['bt601', [0, 0, 255], [41, 240, 110]],
  ['bt709', [255, 255, 0], [219, 16, 138]],
  ['bt709', [255, 0, 255], [78, 214, 230]],
  ['bt709', [255, 255, 255], [235, 128, 128]],
  ['bt709', [0, 0, 0], [16, 128, 128]],
] as const)
  test(`${matrix} of ${rgb.join(',')}`, () => assert.deepEqual(yuvOf(rgb, { matrix, range: 'limited' }), yuv));

test('full range uses all of it', () => {
  assert.deepEqual(yuvOf([255, 255, 255], { matrix: 'bt601', range: 'full' }), [255, 128, 128]);
  // JFIF: Cr of pure red is 255.5, which is cut.
  assert.deepEqual(yuvOf([255, 0, 0], { matrix: 'bt601', range: 'full' }), [76, 85, 255]);
});
