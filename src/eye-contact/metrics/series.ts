import { fail } from '../../core/index.js';
import type { Direction } from '../eyes.js';
import { angleBetween } from '../globe.js';

/** The value that a share of all values does not exceed, between neighbours in proportion. @throws Fault INVALID_ARGUMENT for no values */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) fail('INVALID_ARGUMENT', 'a quantile needs one value or more');
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!);
}

/** Angles between gazes reached and gazes wanted, in degrees. */
export function gazeErrors(reached: readonly Direction[], wanted: readonly Direction[]): { readonly median: number; readonly p95: number } {
  const errors = reached.map((gaze, i) => angleBetween(gaze, wanted[i]!));
  return { median: quantile(errors, 0.5), p95: quantile(errors, 0.95) };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much of the input is left in the output: the slope of the line of least squares. 0 when fully redirected, 1 when off. */
export function gainSlope(input: readonly number[], output: readonly number[]): number {
  const [mx, my] = [meanOf(input), meanOf(output)];
  const over = input.reduce((sum, x, i) => sum + (x - mx) * (output[i]! - my), 0);
  return over / input.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

/** Correlation of two series (Pearson), such as the opening of lids before and after. 1 for two that never move. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  const over = a.reduce((sum, x, i) => sum + (x - ma) * (b[i]! - mb), 0);
  const [va, vb] = [a.reduce((sum, x) => sum + (x - ma) ** 2, 0), b.reduce((sum, x) => sum + (x - mb) ** 2, 0)];
  if (va === 0 && vb === 0) return 1;
  return va === 0 || vb === 0 ? 0 : over / Math.sqrt(va * vb);
}

/** Frames that are closed in one series of openness and more than `within` frames from any closed one of the other, either way round. */
export function lostBlinks(before: readonly number[], after: readonly number[], closed = 0.25, within = 1): number {
  const missing = (a: readonly number[], b: readonly number[]): number =>
    a.filter((value, i) => value < closed && !b.slice(Math.max(0, i - within), i + within + 1).some((other) => other < closed)).length;
  return missing(before, after) + missing(after, before);
}

/** Root mean square of what is left of a series when the mean of the `window` values around each is taken off: trembling, not movement. `window` is odd. */
export function jitter(series: readonly number[], window = 5): number {
  const reach = (window - 1) / 2;
  const inner = series.slice(reach, series.length - reach);
  if (inner.length === 0) fail('INVALID_ARGUMENT', `jitter needs ${window} values or more, got ${series.length}`);
  return Math.sqrt(meanOf(inner.map((value, i) => (value - meanOf(series.slice(i, i + window))) ** 2)));
}
