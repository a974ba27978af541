import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CutOut } from './cut-out.js';
import { PEOPLE } from './people.js';
import { type Canvas, boundsOf, drawLayer, drawSprite, mirrored, toSprite } from './sprite.js';

const CLEAR = { colour: [0, 0, 0], share: 0 } as const;

/** A cut-out of whole pixels from letters: `r`, `g`, `b` at full strength, `.` nothing. */
function fromLetters(...rows: readonly string[]): CutOut {
  const size = { width: rows[0]!.length, height: rows.length };
  const values: Record<string, readonly number[]> = { r: [255, 0, 0, 1], g: [0, 255, 0, 1], b: [0, 0, 255, 1], '.': [0, 0, 0, 0] };
  return { person: PEOPLE.plaid, size, rgba: Float32Array.from([...rows.join('')].flatMap((letter) => values[letter]!)) };
}

const black = (width: number, height: number): Canvas => ({ size: { width, height }, rgb: new Uint8Array(width * height * 3) });
const pixel = ({ size, rgb }: Canvas, x: number, y: number): number[] => [...rgb.subarray((y * size.width + x) * 3, (y * size.width + x) * 3 + 3)];
const still = { lean: 0, opacity: 1 };

test('a sprite is trimmed to what is seen, and has an empty border', () => {
  const cutOut = fromLetters('.....', '..rg.', '..bb.', '.....');
  assert.deepEqual(boundsOf(cutOut, 0.5), { x: 2, y: 1, width: 2, height: 2 });
  const { size, rgba } = toSprite(cutOut, 2, CLEAR);
  assert.deepEqual(size, { width: 4, height: 4 });
  assert.deepEqual([...rgba.subarray((4 + 1) * 4, (4 + 3) * 4)], [255, 0, 0, 255, 0, 255, 0, 255]);
  assert.ok(rgba.subarray(0, 16).every((value) => value === 0));
});

test('made smaller, each pixel is the mean of what it covers', () => {
  const { size, rgba } = toSprite(fromLetters('rg', 'bb'), 1, CLEAR);
  assert.deepEqual(size, { width: 3, height: 3 });
  assert.deepEqual([...rgba.subarray(16, 20)], [64, 64, 128, 255]);
});

test('haze mixes the colour of the air in, and leaves alpha alone', () => {
  const { rgba } = toSprite(fromLetters('r'), 1, { colour: [55, 100, 200], share: 0.5 });
  assert.deepEqual([...rgba.subarray(16, 20)], [155, 50, 100, 255]);
});

test('a mirror twice is no mirror', () => {
  const sprite = toSprite(fromLetters('rgb'), 1, CLEAR);
  const once = mirrored(sprite);
  assert.deepEqual([...once.rgba.subarray(6 * 4, 7 * 4)], [0, 0, 255, 255]);
  assert.deepEqual(mirrored(once), sprite);
});

test('at whole pixels a sprite is copied; between them it is shared out', () => {
  const sprite = toSprite(fromLetters('r'), 1, CLEAR);
  const whole = black(8, 6);
  drawSprite(whole, sprite, { x: 2, y: 1, ...still });
  assert.deepEqual(pixel(whole, 3, 2), [255, 0, 0]);
  assert.equal(
    whole.rgb.reduce((sum, value) => sum + value, 0),
    255,
  );
  const half = black(8, 6);
  drawSprite(half, sprite, { x: 2.5, y: 1, ...still });
  assert.deepEqual([pixel(half, 3, 2)[0], pixel(half, 4, 2)[0], pixel(half, 5, 2)[0]], [128, 128, 0]);
  const low = black(8, 6);
  drawSprite(low, sprite, { x: 2, y: 1.25, ...still });
  assert.deepEqual([pixel(low, 3, 2)[0], pixel(low, 3, 3)[0]], [191, 64]);
});

test('parts outside the picture and below the edge are not drawn', () => {
  const sprite = toSprite(fromLetters('rrr', 'rrr', 'rrr'), 3, CLEAR);
  const canvas = black(4, 4);
  drawSprite(canvas, sprite, { x: -3, y: -2, ...still }, 1);
  assert.deepEqual(
    [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => (pixel(canvas, x, y)[0]! > 0 ? 'r' : '.')).join('')),
    ['r...', '....', '....', '....'],
  );
  drawSprite(canvas, sprite, { x: 2, y: 2, ...still });
  assert.deepEqual(pixel(canvas, 3, 3), [255, 0, 0]);
});

test('half opacity shows half of what is behind; a leaning sprite is shifted at its top', () => {
  const sprite = toSprite(fromLetters('r'), 1, CLEAR);
  const canvas = { ...black(6, 6), rgb: new Uint8Array(6 * 6 * 3).fill(100) };
  drawSprite(canvas, sprite, { x: 1, y: 1, lean: 0, opacity: 0.5 });
  assert.deepEqual(pixel(canvas, 2, 2), [178, 50, 50]);
  const tall = toSprite(fromLetters('r', 'r', 'r', 'r'), 4, CLEAR);
  const leaning = black(12, 8);
  drawSprite(leaning, tall, { x: 2, y: 0, lean: 6, opacity: 1 });
  const lit = (y: number): number => [...Array(12).keys()].findIndex((x) => pixel(leaning, x, y)[0]! > 0);
  assert.ok(lit(1) > lit(4), `${lit(1)} at the top, ${lit(4)} at the bottom`);
});

test('a layer covers by its alpha', () => {
  const canvas = { ...black(2, 1), rgb: new Uint8Array(6).fill(200) };
  drawLayer(canvas, { x: 0, y: 0, width: 2, height: 1 }, Uint8Array.of(10, 20, 30, 255, 0, 0, 0, 0));
  assert.deepEqual([...canvas.rgb], [10, 20, 30, 200, 200, 200]);
});
