import type { Meter } from '../core/index.js';
import type { HostReport } from '../models/index.js';
import type { INFERENCE_METRICS } from './metric-table.js';
import type { ModelStatistics } from './port.js';

/** The counters of one model, kept for `statistics()` and told to a meter under the same meanings. */
export class StatisticsKeeper {
  #requests = 0;
  #failures = 0;
  #cancelled = 0;
  #inferences = 0;
  #executions = 0;
  #batches: Record<number, number> = {};
  #queueMs = 0;
  #inputMs = 0;
  #runMs = 0;
  #outputMs = 0;
  #restarts = 0;
  readonly #meters: ReturnType<typeof instruments>;

  constructor(meter: Meter, model: string) {
    this.#meters = instruments(meter, model);
  }

  /** A run of `rows` rows came back. */
  ran(rows: number, { inputMs, runMs, outputMs }: HostReport): void {
    this.#executions++;
    this.#batches[rows] = (this.#batches[rows] ?? 0) + 1;
    this.#meters.executions.add();
    this.#meters.input.record(inputMs);
    this.#meters.run.record(runMs);
    this.#meters.output.record(outputMs);
  }

  /** A request of `rows` rows was answered from the run of `report`. */
  answered(rows: number, queueMs: number, { inputMs, runMs, outputMs }: HostReport): void {
    this.#requests++;
    this.#inferences += rows;
    this.#queueMs += queueMs;
    this.#inputMs += inputMs;
    this.#runMs += runMs;
    this.#outputMs += outputMs;
    this.#meters.requests.add();
    this.#meters.inferences.add(rows);
    this.#meters.queue.record(queueMs);
  }

  /** A request failed by anything but its caller's wish. */
  failed(): void {
    this.#failures++;
    this.#meters.failures.add();
  }

  /** A request was called off. */
  cancelled(): void {
    this.#cancelled++;
    this.#meters.cancelled.add();
  }

  /** An instance is replaced. */
  restarted(): void {
    this.#restarts++;
    this.#meters.restarts.add();
  }

  /** The counters at present; `queued` and `running` are counted by the dispatcher. */
  snapshot(queued: number, running: number): ModelStatistics {
    return {
      requests: this.#requests,
      failures: this.#failures,
      cancelled: this.#cancelled,
      inferences: this.#inferences,
      executions: this.#executions,
      batches: { ...this.#batches },
      queueMs: this.#queueMs,
      inputMs: this.#inputMs,
      runMs: this.#runMs,
      outputMs: this.#outputMs,
      queued,
      running,
      restarts: this.#restarts,
    };
  }
}

function instruments(meter: Meter, model: string) {
  const labels = { model };
  const counter = (name: keyof typeof INFERENCE_METRICS): ReturnType<Meter['counter']> => meter.counter(name, labels);
  const histogram = (name: keyof typeof INFERENCE_METRICS): ReturnType<Meter['histogram']> => meter.histogram(name, labels);
  return {
    requests: counter('inference_requests_total'),
    failures: counter('inference_failures_total'),
    cancelled: counter('inference_cancelled_total'),
    inferences: counter('inference_rows_total'),
    executions: counter('inference_executions_total'),
    restarts: counter('inference_restarts_total'),
    queue: histogram('inference_queue_ms'),
    input: histogram('inference_input_ms'),
    run: histogram('inference_run_ms'),
    output: histogram('inference_output_ms'),
  };
}
