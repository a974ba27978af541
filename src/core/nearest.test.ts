import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, editDistance, nearestNames } from './nearest.js';

test('insertions, deletions, replacements and swapped neighbours count one each', () => {
  const cases: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['detector', 'detetcor', 1],
    // Optimal string alignment does not edit a swapped pair again.
    ['ca', 'abc', 3],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} -> ${b}`);
});

test('near names come best first, whatever their case; far ones not at all', () => {
  const known = ['yolox-nano', 'yolox-tiny', 'coco-centernet', 'person-vehicle-bike-2002'];
  assert.deepEqual(nearestNames('YOLOX-tinny', known), ['yolox-tiny']);
  assert.deepEqual(nearestNames('centernet', known), ['coco-centernet']);
  assert.deepEqual(nearestNames('yolox-', known), ['yolox-nano', 'yolox-tiny']);
  assert.deepEqual(nearestNames('whisper', known), []);
  assert.equal(nearestNames('aa', ['ab', 'ac', 'ad', 'ae']).length, 3);
});

test('the question is empty when nothing is near', () => {
  assert.equal(didYouMean('confidnce', ['confidence', 'limit']), ' Did you mean "confidence"?');
  assert.equal(didYouMean('colour', ['confidence', 'limit']), '');
  assert.equal(didYouMean('ab', ['aa', 'bb']), ' Did you mean "aa" or "bb"?');
});
