import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TimedNode, criticalPath } from './critical-path.js';

const ran = (name: string, startMs: number, endMs: number, ...reads: string[]): TimedNode => ({ name, reads, startMs, endMs });

test('the path goes from the node that was done last back through the read that was done last', () => {
  const path = criticalPath(
    [
      ran('people', 2, 12),
      ran('faces', 1, 30),
      ran('tracker', 33, 34, 'people', 'faces'),
      ran('looks', 34, 54, 'tracker'),
      ran('gate', 34, 35, 'tracker'),
    ],
    0,
  );
  assert.deepEqual(path, [
    { node: 'faces', waitMs: 1, workMs: 29 },
    { node: 'tracker', waitMs: 3, workMs: 1 },
    { node: 'looks', waitMs: 0, workMs: 20 },
  ]);
});

test('a branch that nobody waits for may be the one that ends last', () => {
  const path = criticalPath([ran('people', 0, 10), ran('segments', 0, 90), ran('tracker', 10, 11, 'people')], 0);
  assert.deepEqual(path, [{ node: 'segments', waitMs: 0, workMs: 90 }]);
});

test('steps and waits add up to the time from taking the frame to the end', () => {
  const path = criticalPath([ran('a', 5, 9), ran('b', 12, 20, 'a'), ran('c', 20.5, 21, 'b')], 3);
  assert.equal(
    path.reduce((sum, { waitMs, workMs }) => sum + waitMs + workMs, 0),
    21 - 3,
  );
});

test('where nothing says when the frame was taken, the first node did not wait; names that are not there are passed over', () => {
  assert.deepEqual(criticalPath([ran('a', 5, 9, 'gone')]), [{ node: 'a', waitMs: 0, workMs: 4 }]);
  assert.deepEqual(criticalPath([]), []);
});

test('of those that end at once, the later node of the order is the last', () => {
  assert.deepEqual(
    criticalPath([ran('a', 0, 4), ran('b', 0, 4)]).map(({ node }) => node),
    ['b'],
  );
});
