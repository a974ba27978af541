import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagePrecision, type LabelledBox, type ScoredBox } from './average-precision.js';
import { fromXyWh } from './boxes.js';

const label = (x: number, rest: Partial<LabelledBox> = {}): LabelledBox => ({ image: 1, classId: 0, box: fromXyWh(x, 0, 10, 10), ...rest });
const found = (x: number, score: number, rest: Partial<ScoredBox> = {}): ScoredBox => ({
  image: 1,
  classId: 0,
  box: fromXyWh(x, 0, 10, 10),
  score,
  ...rest,
});
const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('exact boxes score 1, nothing found scores 0', () => {
  assert.equal(averagePrecision([label(0), label(50)], [found(0, 0.9), found(50, 0.8)]).map, 1);
  assert.equal(averagePrecision([label(0)], []).map, 0);
  assert.deepEqual(averagePrecision([], [found(0, 0.9)]), { map: 0, map50: 0, classes: [] });
});

test('a wrong box before the right one halves the precision, behind it costs nothing', () => {
  // Ranked wrong, right: precision 1/2 at recall 1, so 1/2 at all 101 recalls.
  near(averagePrecision([label(0)], [found(50, 0.9), found(0, 0.8)]).map, 0.5);
  near(averagePrecision([label(0)], [found(0, 0.9), found(50, 0.8)]).map, 1);
});

test('a missed object leaves the recalls above it at 0', () => {
  // One of two found: recall 0.5 is reached, so recalls 0.00 to 0.50 (51 of 101) have precision 1.
  near(averagePrecision([label(0), label(50)], [found(0, 0.9)]).map, 51 / 101);
});

test('precision never rises with recall: a later peak fills the valley before it', () => {
  // Ranked wrong, right, right of two objects: precisions 0, 1/2, 2/3 become 2/3 everywhere.
  near(averagePrecision([label(0), label(50)], [found(99, 0.9), found(0, 0.8), found(50, 0.7)]).map, 2 / 3);
});

test('the overlap decides at how many of the ten thresholds a box counts', () => {
  // Shifted by 2 of 10: IoU 8 / 12 = 0.667, enough for 0.50, 0.55, 0.60 and 0.65.
  const { map, map50 } = averagePrecision([label(0)], [found(2, 0.9)]);
  near(map, 0.4);
  assert.equal(map50, 1);
});

test('an object is found once: a second box on it is wrong', () => {
  // Ranked right, double, right: precisions 1, 1/2, 2/3 become 1, 2/3, 2/3: 51 recalls at 1 and 50 at 2/3.
  near(averagePrecision([label(0), label(50)], [found(0, 0.9), found(0, 0.8), found(50, 0.7)]).map, (51 + (50 * 2) / 3) / 101);
});

test('the best overlap takes the object, not the first in the list', () => {
  // The box lies on the second label exactly and on the first with IoU 9 / 11; the other box then takes the first.
  assert.equal(averagePrecision([label(0), label(1)], [found(1, 0.9), found(0, 0.8)]).map, 1);
});

test('boxes inside a crowd count neither way, however many, and the crowd is no object', () => {
  const crowd = label(100, { box: fromXyWh(100, 0, 100, 100), crowd: true });
  const inside = [0.95, 0.94, 0.93].map((score, i) => found(110 + i * 20, score));
  const { map, classes } = averagePrecision([label(0), crowd], [...inside, found(0, 0.5)]);
  assert.equal(map, 1);
  assert.equal(classes[0]!.objects, 1);
});

test('a box takes an object before it takes the crowd around it', () => {
  const crowd = label(0, { box: fromXyWh(0, 0, 100, 100), crowd: true });
  assert.equal(averagePrecision([crowd, label(2)], [found(0, 0.9)]).map50, 1);
});

test('classes weigh alike, whatever their number of objects; classes without objects do not count', () => {
  const truth = [label(0), label(20), label(40), label(60, { classId: 5 })];
  const { map, classes } = averagePrecision(truth, [found(0, 0.9), found(20, 0.9), found(40, 0.9), found(60, 0.9, { classId: 7 })]);
  near(map, 0.5);
  assert.deepEqual(
    classes.map(({ classId, ap, objects }) => [classId, ap, objects]),
    [
      [0, 1, 3],
      [5, 0, 1],
    ],
  );
});

test('images are apart, but ranked together', () => {
  // The right box of image 2 has the lower score: wrong, right of one object is 1/2.
  near(averagePrecision([label(0, { image: 2 })], [found(0, 0.9, { image: 1 }), found(0, 0.8, { image: 2 })]).map, 0.5);
});

test('only the 100 best boxes of an image and class count', () => {
  const wrong = Array.from({ length: 100 }, (_, i) => found(1000 + i * 20, 0.9));
  assert.equal(averagePrecision([label(0)], [...wrong, found(0, 0.1)]).map, 0);
  near(averagePrecision([label(0)], [...wrong.slice(1), found(0, 0.1)]).map, 0.01);
});
