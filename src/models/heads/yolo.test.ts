import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { yolo } from './yolo.js';

const PICTURE = { width: 64, height: 32 };
const headOf = (settings: Readonly<Record<string, unknown>>): HeadSpec => ({
  type: 'yolo',
  outputs: { output: 'out' },
  confidence: 0.3,
  maximumIou: 0.5,
  limit: 10,
  settings,
});
const specOf = (shape: readonly number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape }] });
const tensor = (shape: readonly number[], values: readonly number[]): Tensor => ({
  name: 'out',
  datatype: 'FP32',
  shape,
  data: Float32Array.from(values),
});

/** Rows of one or more pictures, [pictures][boxes][numbers], as a tensor. */
const inRows = (pictures: readonly (readonly (readonly number[])[])[]): Tensor =>
  tensor([pictures.length, pictures[0]!.length, pictures[0]![0]!.length], pictures.flat(2));

/** The same turned on its side, as v8 has it. */
const inColumns = (pictures: readonly (readonly (readonly number[])[])[]): Tensor => {
  const [boxes, width] = [pictures[0]!.length, pictures[0]![0]!.length];
  const values = pictures.flatMap((rows) => Array.from({ length: width }, (_, i) => rows.map((row) => row[i]!)).flat());
  return tensor([pictures.length, width, boxes], values);
};

test('v5 to v7: centre, size, objectness times the best class', () => {
  for (const version of ['v5', 'v6', 'v7']) {
    const decoder = yolo.create(headOf({ version }), specOf([1, -1, 7]), PICTURE);
    assert.equal(decoder.classes, 2);
    const rows = [
      [20, 10, 8, 4, 0.5, 0.25, 1],
      [50, 20, 4, 4, 0.5, 0.5, 0.25],
      [50, 20, 4, 4, 0.25, 1, 1],
    ];
    const { boxes, scores, classIds, points } = decoder.decode([inRows([rows])], 0);
    assert.deepEqual([...boxes], [16, 8, 24, 12]);
    assert.deepEqual([[...scores], [...classIds], points], [[0.5], [1], undefined]);
  }
});

test('v8, v9, v11 and v12: on its side, without objectness', () => {
  for (const version of ['v8', 'v9', 'v11', 'v12']) {
    const decoder = yolo.create(headOf({ version }), specOf([1, 6, 3]), PICTURE);
    assert.equal(decoder.classes, 2);
    const rows = [
      [20, 10, 8, 4, 0.25, 0.5],
      [50, 20, 4, 2, 0.75, 0.75],
      [50, 20, 4, 4, 0.25, 0.25],
    ];
    const { boxes, scores, classIds } = decoder.decode([inColumns([rows])], 0);
    assert.deepEqual([...boxes], [48, 19, 52, 21, 16, 8, 24, 12]);
    assert.deepEqual([...scores], [0.75, 0.5]);
    assert.deepEqual([...classIds], [0, 1], 'equal scores are of the lower class');
  }
});

test('v10 and v26: corners, score and class of boxes that the network has picked', () => {
  for (const version of ['v10', 'v26']) {
    const decoder = yolo.create(headOf({ version }), specOf([1, 3, 6]), PICTURE);
    assert.equal(decoder.classes, undefined, 'the output does not tell how many classes there are');
    const rows = [
      [16, 8, 24, 12, 0.5, 7],
      [0, 0, 64, 32, 0.75, 0],
      [0, 0, 0, 0, 0, 0],
    ];
    const { boxes, scores, classIds } = decoder.decode([inRows([rows])], 0);
    assert.deepEqual([...boxes], [0, 0, 64, 32, 16, 8, 24, 12]);
    assert.deepEqual(
      [[...scores], [...classIds]],
      [
        [0.75, 0.5],
        [0, 7],
      ],
    );
  }
});

