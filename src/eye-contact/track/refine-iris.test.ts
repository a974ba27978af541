import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.js';
import type { Point } from '../../core/index.js';
import type { RgbPicture } from '../port.js';
import type { EyeReading } from './eye-reading.js';
import { refineIris } from './refine-iris.js';

const SIZE = { width: 120, height: 80 };
const random = createRandom(5);

/** A dark disc on white between two lids of skin, its edge two pixels wide, with a glint and some noise. */
function eye(iris: Point, radius: number, { iris: dark = 50, sclera = 190 } = {}): RgbPicture {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (let y = 0; y < SIZE.height; y++)
    for (let x = 0; x < SIZE.width; x++) {
      const inside = Math.max(0, Math.min(1, (radius - Math.hypot(x + 0.5 - iris.x, y + 0.5 - iris.y)) / 2 + 0.5));
      const open = Math.abs(y - 40) < openAt(x) ? 1 : 0;
      const glint = Math.hypot(x - iris.x - 5, y - iris.y + 4) < 2 ? 255 : 0;
      const value = Math.max(glint, open * (inside * dark + (1 - inside) * sclera) + (1 - open) * 140) + random() * 8 - 4;
      data.fill(Math.max(0, Math.min(255, value)), (y * SIZE.width + x) * 3, (y * SIZE.width + x) * 3 + 3);
    }
  return { size: SIZE, data };
}

const openAt = (x: number): number => 16 * Math.sin((Math.PI * (x - 15)) / 90);
const lid = (sign: 1 | -1): Point[] => Array.from({ length: 9 }, (_, k) => ({ x: 15 + (k * 90) / 8, y: 40 + sign * openAt(15 + (k * 90) / 8) }));
const reading = (iris: Point, radius: number): EyeReading => ({ upperLid: lid(-1), lowerLid: lid(1), iris, radius, roundness: 1 });

for (const [dx, dy] of [[2, 0], [-1.5, 0.5], [1, -0.5]] as const)
  test(`an iris that was read ${dx}, ${dy} off is put right`, () => {
    const found = refineIris(eye({ x: 62.4, y: 40.3 }, 14), reading({ x: 62.4 + dx, y: 40.3 + dy }, 14.5));
    assert.ok(Math.abs(found.iris.x - 62.4) < 0.35, `${found.iris.x}`);
    assert.ok(Math.abs(found.iris.y - 40.3) < 0.75, `${found.iris.y}`);
    assert.ok(Math.abs(found.radius - 14) < 0.6, `${found.radius}`);
  }); // prettier-ignore

test('where the picture says nothing, the reading stays', () => {
  const flat: RgbPicture = { size: SIZE, data: new Uint8Array(SIZE.width * SIZE.height * 3).fill(120) };
  const given = reading({ x: 60, y: 40 }, 14);
  assert.deepEqual(refineIris(flat, given), given);
});

test('a coarse picture is left to the network', () => {
  const given = reading({ x: 61, y: 40 }, 6);
  assert.equal(refineIris(eye({ x: 60, y: 40 }, 6), given), given);
});

test('it never goes far: what is not near the reading is another edge', () => {
  const { iris } = refineIris(eye({ x: 75, y: 40 }, 14), reading({ x: 55, y: 40 }, 14));
  assert.ok(Math.abs(iris.x - 55) <= 0.22 * 14 + 1e-9, `${iris.x}`);
});
