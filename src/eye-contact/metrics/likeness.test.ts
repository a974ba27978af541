import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbPicture } from '../port.js';
import { changedOutside, flickerRatio, psnr, ssim } from './likeness.js';

const picture = (width: number, height: number, level: (x: number, y: number) => number): RgbPicture => ({
  size: { width, height },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => level(Math.floor(i / 3) % width, Math.floor(i / 3 / width))),
});
const flat = (level: number, width = 16, height = 16): RgbPicture => picture(width, height, () => level);
const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test('PSNR is that of the mean square: levels 10 apart make 20 log10(255 / 10)', () => {
  near(psnr(flat(100), flat(110)), 20 * Math.log10(25.5), 1e-9);
  assert.equal(psnr(flat(7), flat(7)), Infinity);
  // One of 16 columns differs by 40: the mean square is 100; in that column alone, 1600.
  const column = picture(16, 16, (x) => (x === 3 ? 140 : 100));
  near(psnr(flat(100), column), 20 * Math.log10(25.5), 1e-9);
  near(psnr(flat(100), column, { x: 3, y: 0, width: 1, height: 16 }), 20 * Math.log10(255 / 40), 1e-9);
});

test('SSIM of flat pictures is the term of brightness alone', () => {
  const c1 = 2.55 ** 2;
  near(ssim(flat(100), flat(110)), (2 * 100 * 110 + c1) / (100 ** 2 + 110 ** 2 + c1), 1e-9);
});

test('SSIM of a pattern and its negative is about -1, of one with itself 1', () => {
  const stripes = picture(24, 24, (x) => (x % 2 ? 228 : 28));
  const negative = picture(24, 24, (x) => (x % 2 ? 28 : 228));
  near(ssim(stripes, stripes), 1, 1e-12);
  // Equal means, covariance -v: (c2 - 2v) / (c2 + 2v) with v near 100² and c2 = 7.65².
  near(ssim(stripes, negative), (58.5 - 20000) / (58.5 + 20000), 0.005);
});

test('pictures of two sizes, or smaller than the window, are refused', () => {
  assert.throws(() => psnr(flat(1), flat(1, 8)), /of one size, got 16x16 and 8x16/);
  assert.throws(() => ssim(flat(1, 10), flat(1, 10)), /11x11 pixels or more, got 10x16/);
});

test('pixels changed outside the regions are counted, inside they are not', () => {
  const dots = picture(16, 16, (x, y) => ((x === 2 && y === 2) || (x === 12 && y === 5) ? 101 : 100));
  assert.equal(changedOutside(flat(100), dots, []), 2);
  assert.equal(changedOutside(flat(100), dots, [{ x: 12, y: 5, width: 1, height: 1 }]), 1);
  assert.equal(changedOutside(flat(100), dots, [{ x: 0, y: 0, width: 12, height: 16 }]), 1);
});

test('flicker compares changes from frame to frame', () => {
  const part = { x: 0, y: 0, width: 16, height: 16 };
  const input = [flat(100), flat(102), flat(100)];
  near(flickerRatio([flat(50), flat(53), flat(50)], input, part), 1.5, 1e-9);
  assert.equal(flickerRatio([flat(50), flat(50), flat(50)], input, part), 0);
});
