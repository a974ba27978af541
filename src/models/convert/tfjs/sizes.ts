/** The rows of a batch, as a size: the run says how many, and it is the same number wherever it stands. */
export const ROWS = 'N';

/** Size of an axis while converting: a number, the rows of the batch, or undefined for what only the run knows. */
export type Size = number | typeof ROWS | undefined;

/** Sizes of all axes of a tensor. */
export type Sizes = readonly Size[];

/** Whether each size is a number. */
export const areNumbers = (sizes: Sizes | undefined): sizes is readonly number[] => sizes !== undefined && sizes.every((s) => typeof s === 'number');

/** Number of elements; undefined where a size is not a number. */
export function elementsOf(sizes: Sizes | undefined): number | undefined {
  return areNumbers(sizes) ? sizes.reduce((product, size) => product * size, 1) : undefined;
}

/** An axis counted from the front. */
export const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Rows that meet anything but rows or a single one. */
const CLASH = Symbol('rows meet another axis');

function joined(a: Size | typeof CLASH, b: Size): Size | typeof CLASH {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (a === ROWS || b === ROWS || a === CLASH) return CLASH;
  // One is unknown: it must be 1 or the other.
  return a ?? b;
}

/** Sizes of what tensors of these sizes make together element by element; undefined where a rank is unknown, or rows meet another axis. */
export function broadcast(all: readonly (Sizes | undefined)[]): Sizes | undefined {
  if (all.some((sizes) => sizes === undefined)) return undefined;
  const rank = Math.max(0, ...all.map((sizes) => sizes!.length));
  const at = (sizes: Sizes, axis: number): Size => {
    const own = axis - (rank - sizes.length);
    return own < 0 ? 1 : sizes[own];
  };
  const found = Array.from({ length: rank }, (_, axis) =>
    all.map((sizes) => at(sizes!, axis)).reduce<Size | typeof CLASH>((size, next) => joined(size, next), 1),
  );
  return found.includes(CLASH) ? undefined : (found as Size[]);
}

/** `count` axes of unknown size. */
export const unknownSizes = (count: number): Sizes => Array.from({ length: count }, () => undefined);
