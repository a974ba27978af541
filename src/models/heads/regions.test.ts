import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRegions } from './regions.js';

/** Regions of a drawn map, `#` over the threshold, each as the box around it. */
function boxesOf(...rows: readonly string[]): number[][] {
  const width = rows[0]!.length;
  const map = Float32Array.from([9, ...rows.join('')].map((pixel) => (pixel === '#' ? 0.5 : 0.25)));
  return findRegions(map, 1, width, rows.length, 0.5).map((points) => {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  });
}

test('what touches at a side or a corner is one region', () => {
  assert.deepEqual(boxesOf('##..', '..#.', '...#'), [[0, 0, 4, 3]]);
  assert.deepEqual(boxesOf('..#.', '##..', '....'), [[0, 0, 3, 2]]);
  assert.deepEqual(boxesOf('#.#', '...', '#.#').length, 4);
});

test('arms that meet further down are one region, whichever came first', () => {
  assert.deepEqual(boxesOf('#...#', '#...#', '#####'), [[0, 0, 5, 3]]);
  assert.deepEqual(boxesOf('..#.#', '#.#.#', '#.###', '###..'), [[0, 0, 5, 4]]);
  assert.deepEqual(boxesOf('#####', '#...#', '#.#.#', '#...#'), [
    [0, 0, 5, 4],
    [2, 2, 3, 3],
  ]);
});

test('an empty map has no regions, a full one has one', () => {
  assert.deepEqual(boxesOf('...', '...'), []);
  assert.deepEqual(boxesOf('###', '###'), [[0, 0, 3, 2]]);
});
