import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, patchPlanes, type PatchablePicture } from './patch-planes.js';
import { codedRect, toCoded, toUpright, turnedSize } from './turn.js';

const BT709 = { red: 0.2126, blue: 0.0722 };

function picture(overrides: Partial<PatchablePicture> = {}, fill = 100): PatchablePicture {
  const plane = (width: number, height: number) => ({ samples: new Uint8Array(width * height).fill(fill), stride: width, width, height });
  return {
    planes: [plane(8, 8), plane(4, 4), plane(4, 4)],
    chroma: { x: 2, y: 2 },
    cosited: { x: true, y: false },
    bitDepth: 8,
    full: false,
    ...BT709,
    ...overrides,
  };
}

const change = (before: number[], after: number[], alpha: number, rect = { x: 2, y: 2, width: 4, height: 4 }): Change => {
  const pixels = rect.width * rect.height;
  const packed = (colour: number[]): Uint8Array => Uint8Array.from({ length: pixels * 3 }, (_, i) => colour[i % 3]!);
  return { rect, before: packed(before), after: packed(after), alpha: new Uint8Array(pixels).fill(alpha) };
};

test('a change of grey moves luma by its share of the narrow range, and chroma not at all', () => {
  const patched = picture();
  patchPlanes(patched, change([100, 100, 100], [200, 200, 200], 255));
  assert.equal(patched.planes[0].samples[2 * 8 + 2], 100 + Math.round((100 * 219) / 255));
  assert.ok(patched.planes[1].samples.every((value) => value === 100));
});

test('half an alpha is half a change, and the full range is not narrowed', () => {
  const patched = picture({ full: true });
  patchPlanes(patched, change([100, 100, 100], [200, 200, 200], 128));
  assert.equal(patched.planes[0].samples[2 * 8 + 2], 150);
});

test('nothing outside the rectangle changes, chroma samples beside it included', () => {
  const patched = picture();
  patchPlanes(patched, change([0, 0, 0], [255, 0, 40], 255));
  const [y, , cr] = patched.planes;
  for (let at = 0; at < 64; at++) {
    const inside = at % 8 >= 2 && at % 8 < 6 && at >= 16 && at < 48;
    assert.equal(y.samples[at] !== 100, inside, `luma ${at}`);
  }
  for (let at = 0; at < 16; at++) {
    const inside = at % 4 >= 1 && at % 4 < 3 && at >= 4 && at < 12;
    assert.equal(cr.samples[at] !== 100, inside, `chroma ${at}`);
  }
});

test('what is the same before and after keeps its samples, and so does what has no alpha', () => {
  const patched = picture();
  patchPlanes(patched, change([30, 200, 90], [30, 200, 90], 255));
  patchPlanes(patched, change([0, 0, 0], [255, 255, 255], 0));
  assert.ok(patched.planes.every(({ samples }) => samples.every((value) => value === 100)));
});

test('samples of ten bits move four times as far, and stop at the ends of their range', () => {
  const wide = (width: number, height: number) => ({ samples: new Uint16Array(width * height).fill(400), stride: width, width, height });
  const patched = picture({ planes: [wide(8, 8), wide(4, 4), wide(4, 4)], bitDepth: 10, full: true });
  patchPlanes(patched, change([0, 0, 0], [100, 100, 100], 255));
  assert.equal(patched.planes[0].samples[2 * 8 + 2], 400 + Math.round((100 * 1023) / 255));
  patchPlanes(patched, change([0, 0, 0], [255, 255, 255], 255));
  assert.equal(patched.planes[0].samples[2 * 8 + 2], 1023);
});

for (const rotation of [0, 90, 180, 270] as const)
  for (const mirrored of [false, true])
    test(`turned by ${rotation}${mirrored ? ', mirrored' : ''}: pieces come back to where they were cut`, () => {
      const [size, turn] = [
        { width: 5, height: 3 },
        { rotation, mirrored },
      ];
      const coded = Uint8Array.from({ length: 15 }, (_, i) => i);
      const upright = new Uint8Array(15);
      toUpright(coded, 5, size, 1, turn, upright);
      assert.deepEqual(toCoded(upright, size, 1, turn), coded);
      const seen = turnedSize(size, turn);
      const rect = { x: 1, y: 1, width: 2, height: 2 };
      const piece = Uint8Array.from([0, 1, 2, 3], (i) => upright[(1 + (i >> 1)) * seen.width + 1 + (i & 1)]!);
      const place = codedRect(rect, size, turn);
      const found = toCoded(piece, place, 1, turn);
      const there = Uint8Array.from([0, 1, 2, 3], (i) => coded[(place.y + (i >> 1)) * 5 + place.x + (i & 1)]!);
      assert.deepEqual(found, there);
    });

test('a quarter turn clockwise brings the left column to the top', () => {
  const upright = new Uint8Array(6);
  toUpright(Uint8Array.from([1, 2, 3, 4, 5, 6]), 3, { width: 3, height: 2 }, 1, { rotation: 90, mirrored: false }, upright);
  assert.deepEqual([...upright], [4, 1, 5, 2, 6, 3]); // prettier-ignore
});
