import type { ModelStatistics } from '../../wire/index.js';

/** Where a request's time went in the server, on average, in microseconds. */
export interface ServerTimes {
  /** Requests answered. */
  readonly requests: number;
  /** Rows answered, for each run of the model. */
  readonly batch: number;
  readonly totalUs: number;
  readonly queueUs: number;
  readonly inputUs: number;
  readonly computeUs: number;
  readonly outputUs: number;
  /** What is in none of the others. */
  readonly overheadUs: number;
}

const KINDS = ['success', 'queue', 'computeInput', 'computeInfer', 'computeOutput'] as const;

function sums(statistics: readonly ModelStatistics[]): Record<(typeof KINDS)[number] | 'requests' | 'inferences' | 'executions', number> {
  const total = (of: (row: ModelStatistics) => bigint | undefined): number => statistics.reduce((sum, row) => sum + Number(of(row) ?? 0n), 0);
  const ns = (kind: (typeof KINDS)[number]): number => total(({ inferenceStats }) => inferenceStats?.[kind]?.ns);
  return {
    requests: total(({ inferenceStats }) => inferenceStats?.success?.count),
    inferences: total(({ inferenceCount }) => inferenceCount),
    executions: total(({ executionCount }) => executionCount),
    success: ns('success'),
    queue: ns('queue'),
    computeInput: ns('computeInput'),
    computeInfer: ns('computeInfer'),
    computeOutput: ns('computeOutput'),
  };
}

/** What happened in the server between two looks at its counters; undefined when nothing did. */
export function serverTimes(before: readonly ModelStatistics[], after: readonly ModelStatistics[]): ServerTimes | undefined {
  const [from, to] = [sums(before), sums(after)];
  const requests = to.requests - from.requests;
  if (requests <= 0) return undefined;
  const each = (kind: (typeof KINDS)[number]): number => (to[kind] - from[kind]) / requests / 1000;
  const runs = to.executions - from.executions;
  const [totalUs, queueUs, inputUs, computeUs, outputUs] = KINDS.map(each) as [number, number, number, number, number];
  return {
    requests,
    batch: runs > 0 ? (to.inferences - from.inferences) / runs : 0,
    totalUs,
    queueUs,
    inputUs,
    computeUs,
    outputUs,
    overheadUs: Math.max(0, totalUs - queueUs - inputUs - computeUs - outputUs),
  };
}
