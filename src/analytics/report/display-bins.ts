import type { BinnedTime } from '../time-bins.js';

/** Bins for a plot: so many that the eye can tell them apart. */
export interface DisplayBins {
  /** Since the first frame, in milliseconds. */
  readonly startsMs: readonly number[];
  readonly binMs: number;
  /** Sum of a series in each bin; zeros for one that never came up. */
  sums(series: string): readonly number[];
}

/** Puts neighbours together until there are at most `most` bins. */
export function displayBins({ binMs, bins, series }: BinnedTime, most: number): DisplayBins {
  const each = Math.max(1, Math.ceil(bins / most));
  const starts = Array.from({ length: Math.ceil(bins / each) }, (_, n) => n * each);
  return {
    startsMs: starts.map((bin) => bin * binMs),
    binMs: each * binMs,
    sums: (name) => starts.map((bin) => (series[name] ?? []).slice(bin, bin + each).reduce((sum, value) => sum + value, 0)),
  };
}
