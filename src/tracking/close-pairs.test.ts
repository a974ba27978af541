import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '../core/index.js';
import { iou } from '../vision/index.js';
import { type BoxTable, ClosePairs, Positions } from './close-pairs.js';

/** Pseudo-random numbers from 0 to 1: the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const tableOf = (boxes: readonly Box[], classIds: readonly number[]): BoxTable => ({
  boxes: Float64Array.from(boxes.flatMap(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])),
  classIds: Float64Array.from(classIds),
});

function positions(places: readonly number[]): Positions {
  const list = new Positions();
  for (const place of places) list.push(place);
  return list;
}

function pairsOf(pairs: ClosePairs): string[] {
  return Array.from({ length: pairs.rows }, (_, row) => row).flatMap((row) =>
    Array.from(pairs.column.subarray(pairs.rowStart[row], pairs.rowStart[row + 1]), (column, i) => {
      const cost = pairs.cost[pairs.rowStart[row]! + i]!;
      return `${row}-${column} ${cost.toFixed(9)}`;
    }),
  );
}

test('exactly the pairs that a look at each of them finds, over 200 scenes of boxes of all sizes', () => {
  const random = numbers(2);
  const pairs = new ClosePairs();
  for (let round = 0; round < 200; round++) {
    const some = (count: number): Box[] =>
      Array.from({ length: count }, () => {
        const [x1, y1, size] = [random() * 300, random() * 200, random() < 0.1 ? 250 : 30];
        return { x1, y1, x2: x1 + random() * size + 1, y2: y1 + random() * size + 1 };
      });
    const rows = some(Math.floor(random() * 40));
    const columns = some(Math.floor(random() * 40));
    const classOf = (): number => Math.floor(random() * 2);
    const [rowClasses, columnClasses] = [rows.map(classOf), columns.map(classOf)];
    const weights = Float64Array.from(columns, random);
    const rowsAt = rows.map((_, i) => i).filter(() => random() < 0.8);
    const columnsAt = columns.map((_, i) => i).filter(() => random() < 0.8);
    const mixClasses = random() < 0.5;
    const gate = { minimum: 0.05 + random() * 0.3, mixClasses, ...(random() < 0.5 ? { weights } : {}) };
    pairs.collect(tableOf(rows, rowClasses), positions(rowsAt), tableOf(columns, columnClasses), positions(columnsAt), gate);
    const expected = rowsAt.flatMap((row, r) =>
      columnsAt.flatMap((column, c) => {
        if (!mixClasses && rowClasses[row] !== columnClasses[column]) return [];
        const similarity = iou(rows[row]!, columns[column]!) * (gate.weights?.[column] ?? 1);
        return similarity >= gate.minimum ? [`${r}-${c} ${(1 - similarity).toFixed(9)}`] : [];
      }),
    );
    assert.deepEqual(pairsOf(pairs).toSorted(), expected.toSorted(), `round ${round}`);
  }
});

test('boxes one above the other share a strip, and are told apart', () => {
  const column = Array.from({ length: 5 }, (_, i) => ({ x1: 10, y1: i * 30, x2: 30, y2: i * 30 + 20 }));
  const table = tableOf(column, [0, 0, 0, 0, 0]);
  const all = positions([0, 1, 2, 3, 4]);
  const pairs = new ClosePairs();
  pairs.collect(table, all, table, all, { minimum: 0.1, mixClasses: false });
  assert.deepEqual(
    pairsOf(pairs),
    [0, 1, 2, 3, 4].map((i) => `${i}-${i} 0.000000000`),
  );
});
