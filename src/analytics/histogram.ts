/** Counts between edges. Bin n counts values from `edges[n]` up to, not including, `edges[n + 1]`; the last takes everything above. Plain data. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly total: number;
  readonly sum: number;
  readonly max: number;
}

/** Accumulates a {@link Histogram}; memory is one number an edge. */
export interface HistogramBuilder {
  add(value: number): void;
  snapshot(): Histogram;
}

/** A histogram with these rising edges and nothing in it. What lies below the first edge is counted in the first bin. */
export const emptyHistogram = (edges: readonly number[]): Histogram => ({ edges, counts: edges.map(() => 0), total: 0, sum: 0, max: 0 });

/** Goes on from `start`, which stays as it is. */
export function createHistogram(start: Histogram): HistogramBuilder {
  const { edges } = start;
  const counts = [...start.counts];
  let { total, sum, max } = start;
  return {
    add(value) {
      let bin = edges.length - 1;
      while (bin > 0 && value < edges[bin]!) bin--;
      counts[bin]!++;
      total++;
      sum += value;
      max = Math.max(max, value);
    },
    snapshot: () => ({ edges, counts: [...counts], total, sum, max }),
  };
}

/** The value below which `share` (0 to 1) of all values lie, as if they were spread evenly within their bin; 0 for no values. */
export function quantile({ edges, counts, total, max }: Histogram, share: number): number {
  let left = share * total;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && count >= left) {
      const from = edges[bin]!;
      const to = Math.max(from, Math.min(max, edges[bin + 1] ?? max));
      return from + (to - from) * (left / count);
    }
    left -= count;
  }
  return max;
}
