import { type Rect, type Size, fail } from '../../../core/index.js';

/** What a wall of tiles is laid out by. */
export interface TileWishes {
  /** Size of the whole picture, in even numbers of pixels. */
  readonly size: Size;
  /** Width divided by height of each stream's pictures, in the order of the tiles. */
  readonly aspects: readonly number[];
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
  /** Pixels between tiles. */
  readonly gap: number;
}

/** Where tiles lie, row by row. */
export interface TileLayout {
  readonly rows: number;
  readonly columns: number;
  /** One for each stream; even numbers of pixels. */
  readonly cells: readonly Rect[];
}

/** The least side of a tile. */
const LEAST_PX = 16;

const even = (value: number): number => 2 * Math.floor(value / 2);

/** Where `count` cells begin and end along `length` pixels; what cannot be divided evenly is left at both ends. */
function cut(length: number, count: number, gap: number): readonly { readonly at: number; readonly length: number }[] {
  const between = even(gap + 1);
  const side = even((length - between * (count - 1)) / count);
  const start = even((length - side * count - between * (count - 1)) / 2);
  return Array.from({ length: count }, (_, i) => ({ at: start + i * (side + between), length: side }));
}

/** Pixels that show pictures when tiles are so large. */
function shownArea(aspects: readonly number[], width: number, height: number): number {
  if (width <= 0 || height <= 0) return 0;
  return aspects.reduce((sum, aspect) => sum + Math.min(width, height * aspect) * Math.min(height, width / aspect), 0);
}

/** Rows and columns that show most of the pictures; of those that show as much, the one nearest to a square, and rather wide than high. */
function bestGrid({ aspects, size, gap }: TileWishes, candidates: readonly (readonly [rows: number, columns: number])[]): readonly [number, number] {
  let best = candidates[0]!;
  let most = -1;
  for (const [rows, columns] of candidates) {
    const area = shownArea(aspects, (size.width - gap * (columns - 1)) / columns, (size.height - gap * (rows - 1)) / rows);
    const isSquarer = Math.abs(rows - columns) < Math.abs(best[0] - best[1]);
    if (area > most * 1.001 || (area > most * 0.999 && isSquarer)) [best, most] = [[rows, columns], area];
  }
  return best;
}

function gridOf(wishes: TileWishes): readonly [rows: number, columns: number] {
  const { rows, columns } = wishes;
  const count = Math.max(1, wishes.aspects.length);
  if (rows !== undefined && columns !== undefined) return [rows, columns];
  if (rows !== undefined) return [rows, Math.ceil(count / rows)];
  if (columns !== undefined) return [Math.ceil(count / columns), columns];
  const candidates = Array.from({ length: count }, (_, i) => [Math.ceil(count / (i + 1)), i + 1] as const);
  // A grid with an empty row shows no more than the one without it.
  return bestGrid(
    wishes,
    candidates.filter(([high, wide]) => (high - 1) * wide < count),
  );
}

/** Lays tiles out: rows and columns as wished, those left open such that most of the pictures is seen. @throws Fault INVALID_ARGUMENT when there are too few cells, or tiles become too small to see */
export function tileLayout(wishes: TileWishes): TileLayout {
  const { aspects, size, gap } = wishes;
  const [rows, columns] = gridOf(wishes);
  if (rows * columns < aspects.length)
    fail('INVALID_ARGUMENT', `${rows} rows of ${columns} tiles are ${rows * columns} cells, too few for ${aspects.length} streams`);
  const across = cut(size.width, columns, gap);
  const down = cut(size.height, rows, gap);
  const [wide, high] = [across[0]!.length, down[0]!.length];
  if (wide < LEAST_PX || high < LEAST_PX)
    fail(
      'INVALID_ARGUMENT',
      `${rows} rows of ${columns} tiles in ${size.width}x${size.height} make tiles of ${wide}x${high}; the least is ${LEAST_PX}x${LEAST_PX}`,
    );
  const cells = aspects.map((_, i): Rect => {
    const [row, column] = [down[Math.floor(i / columns)]!, across[i % columns]!];
    return { x: column.at, y: row.at, width: column.length, height: row.length };
  });
  return { rows, columns, cells };
}

/** The largest place of that shape in the middle of a cell, in even numbers of pixels. */
export function letterboxed({ x, y, width, height }: Rect, aspect: number): Rect {
  const wide = Math.max(2, Math.min(width, 2 * Math.round((height * aspect) / 2)));
  const high = Math.max(2, Math.min(height, 2 * Math.round(width / aspect / 2)));
  return { x: x + even((width - wide) / 2), y: y + even((height - high) / 2), width: wide, height: high };
}
