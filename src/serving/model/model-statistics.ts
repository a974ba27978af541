import type { InferenceTimes } from '../../inference/index.js';
import { create, type ModelStatistics, ModelStatisticsSchema } from '../../wire/index.js';

/** A count and the milliseconds that it took. */
class Duration {
  count = 0;
  ms = 0;

  add(ms: number, count = 1): void {
    this.count += count;
    this.ms += ms;
  }

  read(): { count: bigint; ns: bigint } {
    return { count: BigInt(Math.round(this.count)), ns: BigInt(Math.round(this.ms * 1e6)) };
  }
}

class BatchDurations {
  readonly input = new Duration();
  readonly infer = new Duration();
  readonly output = new Duration();
}

/** Why a request failed, as the metric tells it. */
export type FailureReason = 'REJECTED' | 'CANCELED' | 'BACKEND' | 'OTHER';

/** Counters of one version since it was loaded, with Triton's meanings. */
export class VersionStatistics {
  readonly success = new Duration();
  readonly failure = new Duration();
  readonly queue = new Duration();
  readonly input = new Duration();
  readonly infer = new Duration();
  readonly output = new Duration();
  readonly cacheHit = new Duration();
  readonly cacheMiss = new Duration();
  readonly failures: Record<FailureReason, number> = { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 };
  /** Rows answered. */
  inferences = 0;
  executions = 0;
  /** Requests taken and not yet answered. */
  pending = 0;
  #lastInferenceMs = 0;
  readonly #batches = new Map<number, BatchDurations>();

  /** A request of `rows` rows was answered after `totalMs`. */
  answered(rows: number, totalMs: number, times: InferenceTimes | undefined): void {
    const { queueMs = 0, inputMs = 0, runMs = totalMs, outputMs = 0, batch = rows } = times ?? {};
    this.success.add(totalMs);
    this.queue.add(queueMs);
    this.input.add(inputMs);
    this.infer.add(runMs);
    this.output.add(outputMs);
    this.inferences += rows;
    this.#lastInferenceMs = Date.now();
    // A run is shared by the requests whose rows it holds: each brings its part of it.
    const share = batch > 0 ? rows / batch : 1;
    this.executions += share;
    const durations = this.#batches.get(batch) ?? new BatchDurations();
    this.#batches.set(batch, durations);
    durations.input.add(inputMs * share, share);
    durations.infer.add(runMs * share, share);
    durations.output.add(outputMs * share, share);
  }

  /** A request failed after `totalMs`. */
  failed(totalMs: number, reason: FailureReason): void {
    this.failure.add(totalMs);
    this.failures[reason]++;
  }

  /** The counters at present, as both protocols tell them. */
  read(name: string, version: string): ModelStatistics {
    return create(ModelStatisticsSchema, {
      name,
      version,
      lastInference: BigInt(this.#lastInferenceMs),
      inferenceCount: BigInt(this.inferences),
      executionCount: BigInt(Math.round(this.executions)),
      inferenceStats: {
        success: this.success.read(),
        fail: this.failure.read(),
        queue: this.queue.read(),
        computeInput: this.input.read(),
        computeInfer: this.infer.read(),
        computeOutput: this.output.read(),
        cacheHit: this.cacheHit.read(),
        cacheMiss: this.cacheMiss.read(),
      },
      batchStats: [...this.#batches]
        .toSorted(([a], [b]) => a - b)
        .map(([size, { input, infer, output }]) => ({
          batchSize: BigInt(size),
          computeInput: input.read(),
          computeInfer: infer.read(),
          computeOutput: output.read(),
        })),
    });
  }
}
