import type { Tensor } from '../core/index.js';
import type { HeadSpec, ModelDefinition, ModelSpec, ProviderAttempt } from '../models/index.js';
import type { Answer } from '../vision/index.js';
import type { OpenInstance } from './instance.js';

/**
 * Where an instance runs. `inline`: on the calling thread, for a model so small that a thread's round trip would cost more.
 * `thread`: a worker thread; drained, never terminated in mid-run. `process`: a child process; may hang or crash, is killed and replaced.
 */
export type Placement = 'inline' | 'thread' | 'process';

/** How a model is hosted. */
export interface HostOptions {
  readonly placement?: Placement;
  /** Copies of the model; for `thread` and `process` the number of cores when absent, 1 for `inline`. */
  readonly instances?: number;
  /** Most pictures or rows in one run; 1 when absent. 0: the first axis counts no rows, a request is one row whatever its shapes. */
  readonly maxBatch?: number;
  /** How an instance is opened, in place of the placement's own way: for what runs no weights. */
  readonly open?: OpenInstance;
  /**
   * For files: an answer may wait for that of the next run, when one is waiting (`thread` only). Half the wake-ups of the calling thread, at
   * the price of one run's time. False when absent: every answer at once.
   */
  readonly answersInPairs?: boolean;
  /** How long the oldest request waits for company, in milliseconds; 0 when absent. */
  readonly maxDelayMs?: number;
  /** Requests that may wait; more are refused with RESOURCE_EXHAUSTED. Unlimited when absent. */
  readonly maxQueue?: number;
  /**
   * A run longer than this is a hang (`process` only): the instance is killed and replaced, the requests of the run fail with DEADLINE_EXCEEDED,
   * those that waited behind it on the instance with UNAVAILABLE.
   */
  readonly hangAfterMs?: number;
}

/** What both doors ask of a model. */
export interface InferenceRequest {
  /**
   * Input tensors with the batch axis, or, where the definition has a `picture`, one UINT8 tensor of that picture ([N, C, H, W] or [N, H, W, C]).
   * Their buffers are handed over: read them no more. A buffer taken from `buffers` goes back there by itself. Shared memory stays the
   * caller's: it is read where it lies and must not change before the answer.
   */
  readonly inputs: readonly Tensor[];
  /** `tensors`: the network's outputs. `decoded`: what the head makes of them, off the calling thread. */
  readonly answer: 'tensors' | 'decoded';
  /** Thresholds for this request, instead of the head's own. */
  readonly thresholds?: Partial<Pick<HeadSpec, 'confidence' | 'maximumIou' | 'limit'>>;
  /** 0 is served first, and the default. */
  readonly priority?: number;
  /** On the engine's clock: still queued then, it fails with DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number;
  /** Still queued, it leaves the queue; already running, its result is dropped. Fails with CANCELLED. */
  readonly signal?: AbortSignal;
  /** For models with state between requests; the scheduler that reads it comes with serving. */
  readonly sequence?: { readonly id: bigint | string; readonly start: boolean; readonly end: boolean };
}

/** Where a request's time went. */
export interface InferenceTimes {
  readonly queueMs: number;
  readonly inputMs: number;
  readonly runMs: number;
  readonly outputMs: number;
  /** Rows in the run that served it. */
  readonly batch: number;
}

/** The answer to a request. */
export interface InferenceResponse {
  /** The outputs in the order of the model's spec; empty when decoded answers were asked for. Belongs to the caller. */
  readonly outputs: readonly Tensor[];
  /** One for each row of the batch axis; empty when tensors were asked for. */
  readonly answers: readonly Answer[];
  readonly times: InferenceTimes;
}

/**
 * Counters since loading, Triton's meanings. Each request ends in exactly one of `requests`, `failures` and `cancelled`. The times are sums over
 * `requests`: in a run of four, each of the four is charged the whole run, so that a sum divided by `requests` is what a request meets on average.
 */
export interface ModelStatistics {
  /** Answered requests. */
  readonly requests: number;
  /** Requests that failed, refused ones included. */
  readonly failures: number;
  readonly cancelled: number;
  /** Rows of answered requests. */
  readonly inferences: number;
  /** Runs. */
  readonly executions: number;
  /** Runs by number of rows. */
  readonly batches: Readonly<Record<number, number>>;
  readonly queueMs: number;
  readonly inputMs: number;
  readonly runMs: number;
  readonly outputMs: number;
  readonly queued: number;
  readonly running: number;
  readonly restarts: number;
}

/** A model that is ready. */
export interface LoadedModel extends AsyncDisposable {
  readonly definition: ModelDefinition;
  readonly spec: ModelSpec;
  readonly providers: readonly ProviderAttempt[];
  readonly placement: Placement;
  readonly instances: number;
  /** Rows a single run may have: the host option, or 1 where the graph fixes its first axis (a request then counts as one row, whatever its size). */
  readonly maxBatch: number;
  /** Requests that keep every instance busy: one running and one waiting each (two with `answersInPairs`), times the batch. */
  readonly concurrency: number;
  /** Reusable memory for inputs. */
  readonly buffers: BufferPool;
  /** @throws Fault INVALID_ARGUMENT (inputs do not fit the spec), UNAVAILABLE (instance crashed, or unloading), and those of the request's limits */
  infer(request: InferenceRequest): Promise<InferenceResponse>;
  statistics(): ModelStatistics;
  /** Refuses new requests, finishes those accepted, releases the instances. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Buffers that travel to instances and come back. */
export interface BufferPool {
  /** A buffer of exactly `bytes`; its content is undefined. */
  take(bytes: number): ArrayBuffer;
  /** Gives one back that was not handed to `infer`. */
  give(buffer: ArrayBuffer): void;
}

/** The one inference engine: hosts models, batches requests of whatever origin. */
export interface Engine extends AsyncDisposable {
  /** @throws Fault as the runtime's `open`, and MODEL_MISMATCH when picture or head do not fit the network */
  load(definition: ModelDefinition, options?: HostOptions): Promise<LoadedModel>;
  /** Models loaded at present. */
  readonly models: readonly LoadedModel[];
  /** Drains and unloads every model. */
  [Symbol.asyncDispose](): Promise<void>;
}
