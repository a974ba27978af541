import type { Window } from './load.js';

/** When measuring has gone on for long enough. */
export interface StabilityRules {
  /** By how much windows may differ from their mean, in percent. */
  readonly percent: number;
  /** The latency that must be stable: a percentile, or the mean when absent. */
  readonly percentile?: number;
}

/** Windows that must agree. */
export const STABLE_WINDOWS = 3;

/** Requests a second of a window. */
export const rateOf = ({ latencies, seconds }: Window): number => (seconds === 0 ? 0 : latencies.count / seconds);

/** The latency of a window that the rules look at, in milliseconds. */
export const latencyOf = ({ latencies }: Window, { percentile }: StabilityRules): number =>
  percentile === undefined ? latencies.mean : latencies.percentile(percentile);

function agree(values: readonly number[], percent: number): boolean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean > 0 && values.every((value) => Math.abs(value - mean) <= (mean * percent) / 100);
}

/** Whether rate and latency of the last {@link STABLE_WINDOWS} windows differ by no more than the rules allow. */
export function isStable(windows: readonly Window[], rules: StabilityRules): boolean {
  const last = windows.slice(-STABLE_WINDOWS);
  if (last.length < STABLE_WINDOWS || last.some(({ latencies }) => latencies.count === 0)) return false;
  return (
    agree(last.map(rateOf), rules.percent) &&
    agree(
      last.map((window) => latencyOf(window, rules)),
      rules.percent,
    )
  );
}
