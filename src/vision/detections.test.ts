import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Candidates, nms, take } from './detections.js';

type Row = readonly [x: number, score: number, classId: number];

/** Boxes 10 wide and high, beside each other on one line. */
function candidatesOf(rows: readonly Row[]): Candidates {
  const candidates = new Candidates();
  for (const [x, score, classId] of rows) candidates.add(x, 0, x + 10, 10, score, classId);
  return candidates;
}
const xs = (found: { readonly boxes: Float32Array }): number[] => Array.from({ length: found.boxes.length / 4 }, (_, i) => found.boxes[i * 4]!);

test('the weaker of two that overlap goes, best first', () => {
  const found = nms(
    candidatesOf([
      [0, 0.5, 0],
      [1, 0.75, 0],
      [50, 0.25, 0],
    ]),
    { maximumIou: 0.5 },
  );
  assert.deepEqual(xs(found), [1, 50]);
  assert.deepEqual([...found.scores], [0.75, 0.25]);
});

test('an IoU of exactly the limit goes, below it stays', () => {
  // Shifted by 5: IoU 50 / 150.
  const rows: Row[] = [
    [0, 0.5, 0],
    [5, 0.25, 0],
  ];
  assert.equal(nms(candidatesOf(rows), { maximumIou: 1 / 3 }).scores.length, 1);
  assert.equal(nms(candidatesOf(rows), { maximumIou: 0.334 }).scores.length, 2);
});

test('a box that was itself suppressed suppresses nothing', () => {
  // Each overlaps its neighbour by IoU 60 / 140 = 0.43; the first and the last by 20 / 180.
  assert.deepEqual(
    xs(
      nms(
        candidatesOf([
          [0, 0.75, 0],
          [4, 0.5, 0],
          [8, 0.25, 0],
        ]),
        { maximumIou: 0.4 },
      ),
    ),
    [0, 8],
  );
});

test('classes are apart unless asked otherwise', () => {
  const rows: Row[] = [
    [0, 0.5, 1],
    [0, 0.75, 2],
  ];
  assert.deepEqual([...nms(candidatesOf(rows), { maximumIou: 0.5 }).classIds], [2, 1]);
  assert.deepEqual([...nms(candidatesOf(rows), { maximumIou: 0.5, acrossClasses: true }).classIds], [2]);
});

test('equal scores keep their order, so that the result is one and the same', () => {
  assert.deepEqual(
    xs(
      nms(
        candidatesOf([
          [60, 0.5, 0],
          [0, 0.5, 0],
          [30, 0.5, 0],
        ]),
        { maximumIou: 0.5 },
      ),
    ),
    [60, 0, 30],
  );
  assert.deepEqual(
    xs(
      nms(
        candidatesOf([
          [1, 0.5, 0],
          [0, 0.5, 0],
        ]),
        { maximumIou: 0.5 },
      ),
    ),
    [1],
  );
});

test('no more than the limit, the best of them', () => {
  assert.deepEqual(
    xs(
      nms(
        candidatesOf([
          [0, 0.25, 0],
          [20, 0.75, 0],
          [40, 0.5, 0],
        ]),
        { maximumIou: 0.5, limit: 2 },
      ),
    ),
    [20, 40],
  );
  assert.equal(nms(candidatesOf([[0, 0.25, 0]]), { maximumIou: 0.5, limit: 0 }).scores.length, 0);
});

test('candidates grow beyond their first memory, and can be used again', () => {
  const candidates = candidatesOf(Array.from({ length: 1000 }, (_, i) => [i * 20, (i % 7) / 7, i] as const));
  assert.equal(candidates.count, 1000);
  assert.equal(candidates.boxes[999 * 4 + 2], 999 * 20 + 10);
  assert.equal(candidates.classIds[999], 999);
  candidates.clear();
  assert.equal(nms(candidates, { maximumIou: 0.5 }).scores.length, 0);
});

test('taken rows are copies in the order asked for', () => {
  const candidates = candidatesOf([
    [0, 0.25, 3],
    [20, 0.75, 4],
  ]);
  const taken = take(candidates, [1, 0]);
  candidates.clear();
  candidates.add(99, 99, 99, 99, 1, 9);
  assert.deepEqual(taken, {
    kind: 'detections',
    boxes: Float32Array.of(20, 0, 30, 10, 0, 0, 10, 10),
    scores: Float32Array.of(0.75, 0.25),
    classIds: Int32Array.of(4, 3),
  });
});

test('key points stay with their rows through suppression and growth', () => {
  const candidates = new Candidates(2);
  for (let i = 0; i < 200; i++) {
    candidates.add(i * 20, 0, i * 20 + 10, 10, 0.25 + i / 400, 0);
    candidates.setPoint(0, i, 1, 0.5);
    candidates.setPoint(1, i, 2, 0.75);
  }
  candidates.add(199 * 20, 0, 199 * 20 + 10, 10, 0.25, 0);
  const found = nms(candidates, { maximumIou: 0.5, limit: 2 });
  assert.deepEqual([...found.points!], [199, 1, 0.5, 199, 2, 0.75, 198, 1, 0.5, 198, 2, 0.75]);
  assert.equal('points' in nms(candidatesOf([[0, 1, 0]]), { maximumIou: 0.5 }), false);
});
