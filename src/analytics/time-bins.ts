/** Sums over time in bins of one width. */
export interface BinnedTime {
  /** Start of the first bin, in milliseconds of presentation time. */
  readonly startMs: number;
  readonly binMs: number;
  /** Bins used so far. */
  readonly bins: number;
  /** Sum in each bin, by series. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** Accumulates sums over a time whose length nobody knows beforehand. */
export interface TimeBins {
  add(series: string, timeMs: number, amount: number): void;
  snapshot(): BinnedTime;
}

/** How fine bins are. */
export interface TimeBinsOptions {
  /** Width of a bin while there are few, in milliseconds. */
  readonly finestMs?: number;
  /** Most bins; even. */
  readonly limit?: number;
}

/**
 * Bins that coarsen by themselves: when time leaves the last of them, neighbours are put together and each is twice as wide. A
 * minute gives a few hundred bins, and so do ten hours; memory is `limit` numbers a series. Time before the first is put into the first bin.
 */
export function createTimeBins({ finestMs = 250, limit = 480 }: TimeBinsOptions = {}): TimeBins {
  const series = new Map<string, Float64Array>();
  let binMs = finestMs;
  let startMs: number | undefined;
  let bins = 0;

  const coarsen = (): void => {
    binMs *= 2;
    bins = Math.ceil(bins / 2);
    for (const sums of series.values()) {
      for (let n = 0; n < limit / 2; n++) sums[n] = sums[2 * n]! + sums[2 * n + 1]!;
      sums.fill(0, limit / 2);
    }
  };

  return {
    add(name, timeMs, amount) {
      startMs ??= timeMs;
      const passedMs = Math.max(0, timeMs - startMs);
      while (passedMs >= binMs * limit) coarsen();
      const bin = Math.floor(passedMs / binMs);
      bins = Math.max(bins, bin + 1);
      let sums = series.get(name);
      if (sums === undefined) series.set(name, (sums = new Float64Array(limit)));
      sums[bin]! += amount;
    },
    snapshot: () => ({
      startMs: startMs ?? 0,
      binMs,
      bins,
      series: Object.fromEntries([...series].map(([name, sums]) => [name, [...sums.subarray(0, bins)]])),
    }),
  };
}
