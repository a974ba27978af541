import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameMeta } from './meta.js';
import { fromRecord, toLine, toRecord } from './results.js';
import { ResultRecord } from './schema.js';

const META: FrameMeta = {
  stream: 'cam',
  frame: 12,
  // Beyond 2^53: a JSON number would lose its last digit.
  pts: { ticks: 9_007_199_254_740_993n, timeBase: { num: 1, den: 90_000 } },
  size: { width: 1920, height: 1080 },
  inferred: { detector: true, looks: false },
  objects: [
    {
      id: 0,
      node: 'detector',
      label: 'car',
      classId: 2,
      confidence: 0.875,
      box: { x1: 1, y1: 2.25, x2: 30.5, y2: 40 },
      trackId: 5,
      attributes: [
        { node: 'looks', name: 'colour', value: 'red', confidence: 0.5 },
        { node: 'looks', name: 'type', value: 'van', confidence: 0.75, fromFrame: 9 },
      ],
      embeddings: [{ node: 'reid', vector: [0.6, -0.8] }],
    },
    {
      id: 1,
      node: 'plates',
      label: 'plate',
      classId: 0,
      confidence: 1,
      box: { x1: 2, y1: 3, x2: 4, y2: 5 },
      parentId: 0,
      attributes: [{ node: 'ocr', name: 'text', value: 'AB 1' }],
      points: [
        {
          node: 'plates',
          points: [
            [2, 3, 1],
            [4.25, 5, 0.5],
          ],
        },
        { node: 'corners', confidence: 0.5, points: [] },
      ],
    },
  ],
  values: { light: { mean: 0.5, rows: [1, null, 'x'] }, idle: false },
  valueFrames: { light: 9 },
};

test('a frame goes to a line of JSON and back', () => {
  const line = JSON.stringify(toRecord(META));
  assert.deepEqual(fromRecord(ResultRecord.parse(JSON.parse(line))), META);
});

test('the record is version 1, with ticks as text, and without what is absent', () => {
  const record = toRecord(META);
  assert.equal(record.version, 1);
  assert.deepEqual(record.pts, { ticks: '9007199254740993', timeBase: [1, 90_000] });
  assert.deepEqual(record.objects[0]!.box, [1, 2.25, 30.5, 40]);
  assert.deepEqual(Object.keys(record.objects[1]!).toSorted(), [
    'attributes',
    'box',
    'classId',
    'confidence',
    'id',
    'label',
    'node',
    'parentId',
    'points',
  ]);
});

test('boxes keep hundredths, confidences four digits, times three', () => {
  const [object] = META.objects;
  const meta = {
    ...META,
    pts: { ticks: 1n, timeBase: { num: 1001, den: 30_000 } },
    objects: [{ ...object!, confidence: 0.123456, box: { x1: 0.126, y1: 1 / 3, x2: 99.999, y2: -0.004 } }],
  };
  const { timeMs, objects } = toRecord(meta);
  assert.equal(timeMs, 33.367);
  assert.equal(objects[0]!.confidence, 0.1235);
  assert.deepEqual(objects[0]!.box.map(Math.abs), [0.13, 0.33, 100, 0]);
});

test('the schema refuses what is not version 1, unknown keys and ticks that are no whole number', () => {
  const record = toRecord(META);
  for (const wrong of [
    { ...record, version: 2 },
    { ...record, extra: 1 },
    { ...record, frame: -1 },
    { ...record, pts: { ...record.pts, ticks: '1.5' } },
  ])
    assert.equal(ResultRecord.safeParse(wrong).success, false);
});

test('a line is the text of its record, whatever the names, numbers and attributes', () => {
  const object = META.objects[0]!;
  const odd: FrameMeta = {
    ...META,
    stream: 'Tür "1"\n',
    objects: [
      { ...object, label: 'naïve \u2028', box: { x1: -0.004, y1: 1e-9, x2: 1 / 3, y2: 1e7 + 0.125 }, confidence: 1 },
      {
        id: 7,
        node: 'n',
        label: '',
        classId: 0,
        confidence: 0,
        box: { x1: 0, y1: 0, x2: 0, y2: 0 },
        trackId: 3,
        parentId: 0,
        attributes: [{ node: 'a', name: 'b', value: 1.5, confidence: 0.25 }],
        points: [{ node: 'p', confidence: 1 / 3, points: [[1 / 3, -0.004, 2 / 3]] }],
        embeddings: [{ node: 'e "1"', vector: [1e-7, -0.5] }],
      },
    ],
  };
  for (const meta of [META, odd, { ...META, objects: [] }]) assert.equal(toLine(meta), JSON.stringify(toRecord(meta)));
});
