import type { FailureReason, ModelStatistics } from '../../inference/index.js';

/** Counters of a model that the engine does not host, such as an ensemble: a request is a run. */
export class OwnStatistics {
  #requests = 0;
  #cancelled = 0;
  #rows = 0;
  #successMs = 0;
  #failureMs = 0;
  #lastInferenceMs = 0;
  readonly #failures: Record<FailureReason, number> = { rejected: 0, backend: 0, other: 0 };
  readonly #batches = new Map<number, { count: number; runMs: number }>();

  /** A request of `rows` rows was answered after `ms`. */
  answered(rows: number, ms: number): void {
    this.#requests++;
    this.#rows += rows;
    this.#successMs += ms;
    this.#lastInferenceMs = Date.now();
    const batch = this.#batches.get(rows) ?? { count: 0, runMs: 0 };
    this.#batches.set(rows, { count: batch.count + 1, runMs: batch.runMs + ms });
  }

  /** A request failed, or was called off (no reason), after `ms`. */
  failed(reason: FailureReason | undefined, ms: number): void {
    this.#failureMs += ms;
    if (reason) this.#failures[reason]++;
    else this.#cancelled++;
  }

  /** The counters at present. */
  snapshot(running: number): ModelStatistics {
    const { rejected, backend, other } = this.#failures;
    const batches = [...this.#batches];
    const none = { count: 0, ms: 0 };
    return {
      requests: this.#requests,
      failures: rejected + backend + other,
      failuresBy: { rejected, backend, other },
      cancelled: this.#cancelled,
      successMs: this.#successMs,
      failureMs: this.#failureMs,
      inferences: this.#rows,
      executions: this.#requests,
      batches: Object.fromEntries(batches.map(([rows, { count }]) => [rows, count])),
      batchTimes: Object.fromEntries(batches.map(([rows, { count, runMs }]) => [rows, { count, runMs, inputMs: 0, outputMs: 0 }])),
      queueMs: 0,
      inputMs: 0,
      runMs: this.#successMs,
      outputMs: 0,
      cacheHit: none,
      cacheMiss: none,
      responses: {},
      lastInferenceMs: this.#lastInferenceMs,
      queued: 0,
      running,
      restarts: 0,
    };
  }
}
