/** One figure of a suite; printed as one JSON object a line, or as a row of a table. */
export interface Figure {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The best that the same machine could do in the same run. */
  readonly ceiling?: number;
  /** value / ceiling. */
  readonly ratio?: number;
  /** What is asked of the ratio, or of the value where there is no ratio. */
  readonly target?: string;
  readonly ok?: boolean;
  /** How it came about: versions, flags, spread. */
  readonly note?: string;
}

const short = (value: number | undefined): string => (value === undefined ? '' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A row of the table for people. */
export function figureRow({ suite, name, value, unit, ceiling, ratio, target, ok, note }: Figure): string {
  const verdict = ok === undefined ? '' : ok ? 'ok' : 'SHORT';
  return [
    suite.padEnd(6),
    name.padEnd(44),
    `${short(value)} ${unit}`.padStart(14),
    short(ceiling).padStart(9),
    short(ratio).padStart(7),
    (target ?? '').padStart(9),
    verdict.padEnd(6),
    note ?? '',
  ]
    .join(' ')
    .trimEnd();
}

/** Heading of {@link figureRow}. */
export const FIGURE_HEAD = [
  'suite '.padEnd(6),
  'figure'.padEnd(44),
  'value'.padStart(14),
  'ceiling'.padStart(9),
  'ratio'.padStart(7),
  'target'.padStart(9),
  'ok'.padEnd(6),
  'note',
].join(' ');

/** The middle value; the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
