import type { Tensor } from '../core/index.js';
import type { HeadSpec, ModelDefinition, ModelSpec, ProviderAttempt, RequestParameters } from '../models/index.js';
import type { Answer } from '../vision/index.js';
import type { InstanceGroup, Scheduling, SequenceId } from './scheduling.js';

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
  /** Most pictures or rows in one run; 1 when absent. */
  readonly maxBatch?: number;
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
  /** How requests are queued, instead of batches by `maxDelayMs`. */
  readonly scheduling?: Scheduling;
  /** Kinds of instances, instead of `instances` equal ones. */
  readonly instanceGroups?: readonly InstanceGroup[];
  /**
   * False for a model without a batch axis (Triton's `max_batch_size: 0`): shapes are the model's own from the first axis on, each request is one row,
   * and none share a run. True when absent.
   */
  readonly batchAxis?: boolean;
  /** Inputs that a request may leave out. Requests with different ones do not share a run. */
  readonly optionalInputs?: readonly string[];
  /** Inputs whose shape may differ between requests of one run, for backends that take each request as it is; nothing is padded. */
  readonly raggedInputs?: readonly string[];
  /** Answers are kept in the engine's response cache, by the bytes of the inputs. Not for sequences, nor for requests with `onResponse`. */
  readonly cache?: boolean;
  /** Answers what a backend asks through its context (`ask`), such as calls of other models. What it throws, the backend catches. */
  readonly onAsk?: (question: unknown, signal: AbortSignal) => unknown;
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
  /** Outputs may be views of memory that other answers share: read them and let them go, do not transfer them. False when absent: they are the caller's own. */
  readonly sharedOutputs?: boolean;
  /** Thresholds for this request, instead of the head's own. */
  readonly thresholds?: Partial<Pick<HeadSpec, 'confidence' | 'maximumIou' | 'limit'>>;
  /** 0 is served first, and the default. With `BatchScheduling.priorityLevels`: 1 is served first, 0 is the default level. */
  readonly priority?: number;
  /** How long it may wait, in milliseconds (fractions count), as far as its queue policy lets it say; for a sequence, how long in the backlog. 0 is no limit. */
  readonly timeoutMs?: number;
  /** On the engine's clock: still queued then, it fails with DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number;
  /** Still queued, it leaves the queue; already running, its result is dropped. Fails with CANCELLED. */
  readonly signal?: AbortSignal;
  /** For models with {@link SequenceScheduling}. A start without an id (0 or '') is given one, told in the answer. */
  readonly sequence?: { readonly id: SequenceId; readonly start: boolean; readonly end: boolean };
  /** The caller's name for it; backends see it. */
  readonly id?: string;
  /** Whatever else the caller says; backends see it. */
  readonly parameters?: RequestParameters;
  /** Outputs wanted; backends may leave out others. All when absent. */
  readonly outputs?: readonly string[];
  /**
   * Takes the answers of a backend that gives several, in order; the last one is what `infer` resolves with. A backend waits while
   * {@link RESPONSE_CREDIT} of them are unfinished here: return a promise to hold it back. Without it, a second answer fails the request.
   */
  readonly onResponse?: (response: PartialResponse) => void | Promise<void>;
}

/** Answers of one request that may be under way to `onResponse` at a time. */
export const RESPONSE_CREDIT = 8;

/** One of several answers to a request. */
export interface PartialResponse {
  /** Belongs to the caller. */
  readonly outputs: readonly Tensor[];
  readonly parameters?: RequestParameters;
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
  /** What the backend says besides; absent when nothing. */
  readonly parameters?: RequestParameters;
  /** The sequence that it belongs to, when the engine gave it its id. */
  readonly sequenceId?: SequenceId;
  /** The backend ended the request without a (further) answer. Absent: this is an answer. */
  readonly empty?: true;
  /** Came from the response cache. */
  readonly cached?: true;
}

/** How often, and how long altogether, in milliseconds. */
export interface CountAndTime {
  readonly count: number;
  readonly ms: number;
}

/** Runs of one size and how long they took altogether, in milliseconds. */
export interface BatchStatistics {
  readonly count: number;
  readonly inputMs: number;
  readonly runMs: number;
  readonly outputMs: number;
}

/** What became of the n-th answers of requests to backends that give several. */
export interface ResponseStatistics {
  /** From the answer before, or the start of the run. */
  readonly success: CountAndTime;
  readonly fail: CountAndTime;
  /** Ends without an answer of their own. */
  readonly empty: CountAndTime;
  readonly cancel: CountAndTime;
}

/** Why requests failed. */
export type FailureReason = 'rejected' | 'backend' | 'other';

/**
 * Counters since loading, Triton's meanings. Each request ends in exactly one of `requests`, `failures` and `cancelled`. The times `inputMs`, `runMs`
 * and `outputMs` are sums over requests that were run: in a run of four, each of the four is charged the whole run, so that a sum divided by
 * `requests` is what a request meets on average (with a cache: divided by `requests - cacheHit.count`).
 */
export interface ModelStatistics {
  /** Answered requests, those from the cache included. */
  readonly requests: number;
  /** Requests that failed, refused ones included. */
  readonly failures: number;
  /** Adds up to `failures`. `rejected`: by a queue, or while it waited. `backend`: in a run. */
  readonly failuresBy: Readonly<Record<FailureReason, number>>;
  readonly cancelled: number;
  /** From arrival to answer, of answered requests. */
  readonly successMs: number;
  /** From arrival to failure, of requests that failed or were cancelled. */
  readonly failureMs: number;
  /** Rows of answered requests that were run. */
  readonly inferences: number;
  /** Runs. */
  readonly executions: number;
  /** Runs by number of rows. */
  readonly batches: Readonly<Record<number, number>>;
  /** The same, with times. */
  readonly batchTimes: Readonly<Record<number, BatchStatistics>>;
  readonly queueMs: number;
  readonly inputMs: number;
  readonly runMs: number;
  readonly outputMs: number;
  /** Answers from the cache, and the time for looking them up. */
  readonly cacheHit: CountAndTime;
  /** Requests that the cache did not know, and the time for looking and for keeping their answers. */
  readonly cacheMiss: CountAndTime;
  /** By number of the answer, from 0; empty for networks. */
  readonly responses: Readonly<Record<number, ResponseStatistics>>;
  /** When the last request was run, in milliseconds since 1970; 0 for never. */
  readonly lastInferenceMs: number;
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
  /**
   * Changes the number of instances, without an interruption: opens more, or lets the last ones finish and closes them. Sequences on those end.
   * @throws Fault UNSUPPORTED when instances would have to become others, INVALID_ARGUMENT, and as the runtime's `open`
   */
  resize(instances: number | readonly InstanceGroup[]): Promise<void>;
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
