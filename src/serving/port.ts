import type {
  InferRequest,
  InferResponse,
  ModelConfig,
  ModelMetadataResponse,
  ModelStatistics,
  RepositoryIndexResponse_ModelIndex,
} from '../wire/index.js';
import type { LogControl, TraceControl } from './settings.js';
import type { SharedMemoryControl } from './shared-memory/port.js';

/** What a server says of itself. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** What goes with a request besides its content. */
export interface InferCall {
  /** Aborted when the client is gone: a request that still waits is given up. */
  readonly signal?: AbortSignal;
  /** `performance.now()` when the first byte of the request was seen; the moment of the call when absent. */
  readonly receivedMs?: number;
}

/** One answer of {@link ModelServer.stream}. */
export interface StreamedResponse {
  /** Empty outputs and no parameters: the model said that it is done, and had nothing more to say. */
  readonly response: InferResponse;
  /** No other follows. */
  readonly final: boolean;
}

/** What a load changes of the folder's model: Triton's load parameters. */
export interface LoadOverrides {
  /** A whole configuration as JSON, in place of the folder's. */
  readonly config?: string;
  /** Files by `<version>/<path>`, in place of the folder's; needs `config`. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/** An answer that is there, or comes: a server that has to ask others answers later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The server without a transport: models by name and version, and what may be asked of them. HTTP and gRPC are thin layers over it.
 * Every fault carries Triton's text and the code that Triton answers. A version is a decimal string; '' leaves the choice to the policy.
 */
export interface ModelServer extends AsyncDisposable {
  readonly metadata: ServerMetadata;
  /** Trace settings, of the server and of single models. */
  readonly trace: TraceControl;
  /** What is logged. */
  readonly log: LogControl;
  /** Regions that clients have registered. */
  readonly sharedMemory: SharedMemoryControl;
  /** Whether it answers at all: not while it goes down. */
  live(): boolean;
  /** Whether every model that should be served is. */
  ready(): boolean;
  /** Whether a version serves. Never throws. */
  modelReady(name: string, version: string): Awaitable<boolean>;
  /** @throws Fault INVALID_ARGUMENT (never seen), NOT_FOUND (no such version), UNAVAILABLE (not ready) */
  modelMetadata(name: string, version: string): Awaitable<ModelMetadataResponse>;
  /** As completed: what a client may read to know how to call the model. @throws Fault as `modelMetadata` */
  modelConfig(name: string, version: string): Awaitable<ModelConfig>;
  /** Of one version, of every version of a model, or of all (name ''). @throws Fault as `modelMetadata` */
  modelStatistics(name: string, version: string): Awaitable<ModelStatistics[]>;
  /** Whether its answers are any number for one request. @throws Fault as `modelMetadata` */
  isDecoupled(name: string, version: string): Awaitable<boolean>;
  /**
   * Answers one request with one response. Takes over the request's tensors.
   * @throws Fault in Triton's words; UNSUPPORTED for a decoupled model
   */
  infer(request: InferRequest, call?: InferCall): Promise<InferResponse>;
  /** Answers one request with any number of responses. Takes over the request's tensors. @throws Fault as `infer` */
  stream(request: InferRequest, call?: InferCall): AsyncIterable<StreamedResponse>;
  /** The models of the repositories, and how they are. */
  index(readyOnly: boolean): Promise<RepositoryIndexResponse_ModelIndex[]>;
  /** @throws Fault UNAVAILABLE where control is not explicit, INTERNAL when there is no folder or configuration to read, INVALID_ARGUMENT when the model cannot be opened */
  load(name: string, overrides?: LoadOverrides): Promise<void>;
  /** Unloads a model; one that is not loaded is no error. @throws Fault UNAVAILABLE where control is not explicit */
  unload(name: string, unloadDependents?: boolean): Promise<void>;
  /** Says from now on that it is not ready, and goes on answering: what routes to it has time to go elsewhere. */
  drain(): void;
  /** Takes no further request; finishes those accepted, for up to the exit time; unloads. */
  [Symbol.asyncDispose](): Promise<void>;
}
