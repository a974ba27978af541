import type { Fault } from '../core/index.js';
import type { BackendResponse, HostReport, HostResult, ModelDefinition, ModelSpec, ProviderAttempt, RequestContext } from '../models/index.js';
import type { SizedBufferPool } from './buffer-pool.js';
import type { InferenceRequest } from './port.js';
import type { SequenceId } from './scheduling.js';

/** What an instance gets of a request. */
export interface InstanceRequest extends Pick<InferenceRequest, 'inputs' | 'answer' | 'thresholds' | 'sharedOutputs'> {
  /** For backends. */
  readonly context?: RequestContext;
}

/** What an instance says of the model that it opened. Instances of one model must agree on `spec` and `maxBatch`. */
export interface InstanceDescription {
  readonly spec: ModelSpec;
  readonly providers: readonly ProviderAttempt[];
  /** Rows that the graph takes in one run; `Infinity` when its batch axis is free. */
  readonly maxBatch: number;
}

/** What an instance tells its owner. */
export interface InstanceEvents {
  /** The oldest batch given to it has been run. */
  finished(report: HostReport): void;
  /** A backend gave an answer that is not the last to the request `number`: its place among all that the instance was given, from 0. */
  responded(number: number, response: BackendResponse): void;
  /** A backend ended a request that it had put off. */
  completed(number: number, result: HostResult): void;
  /** It is gone by no wish of ours, with every batch it held; `fault` is for the one that ran. Told at most once, and only after opening. */
  lost(fault: Fault): void;
}

/** A copy of a model that runs batches, wherever it is placed. Disposing lets what it holds finish first. */
export interface Instance extends AsyncDisposable {
  readonly description: InstanceDescription;
  /** Where it runs, in words: `process 4711`. */
  readonly where: string;
  /** Takes over the inputs and runs the batch after those given before; answers later, by `finished` or `lost`, in order. @throws anything that keeps it from sending the batch; no answer follows then */
  run(requests: readonly InstanceRequest[]): void;
  /** The caller can take another answer to the request `number`. */
  grant(number: number): void;
  /** Nobody wants further answers to the request `number`. */
  cancel(number: number): void;
  /** A sequence that ran here is over; told to the backend after what it was given before. */
  endSequence(id: SequenceId, reason: string): void;
}

/** What is needed to open an instance. */
export interface InstanceOrder {
  readonly definition: ModelDefinition;
  /** Its number in the model. */
  readonly index: number;
  readonly pool: SizedBufferPool;
  readonly events: InstanceEvents;
  /** Whether a report may wait for that of the next run. */
  readonly answersInPairs: boolean;
  /** A run longer than this is a hang; only a process can be rid of one. */
  readonly hangAfterMs: number | undefined;
  /** Answers what a backend asks. */
  readonly onAsk: (question: unknown, signal: AbortSignal) => unknown;
  /** Calls back after a while; returns the way to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** Opens an instance of one placement. @throws Fault what the runtime said of the weights, UNAVAILABLE when thread or process ended before it was ready */
export type OpenInstance = (order: InstanceOrder) => Promise<Instance>;
