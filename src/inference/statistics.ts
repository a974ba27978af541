import type { Meter } from '../core/index.js';
import type { HostReport } from '../models/index.js';
import type { INFERENCE_METRICS } from './metric-table.js';
import type { BatchStatistics, CountAndTime, FailureReason, ModelStatistics, ResponseStatistics } from './port.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] extends CountAndTime ? Sum : T[K] };

interface Sum {
  count: number;
  ms: number;
}

const sum = (): Sum => ({ count: 0, ms: 0 });

function addTo(total: Sum, ms: number): void {
  total.count++;
  total.ms += ms;
}

/** What became of an answer; the keys of {@link ResponseStatistics}. */
export type ResponseOutcome = keyof ResponseStatistics;

/** The counters of one model, kept for `statistics()` and told to a meter under the same meanings. */
export class StatisticsKeeper {
  #requests = 0;
  readonly #failuresBy: Record<FailureReason, number> = { rejected: 0, backend: 0, other: 0 };
  #cancelled = 0;
  #successMs = 0;
  #failureMs = 0;
  #inferences = 0;
  #executions = 0;
  readonly #batches = new Map<number, Writable<BatchStatistics>>();
  readonly #responses = new Map<number, Writable<ResponseStatistics>>();
  readonly #cacheHit = sum();
  readonly #cacheMiss = sum();
  #lastInferenceMs = 0;
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
    this.#lastInferenceMs = Date.now();
    let batch = this.#batches.get(rows);
    if (!batch) this.#batches.set(rows, (batch = { count: 0, inputMs: 0, runMs: 0, outputMs: 0 }));
    batch.count++;
    batch.inputMs += inputMs;
    batch.runMs += runMs;
    batch.outputMs += outputMs;
    this.#meters.executions.add();
    this.#meters.input.record(inputMs);
    this.#meters.run.record(runMs);
    this.#meters.output.record(outputMs);
  }

  /** A request of `rows` rows was answered from the run of `report`, `totalMs` after it came. */
  answered(rows: number, queueMs: number, totalMs: number, { inputMs, runMs, outputMs }: Omit<HostReport, 'results'>): void {
    this.#requests++;
    this.#inferences += rows;
    this.#successMs += totalMs;
    this.#queueMs += queueMs;
    this.#inputMs += inputMs;
    this.#runMs += runMs;
    this.#outputMs += outputMs;
    this.#meters.requests.add();
    this.#meters.inferences.add(rows);
    this.#meters.queue.record(queueMs);
  }

  /** A request was answered from the cache, after looking for so long. */
  answeredFromCache(ms: number): void {
    this.#requests++;
    this.#successMs += ms;
    addTo(this.#cacheHit, ms);
    this.#meters.requests.add();
    this.#meters.cacheHits.add();
  }

  /** The cache did not know a request, or was given its answer: the first counts, both take time. */
  missedCache(ms: number, counts: boolean): void {
    this.#cacheMiss.ms += ms;
    if (!counts) return;
    this.#cacheMiss.count++;
    this.#meters.cacheMisses.add();
  }

  /** The `index`-th answer of a request of a backend. */
  responded(index: number, outcome: ResponseOutcome, ms: number): void {
    let response = this.#responses.get(index);
    if (!response) this.#responses.set(index, (response = { success: sum(), fail: sum(), empty: sum(), cancel: sum() }));
    addTo(response[outcome], ms);
  }

  /** A request failed by anything but its caller's wish, `totalMs` after it came. */
  failed(reason: FailureReason, totalMs: number): void {
    this.#failuresBy[reason]++;
    this.#failureMs += totalMs;
    this.#meters.failures.add();
  }

  /** A request was called off, `totalMs` after it came. */
  cancelled(totalMs: number): void {
    this.#cancelled++;
    this.#failureMs += totalMs;
    this.#meters.cancelled.add();
  }

  /** An instance is replaced. */
  restarted(): void {
    this.#restarts++;
    this.#meters.restarts.add();
  }

  /** The counters at present; `queued` and `running` are counted by the dispatcher. */
  snapshot(queued: number, running: number): ModelStatistics {
    const { rejected, backend, other } = this.#failuresBy;
    return {
      requests: this.#requests,
      failures: rejected + backend + other,
      failuresBy: { rejected, backend, other },
      cancelled: this.#cancelled,
      successMs: this.#successMs,
      failureMs: this.#failureMs,
      inferences: this.#inferences,
      executions: this.#executions,
      batches: Object.fromEntries([...this.#batches].map(([rows, { count }]) => [rows, count])),
      batchTimes: Object.fromEntries([...this.#batches].map(([rows, times]) => [rows, { ...times }])),
      queueMs: this.#queueMs,
      inputMs: this.#inputMs,
      runMs: this.#runMs,
      outputMs: this.#outputMs,
      cacheHit: { ...this.#cacheHit },
      cacheMiss: { ...this.#cacheMiss },
      responses: structuredClone(Object.fromEntries(this.#responses)),
      lastInferenceMs: this.#lastInferenceMs,
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
    cacheHits: counter('inference_cache_hits_total'),
    cacheMisses: counter('inference_cache_misses_total'),
    queue: histogram('inference_queue_ms'),
    input: histogram('inference_input_ms'),
    run: histogram('inference_run_ms'),
    output: histogram('inference_output_ms'),
  };
}
