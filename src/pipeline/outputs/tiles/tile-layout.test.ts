import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rect, Size } from '../../../core/index.js';
import { letterboxed, tileLayout } from './tile-layout.js';

const HD: Size = { width: 1280, height: 720 };
const wide = (count: number): number[] => Array.from({ length: count }, () => 16 / 9);
const grid = (aspects: readonly number[], more: { rows?: number; columns?: number; size?: Size } = {}): string => {
  const { rows, columns } = tileLayout({ size: HD, gap: 4, aspects, ...more });
  return `${rows}x${columns}`;
};

const overlaps = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('one to sixteen wide streams on a wide wall', () => {
  const grids = Array.from({ length: 16 }, (_, i) => grid(wide(i + 1)));
  assert.deepEqual(grids, ['1x1', '1x2', '2x2', '2x2', '2x3', '2x3', '3x3', '3x3', '3x3', '3x4', '3x4', '3x4', '4x4', '4x4', '4x4', '4x4']); // prettier-ignore
});

test('streams of another shape are laid out otherwise', () => {
  assert.equal(grid([9 / 16, 9 / 16, 9 / 16]), '1x3', 'upright pictures stand side by side');
  assert.equal(grid(wide(3), { size: { width: 720, height: 1280 } }), '3x1', 'wide ones on an upright wall lie one above the other');
  assert.equal(grid([4, 4, 4, 4]), '4x1');
});

test('cells are even, inside, apart by the gap, one for each stream', () => {
  for (let count = 1; count <= 16; count++)
    for (const gap of [0, 3, 4])
      for (const size of [HD, { width: 642, height: 478 }, { width: 1080, height: 1920 }]) {
        const { cells } = tileLayout({ size, gap, aspects: wide(count) });
        assert.equal(cells.length, count);
        for (const { x, y, width, height } of cells) {
          assert.ok(
            [x, y, width, height].every((value) => value % 2 === 0 && value >= 0),
            `${x},${y} ${width}x${height}`,
          );
          assert.ok(x + width <= size.width && y + height <= size.height);
        }
        for (const [i, cell] of cells.entries()) {
          const grown = { x: cell.x, y: cell.y, width: cell.width + gap, height: cell.height + gap };
          for (const other of cells.slice(i + 1)) assert.ok(!overlaps(grown, other) && !overlaps(cell, other), `${count} tiles, gap ${gap}`);
        }
      }
});

test('rows or columns as wished; the other follows', () => {
  assert.equal(grid(wide(5), { rows: 1 }), '1x5');
  assert.equal(grid(wide(5), { columns: 2 }), '3x2');
  assert.equal(grid(wide(2), { rows: 3, columns: 3 }), '3x3', 'cells may stay empty');
});

test('too few cells and tiles too small to see are refused', () => {
  assert.throws(() => grid(wide(5), { rows: 2, columns: 2 }), {
    code: 'INVALID_ARGUMENT',
    message: /2 rows of 2 tiles are 4 cells, too few for 5 streams/,
  });
  assert.throws(() => grid(wide(100), { size: { width: 64, height: 64 } }), { code: 'INVALID_ARGUMENT', message: /the least is 16x16/ });
});

test('a picture keeps its shape in the middle of its cell', () => {
  const cell = { x: 100, y: 50, width: 400, height: 400 };
  assert.deepEqual(letterboxed(cell, 16 / 9), { x: 100, y: 136, width: 400, height: 226 });
  assert.deepEqual(letterboxed(cell, 1 / 2), { x: 200, y: 50, width: 200, height: 400 });
  assert.deepEqual(letterboxed(cell, 1), cell);
});
