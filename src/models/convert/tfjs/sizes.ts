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

function joined(a: Size, b: Size): Size {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  // One of them is unknown: a number above 1 must be the result. Rows that meet anything but themselves are not known to stay rows.
  const known = a ?? b;
  return typeof known === 'number' && (a === undefined || b === undefined) ? known : undefined;
}

/** Sizes of what tensors of these sizes make together element by element; undefined where a rank is unknown. */
export function broadcast(all: readonly (Sizes | undefined)[]): Sizes | undefined {
  if (all.some((sizes) => sizes === undefined)) return undefined;
  const rank = Math.max(0, ...all.map((sizes) => sizes!.length));
  const at = (sizes: Sizes, axis: number): Size => {
    const own = axis - (rank - sizes.length);
    return own < 0 ? 1 : sizes[own];
  };
  return Array.from({ length: rank }, (_, axis) => all.map((sizes) => at(sizes!, axis)).reduce(joined));
}

/** `count` axes of unknown size. */
export const unknownSizes = (count: number): Sizes => Array.from({ length: count }, () => undefined);
