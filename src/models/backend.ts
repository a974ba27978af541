import type { Fault, Tensor } from '../core/index.js';
import type { ModelSpec, ProviderAttempt, RuntimeOptions, Weights } from './port.js';

/** Values by name, as requests and answers carry them: a bigint is a whole number of 64 bits, a number a fraction. Plain data, crosses threads. */
export type RequestParameters = ReadonlyMap<string, boolean | bigint | number | string>;

/** What a request says besides its inputs; plain data, crosses threads. */
export interface RequestContext {
  /** The caller's name for it; '' when it gave none. */
  readonly id: string;
  readonly parameters: RequestParameters;
  /** Outputs wanted; all when absent. */
  readonly outputs?: readonly string[];
  readonly sequence?: { readonly id: bigint | string; readonly start: boolean; readonly end: boolean };
  readonly priority: number;
  /** 0 for none. */
  readonly timeoutMs: number;
  /** Whether the caller takes several answers. */
  readonly several: boolean;
}

/** An answer; plain data, crosses threads. Tensors given away are no longer the backend's: their buffers may move to the caller. */
export interface BackendResponse {
  readonly outputs: readonly Tensor[];
  readonly parameters?: RequestParameters;
}

/** How a backend gives further answers to one request. */
export interface RequestLine {
  /** Aborts when the caller no longer wants the answer. */
  readonly signal: AbortSignal;
  /**
   * Sends an answer that is not the last. Resolves when the next may be sent: waiting for it keeps a slow reader from drowning.
   * @throws Fault CANCELLED when the caller is gone
   */
  respond(response: BackendResponse): Promise<void>;
  /** Only after `execute` gave `later` for it: ends the request, with a last answer, a fault, or nothing. */
  finish(last?: BackendResponse | Fault): void;
}

/** A request as a backend gets it. Its inputs belong to the backend. */
export interface BackendRequest extends RequestContext, RequestLine {
  readonly inputs: readonly Tensor[];
}

/**
 * What `execute` says of one request: its (last) answer; the fault that it ends with; `undefined`: it ends without a (further) answer;
 * `later`: the instance is free for others, the request ends by `finish`; `again`: in an iterative sequence, its next turn is wanted.
 */
export type BackendResult = BackendResponse | Fault | 'later' | 'again' | undefined;

/**
 * Code instead of a network: gets whole requests and may answer each with none, one or many responses. Lives in an instance of the
 * engine, wherever that is placed.
 */
export interface Backend extends AsyncDisposable {
  readonly spec: ModelSpec;
  /** The CPU when absent. */
  readonly providers?: readonly ProviderAttempt[];
  /** Runs a batch; results in the order of the requests. One call at a time. What it throws fails every request of the batch. */
  execute(requests: readonly BackendRequest[]): Promise<readonly BackendResult[]> | readonly BackendResult[];
  /** A sequence that ran on this instance is over; told after its last run. */
  onSequenceEnd?(id: bigint | string, reason: string): void | Promise<void>;
}

/** What a module's `openRuntime` is given. */
export interface BackendOrder {
  /** Name of the model. */
  readonly name: string;
  readonly weights: Weights;
  readonly options: RuntimeOptions;
  /** Number of the instance in its model. */
  readonly instance: number;
  /**
   * Asks the engine's owner (`HostOptions.onAsk`) and resolves with what it answers; both ways plain data. The way to call other models.
   * @throws Fault what the owner threw, CANCELLED once `signal` aborts
   */
  ask(question: unknown, signal?: AbortSignal): Promise<unknown>;
}

/** What a module named by `weights: { runtime: 'module', path: 'file:///...' }` exports as `openRuntime`. */
export type OpenBackend = (order: BackendOrder) => Promise<Backend> | Backend;
