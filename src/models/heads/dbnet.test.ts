import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { dbnet } from './dbnet.js';
import type { HeadSpec } from './port.js';

const HEAD: HeadSpec = { type: 'dbnet', outputs: { map: 'map' }, confidence: 0.6, maximumIou: 1, limit: 10 };
const PICTURE = { width: 160, height: 96 };
const SIZE = PICTURE.width * PICTURE.height;
const specOf = (shape: readonly number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'map', datatype: 'FP32', shape }] });
const SPEC = specOf([-1, 1, -1, -1]);

/** A kernel of text: a bar of the given probability, turned around its middle. */
interface Bar {
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly degrees: number;
  readonly probability: number;
}
const BAR: Bar = { cx: 60, cy: 40, width: 60, height: 10, degrees: 0, probability: 0.9 };

function mapOf(...pictures: readonly (readonly Bar[])[]): Tensor[] {
  const data = new Float32Array(pictures.length * SIZE);
  pictures.forEach((bars, row) => {
    for (const { cx, cy, width, height, degrees, probability } of bars) {
      const [ux, uy] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      for (let y = 0; y < PICTURE.height; y++)
        for (let x = 0; x < PICTURE.width; x++) {
          const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
          if (Math.abs(dx * ux + dy * uy) < width / 2 && Math.abs(dy * ux - dx * uy) < height / 2)
            data[row * SIZE + y * PICTURE.width + x] = probability;
        }
    }
  });
  return [{ name: 'map', datatype: 'FP32', shape: [pictures.length, 1, PICTURE.height, PICTURE.width], data }];
}

test('a level text: the kernel moved out on each side by the ratio times area over perimeter', () => {
  const { boxes, scores, classIds, points } = dbnet.create(HEAD, SPEC, PICTURE).decode(mapOf([BAR]), 0);
  // Kernel 30..90 by 35..45; 600 / 140 * 1.5 = 6.4286.
  const out = (600 / 140) * 1.5;
  const expected = [30 - out, 35 - out, 90 + out, 45 + out];
  expected.forEach((value, i) => assert.ok(Math.abs(boxes[i]! - value) < 1e-4, `${boxes[i]} is not ${value}`));
  assert.deepEqual([[...scores].map((score) => score.toFixed(4)), [...classIds]], [['0.9000'], [0]]);
  const [left, top, right, bottom] = boxes as unknown as [number, number, number, number];
  assert.deepEqual(
    [...points!].map((value, i) => (i % 3 === 2 ? 0 : value)),
    [left, top, 0, right, top, 0, right, bottom, 0, left, bottom, 0],
  );
});

test('a slanted text is found at its angle, corners from its top left on', () => {
  for (const degrees of [-30, -12, 12, 30]) {
    const { points } = dbnet.create(HEAD, SPEC, PICTURE).decode(mapOf([{ ...BAR, cx: 80, cy: 48, degrees }]), 0);
    const [x1, y1, , x2, y2] = points! as unknown as [number, number, number, number, number];
    const found = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    assert.ok(Math.abs(found - degrees) < 2, `${found} is not ${degrees}`);
    // 60 by 10, moved out by 6.43 on each side. The outline of a staircase of pixels is up to 1.4 wider than the bar, and is moved out further for it.
    const length = Math.hypot(x2 - x1, y2 - y1);
    assert.ok(Math.abs(length - 72.86) < 3, `${length}`);
  }
});

test('weak, thin and tiny regions are dropped, the best comes first, the limit holds', () => {
  const decoder = dbnet.create(HEAD, SPEC, PICTURE);
  const weak = { ...BAR, cy: 20, probability: 0.5 };
  const thin = { ...BAR, cy: 70, height: 2 };
  const best = { ...BAR, cx: 130, cy: 80, width: 20, probability: 1 };
  assert.deepEqual(
    [...decoder.decode(mapOf([weak, thin, BAR, best]), 0).scores].map((score) => Math.round(score * 10)),
    [10, 9],
  );
  assert.equal(decoder.decode(mapOf([weak, thin, BAR, best]), 0, { limit: 1 }).scores.length, 1);
  assert.equal(decoder.decode(mapOf([weak, BAR]), 0, { confidence: 0.4 }).scores.length, 2);
  assert.deepEqual(decoder.decode(mapOf([[]].flat()), 0).boxes.length, 0);
});

test('neighbours whose boxes overlap because they are slanted both stay', () => {
  const bars = [-14, 14].map((shift) => ({ ...BAR, cx: 80, cy: 48 + shift, degrees: 40 }));
  assert.equal(dbnet.create({ ...HEAD, maximumIou: 0 }, SPEC, PICTURE).decode(mapOf(bars), 0).scores.length, 2);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const decoder = dbnet.create(HEAD, SPEC, PICTURE);
  const pictures = [
    [BAR],
    [
      { ...BAR, cx: 90, degrees: 20 },
      { ...BAR, cy: 80 },
    ],
  ];
  const batch = mapOf(...pictures);
  pictures.forEach((picture, row) => assert.deepEqual(decoder.decode(batch, row), decoder.decode(mapOf(picture), 0)));
});

test('a map of another size is told, at the start where it is known and else at the picture', () => {
  assert.throws(() => dbnet.create(HEAD, specOf([1, 1, 48, 80]), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"map" is FP32 \[1, 1, 48, 80\]; .*\[N, 1, 96, 160\] for a picture of 160x96/,
  });
  const small: Tensor = { name: 'map', datatype: 'FP32', shape: [1, 1, 48, 80], data: new Float32Array(48 * 80) };
  assert.throws(() => dbnet.create(HEAD, SPEC, PICTURE).decode([small], 0), { code: 'MODEL_MISMATCH' });
});