test('key points follow the class scores, with or without scores of their own', () => {
  const cases = [
    { version: 'v8', tensorOf: inColumns, row: [20, 10, 8, 4, 0.5], shape: [1, -1, 1] },
    { version: 'v7', tensorOf: inRows, row: [20, 10, 8, 4, 1, 0.5], shape: [1, 1, -1] },
    { version: 'v26', tensorOf: inRows, row: [16, 8, 24, 12, 0.5, 0], shape: [1, 1, -1] },
  ];
  for (const { version, tensorOf, row, shape } of cases) {
    const scored = yolo.create(headOf({ version, keyPoints: 2 }), specOf(version === 'v26' ? [1, 1, 12] : shape), PICTURE);
    const found = scored.decode([tensorOf([[[...row, 17, 9, 0.25, 23, 11, 0.75]]])], 0);
    assert.deepEqual([...found.boxes], [16, 8, 24, 12], version);
    assert.deepEqual([...found.points!], [17, 9, 0.25, 23, 11, 0.75], version);
    const plain = yolo.create(headOf({ version, keyPoints: 2, keyPointScores: false }), specOf(version === 'v26' ? [1, 1, 10] : shape), PICTURE);
    assert.deepEqual([...plain.decode([tensorOf([[[...row, 17, 9, 23, 11]]])], 0).points!], [17, 9, 0.5, 23, 11, 0.5], version);
  }
});

test('fractions become pixels of width and height', () => {
  const decoder = yolo.create(headOf({ version: 'v8', normalised: true, keyPoints: 1 }), specOf([1, 8, 1]), PICTURE);
  const { boxes, points } = decoder.decode([inColumns([[[0.5, 0.5, 0.25, 0.5, 1, 0.25, 0.75, 1]]])], 0);
  assert.deepEqual([...boxes], [24, 8, 40, 24]);
  assert.deepEqual([...points!], [16, 24, 1]);
});

test('a picture decodes alike alone and in any row of a batch', () => {
  const pictures = [
    [
      [20, 10, 8, 4, 0.5, 0.75, 0.25],
      [50, 20, 4, 4, 0.5, 0.25, 0.5],
    ],
    [
      [10, 10, 8, 8, 0.25, 0.5, 0.75],
      [12, 20, 4, 4, 1, 0.75, 0.5],
    ],
  ];
  for (const [version, tensorOf, shape] of [
    ['v5', inRows, [-1, 2, 7]],
    ['v8', inColumns, [-1, 7, 2]],
  ] as const) {
    const decoder = yolo.create(headOf({ version }), specOf(shape), PICTURE);
    const batch = [tensorOf(pictures)];
    pictures.forEach((picture, row) =>
      assert.deepEqual(decoder.decode(batch, row, { confidence: 0.1 }), decoder.decode([tensorOf([picture])], 0, { confidence: 0.1 })),
    );
  }
});

test('NaN never becomes a detection', () => {
  const row = [20, 10, 8, 4, Number.NaN, Number.NaN, Number.NaN];
  assert.equal(yolo.create(headOf({ version: 'v5' }), specOf([1, 1, 7]), PICTURE).decode([inRows([[row]])], 0).scores.length, 0);
  assert.equal(yolo.create(headOf({ version: 'v8' }), specOf([1, 7, 1]), PICTURE).decode([inColumns([[row]])], 0).scores.length, 0);
});

test('an output of another version is refused, not guessed at', () => {
  // 640x640 has 8400 cells of stride 8, 16 and 32; v5 has three boxes at each.
  const large = { width: 640, height: 640 };
  const wrong: [string, number[], RegExp][] = [
    ['v8', [1, 25200, 85], /"out" is FP32 \[1, 25200, 85\]; .*\[N, 4 \+ classes, boxes\] for version v8/],
    ['v8', [1, 8400, 84], /\[N, 4 \+ classes, boxes\]/],
    ['v5', [1, 84, 8400], /\[N, boxes, 5 \+ classes\] for version v5/],
    ['v5', [1, 25200, 5], /\[N, boxes, 5 \+ classes\]/],
    ['v10', [1, 84, 8400], /\[N, boxes, 6\]: corners, score, class for version v10/],
    ['v8', [84, 8400], /\[N, 4 \+ classes, boxes\]/],
  ];
  for (const [version, shape, message] of wrong)
    assert.throws(() => yolo.create(headOf({ version }), specOf(shape), large), { code: 'MODEL_MISMATCH', message });
  assert.throws(() => yolo.create(headOf({ version: 'v8', keyPoints: 17 }), specOf([1, 55, 8400]), large), {
    code: 'MODEL_MISMATCH',
    message: /\[N, 4 \+ classes \+ 51 of key points, boxes\]/,
  });
  assert.throws(() => yolo.create(headOf({}), specOf([1, 84, 8400]), large), { code: 'CONFIG_INVALID', message: /version/ });
});
