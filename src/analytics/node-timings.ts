/** What a node took for its runs. */
export interface NodeTiming {
  readonly node: string;
  readonly runs: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** How long each node took for its frames. */
export class NodeTimings {
  readonly #sums = new Map<string, { runs: number; totalMs: number; maxMs: number }>();

  add(node: string, tookMs: number): void {
    const sum = this.#sums.get(node);
    if (!sum) {
      this.#sums.set(node, { runs: 1, totalMs: tookMs, maxMs: tookMs });
      return;
    }
    sum.runs++;
    sum.totalMs += tookMs;
    if (tookMs > sum.maxMs) sum.maxMs = tookMs;
  }

  /** In the order in which nodes first reported. */
  list(): NodeTiming[] {
    return [...this.#sums].map(([node, { runs, totalMs, maxMs }]) => ({ node, runs, meanMs: totalMs / runs, maxMs }));
  }
}
