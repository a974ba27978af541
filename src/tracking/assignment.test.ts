import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Assignment, assign } from './assignment.js';

/** Pseudo-random numbers from 0 to 1 (mulberry32): the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What is won by the best matching, by trying each one. */
function bestGain(costs: readonly number[], rows: number, columns: number, maximumCost: number, row = 0, used = 0): number {
  if (row === rows) return 0;
  let best = bestGain(costs, rows, columns, maximumCost, row + 1, used);
  for (let column = 0; column < columns; column++) {
    const gain = maximumCost - costs[row * columns + column]!;
    if (used & (1 << column) || !(gain >= 0)) continue;
    best = Math.max(best, gain + bestGain(costs, rows, columns, maximumCost, row + 1, used | (1 << column)));
  }
  return best;
}

function gainOf(columnOf: Int32Array, costs: readonly number[], columns: number, maximumCost: number): number {
  const taken = [...columnOf].filter((column) => column >= 0);
  assert.equal(new Set(taken).size, taken.length, 'no column is taken twice');
  return [...columnOf].reduce((sum, column, row) => (column < 0 ? sum : sum + maximumCost - costs[row * columns + column]!), 0);
}

test('as good as trying every matching, on 3000 random matrices with forbidden pairs, ties and a maximum cost', () => {
  const random = numbers(7);
  for (let round = 0; round < 3000; round++) {
    const rows = 1 + Math.floor(random() * 6);
    const columns = 1 + Math.floor(random() * 6);
    const coarse = random() < 0.5;
    const sparse = random();
    const costs = Array.from({ length: rows * columns }, () => {
      if (random() < sparse * 0.8) return Infinity;
      return coarse ? Math.floor(random() * 4) : random() * 4 - 1;
    });
    const maximumCost = coarse ? Math.floor(random() * 5) : random() * 4;
    const columnOf = assign(costs, rows, columns, maximumCost);
    const gain = gainOf(columnOf, costs, columns, maximumCost);
    assert.ok(
      Math.abs(gain - bestGain(costs, rows, columns, maximumCost)) < 1e-9,
      `round ${round}: ${rows}x${columns} ${costs} up to ${maximumCost}`,
    );
    for (const [row, column] of columnOf.entries()) if (column >= 0) assert.ok(costs[row * columns + column]! <= maximumCost);
  }
});

test('without a maximum cost every row or every column is matched, as cheaply as can be', () => {
  // scipy.optimize.linear_sum_assignment (SciPy 1.17.1) answers the same columns and sums for the first three.
  assert.deepEqual([...assign([4, 1, 3, 2, 0, 5, 3, 2, 2], 3, 3)], [1, 0, 2]);
  assert.deepEqual([...assign([10, 2, 8, 9, 7, 1], 2, 3)], [1, 2]);
  assert.deepEqual([...assign([1, 2, 2, 4, 3, 6], 3, 2)], [1, 0, -1]);
  assert.deepEqual([...assign([-5, Infinity, NaN, -1], 2, 2)], [0, 1]);
});

test('costs whose differences drown in rounding: the search ends, and finds the best', () => {
  const random = numbers(3);
  for (let round = 0; round < 300; round++) {
    const costs = Array.from({ length: 36 }, () => -(Math.floor(random() * 3) * 1000 + (random() * 0.3) ** 4));
    const columnOf = assign(costs, 6, 6, 0);
    assert.ok(Math.abs(gainOf(columnOf, costs, 6, 0) - bestGain(costs, 6, 6, 0)) < 1e-6, `round ${round}: ${costs}`);
  }
});

test('a greedy choice is undone when that is cheaper', () => {
  assert.deepEqual([...assign([1, 2, 1, 9], 2, 2, 20)], [1, 0]);
});

test('a row is left out when the others gain more by it', () => {
  assert.deepEqual([...assign([0.1, 0.2, 0.3], 3, 1, 0.9)], [0, -1, -1]);
  assert.deepEqual([...assign([0.3, 0.2, 0.1], 3, 1, 0.9)], [-1, -1, 0]);
});

test('a pair at exactly the maximum cost is matched, one above it is not', () => {
  assert.deepEqual([...assign([0.5], 1, 1, 0.5)], [0]);
  assert.deepEqual([...assign([0.5000001], 1, 1, 0.5)], [-1]);
});

test('nothing to match is not an error', () => {
  assert.deepEqual([...assign([], 0, 0)], []);
  assert.deepEqual([...assign([], 2, 0)], [-1, -1]);
  assert.deepEqual([...assign([], 0, 2)], []);
  assert.deepEqual([...assign([Infinity, NaN], 2, 1)], [-1, -1]);
});

test('one solver serves matrices of any size in turn, and answers as a new one would', () => {
  const random = numbers(11);
  const solver = new Assignment();
  for (const size of [40, 3, 100, 1, 17]) {
    const costs = Array.from({ length: size * size }, random);
    const rowStart = Int32Array.from({ length: size + 1 }, (_, row) => row * size);
    const column = Int32Array.from({ length: size * size }, (_, at) => at % size);
    solver.solve({ rows: size, columns: size, rowStart, column, cost: Float64Array.from(costs) }, 2);
    assert.deepEqual(solver.columnOf.slice(0, size), assign(costs, size, size, 2));
  }
});

test('a thousand equal rows and columns: ties do not make the search long', () => {
  const began = performance.now();
  const columnOf = assign(new Float64Array(1_000_000), 1000, 1000, 1);
  assert.equal(new Set(columnOf).size, 1000);
  // Milliseconds where ties are broken well, many seconds where each search passes through all earlier rows.
  assert.ok(performance.now() - began < 2000);
});
