import type { LoadedModel, ModelStatistics } from '../../inference/index.js';
import { exposition } from './exposition.js';
import type { NodeMetrics } from './node-metrics.js';
import type { MetricsSnapshot, MetricsTotals, ModelReading } from './snapshot.js';
import { StreamMetrics } from './stream-metrics.js';

/** Models by the node that runs them; only their counters are read. */
export type CountedModels = Readonly<Record<string, Pick<LoadedModel, 'statistics'>>>;

/** How metrics are kept. */
export interface PipelineMetricsOptions {
  /** When the pipeline began, on the clock of all times that are handed in. */
  readonly startMs: number;
  /** The models at work when asked; their counters are read when a reading is. */
  readonly models?: () => CountedModels;
  /** How far back "recent" reaches on average, in milliseconds; 10 s when absent. */
  readonly windowMs?: number;
}

type Sums = { -readonly [K in Exclude<keyof MetricsTotals, 'fps'>]: number };

function add(sums: Sums, stream: StreamMetrics): void {
  sums.framesIn += stream.in.count;
  sums.framesOut += stream.out.count;
  sums.dropped += Object.values(stream.drops).reduce((sum, count) => sum + count, 0);
  sums.failures += stream.failures;
  sums.restarts += stream.restarts;
}

const per = (sum: number, count: number): number => (count > 0 ? sum / count : 0);

function modelReading({ requests, failures, inferences, executions, batches, queueMs, runMs, ...rest }: ModelStatistics): ModelReading {
  const { queued, running, restarts } = rest;
  const rows = Object.entries(batches).reduce((sum, [size, runs]) => sum + Number(size) * runs, 0);
  return {
    requests,
    failures,
    rows: inferences,
    executions,
    meanBatch: per(rows, executions),
    meanRunMs: per(runMs, requests),
    meanQueueMs: per(queueMs, requests),
    queued,
    running,
    restarts,
  };
}

/** The numbers of a pipeline: who measures says what happened, who asks gets everything at that moment. Plain memory, without timers. */
export class PipelineMetrics {
  readonly #startMs: number;
  readonly #windowMs: number;
  readonly #models: () => CountedModels;
  readonly #streams = new Map<string, StreamMetrics>();
  readonly #gone: Sums = { framesIn: 0, framesOut: 0, dropped: 0, failures: 0, restarts: 0 };

  constructor({ startMs, models = () => ({}), windowMs = 10_000 }: PipelineMetricsOptions) {
    this.#startMs = startMs;
    this.#models = models;
    this.#windowMs = windowMs;
  }

  /** The numbers of a stream, made on first use. */
  stream(name: string): StreamMetrics {
    const known = this.#streams.get(name);
    if (known) return known;
    const stream = new StreamMetrics(this.#windowMs, () => this.#remove(name, stream));
    this.#streams.set(name, stream);
    return stream;
  }

  /** The numbers of a node on a stream, made on first use. */
  node(stream: string, node: string): NodeMetrics {
    return this.stream(stream).node(node);
  }

  /** Everything as plain data. */
  snapshot(nowMs: number): MetricsSnapshot {
    const streams = Object.fromEntries([...this.#streams].map(([name, stream]) => [name, stream.reading(nowMs)]));
    const sums = { ...this.#gone };
    for (const stream of this.#streams.values()) add(sums, stream);
    return {
      elapsedMs: nowMs - this.#startMs,
      streams,
      models: Object.fromEntries(Object.entries(this.#statistics()).map(([node, statistics]) => [node, modelReading(statistics)])),
      totals: { ...sums, fps: Object.values(streams).reduce((sum, { fps }) => sum + fps.recent, 0) },
    };
  }

  /** Everything in the text exposition format 0.0.4; the reference lists the names. */
  prometheus(): string {
    return exposition({ streams: this.#streams, models: this.#statistics() });
  }

  #statistics(): Record<string, ModelStatistics> {
    return Object.fromEntries(Object.entries(this.#models()).map(([node, model]) => [node, model.statistics()]));
  }

  #remove(name: string, stream: StreamMetrics): void {
    if (this.#streams.get(name) !== stream) return;
    add(this.#gone, stream);
    this.#streams.delete(name);
  }
}
