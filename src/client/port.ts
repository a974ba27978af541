import type { Datatype, TensorOf, TensorSpec } from '../core/index.js';
import type { InferTensor, ModelConfig, ModelStatistics, ParameterValue, SharedRange } from '../wire/index.js';
import type { InferResult } from './infer-result.js';
import type { Session, SessionOptions } from './session.js';

/** What every call takes. */
export interface CallOptions {
  /** Aborting it cancels the call, at the server too. */
  readonly signal?: AbortSignal;
  /** The call, its retries included, fails with DEADLINE_EXCEEDED after so long; the client's `timeoutMs` when absent. */
  readonly timeoutMs?: number;
  /** Sent beside the client's own: HTTP headers, or gRPC metadata. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a call about one model takes. */
export interface ModelCallOptions extends CallOptions {
  /** The server's version policy decides when absent. */
  readonly version?: string;
}

/** A tensor that gets its name from where it stands. */
export type UnnamedTensor = { [D in Datatype]: Omit<TensorOf<D>, 'name'> }[Datatype];

/** Inputs of a request: by name, or as a list of named tensors, of which some may lie in shared memory. They are only borrowed. */
export type Inputs = Readonly<Record<string, UnnamedTensor>> | readonly InferTensor[];

/** An output that a request asks for. */
export interface WantedOutput {
  readonly name: string;
  /** The best so many classes as text, instead of the values. */
  readonly classification?: number;
  /** Written to shared memory instead of sent. */
  readonly shared?: SharedRange;
}

/** The sequence that a request belongs to; sessions fill it in. */
export interface SequenceOptions {
  /** Absent on a START asks the server for an id. */
  readonly id?: bigint | string;
  readonly start?: boolean;
  readonly end?: boolean;
}

/** What a request may say beside its inputs. */
export interface InferOptions extends ModelCallOptions {
  /** Comes back in the response, and stands in the server's errors. */
  readonly id?: string;
  /** All outputs when absent. */
  readonly outputs?: readonly (string | WantedOutput)[];
  /** 1 is served first; 0, the default, is the model's own. */
  readonly priority?: number;
  /** How long it may wait in the server's queue; the model's own when absent. */
  readonly queueTimeoutMicroseconds?: number;
  readonly sequence?: SequenceOptions;
  /** For the model. A whole number travels as an integer, any other as a double. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** HTTP only: false sends and asks for JSON instead of bytes, for servers that know no binary tensors. */
  readonly binary?: boolean;
}

/** What a server says of itself. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** What a server says of a model. */
export interface ModelMetadata {
  readonly name: string;
  /** Those that are ready. */
  readonly versions: readonly string[];
  readonly platform: string;
  /** -1 in a shape is any size; with batching, the first axis. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** A row of a server's model repository. */
export interface RepositoryEntry {
  readonly name: string;
  /** '' for a model that was never loaded. */
  readonly version: string;
  /** READY, UNAVAILABLE, LOADING, UNLOADING, or '' for a model that was never loaded. */
  readonly state: string;
  /** Why it is not ready. */
  readonly reason: string;
}

/** How a model is loaded otherwise than its folder says. */
export interface LoadOptions extends CallOptions {
  /** The configuration as JSON text, instead of the file's. */
  readonly config?: string;
  /** Files by path below the model's folder, such as `1/model.onnx`; needs `config`. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** A region of system shared memory, as it is registered with a server. */
export interface RegisteredRegion {
  readonly name: string;
  /** Of the POSIX object, such as `/frames`. */
  readonly key: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A server's system shared memory. */
export interface SharedMemoryCalls {
  /** Of one region, or of all. */
  status(name?: string, options?: CallOptions): Promise<readonly RegisteredRegion[]>;
  /** @throws Fault ALREADY_EXISTS or INVALID_ARGUMENT (the name is taken), INTERNAL (no such object), UNSUPPORTED (switched off) */
  register(region: RegisteredRegion, options?: CallOptions): Promise<void>;
  /** One region, or all; one that is not registered is no error. */
  unregister(name?: string, options?: CallOptions): Promise<void>;
}

/** Trace settings by name; those with one value have a list of one. */
export type TraceSettings = Readonly<Record<string, readonly string[]>>;

/** Changes of trace settings; null goes back to the server's. */
export type TraceChanges = Readonly<Record<string, string | readonly string[] | null>>;

/** Log settings by name. */
export type LogSettings = Readonly<Record<string, boolean | number | string>>;

/**
 * A client of one KServe v2 server, over HTTP or gRPC alike. It connects with the first call. Calls fail with a Fault that has the server's
 * text and its code; UNAVAILABLE when there is no server. Reads and requests outside of sequences are tried again then.
 */
export interface InferenceClient extends AsyncDisposable {
  readonly url: string;
  readonly protocol: 'http' | 'grpc';
  /** Whether the server runs; false also when nothing answers. */
  isLive(options?: CallOptions): Promise<boolean>;
  /** Whether the server takes requests; false also when nothing answers. */
  isReady(options?: CallOptions): Promise<boolean>;
  /** Whether the model takes requests; false also when there is none of that name. */
  isModelReady(model: string, options?: ModelCallOptions): Promise<boolean>;
  /** Name, version and extensions of the server. */
  serverMetadata(options?: CallOptions): Promise<ServerMetadata>;
  /** Inputs, outputs and versions of a model. */
  modelMetadata(model: string, options?: ModelCallOptions): Promise<ModelMetadata>;
  /** The model's configuration, as the server completed it. */
  modelConfig(model: string, options?: ModelCallOptions): Promise<ModelConfig>;
  /** Counters of one model, or of all; one entry a version. */
  statistics(model?: string, options?: ModelCallOptions): Promise<readonly ModelStatistics[]>;
  /** Every model of the repository, or those that are ready. */
  repositoryIndex(options?: CallOptions & { readonly ready?: boolean }): Promise<readonly RepositoryEntry[]>;
  /** Loads a model, or loads it again; settles when it is ready. */
  loadModel(model: string, options?: LoadOptions): Promise<void>;
  /** Unloads a model; requests that it has accepted are finished. */
  unloadModel(model: string, options?: CallOptions & { readonly dependents?: boolean }): Promise<void>;
  /** Runs a model once. @throws Fault as the server answers; UNSUPPORTED for a decoupled model */
  infer(model: string, inputs: Inputs, options?: InferOptions): Promise<InferResult>;
  /**
   * {@link infer} for load generators: a request that is written once and sent with every call of what this answers. Responses are not read,
   * only whether they are errors; nothing is tried again.
   */
  prepare(model: string, inputs: Inputs, options?: Omit<InferOptions, keyof CallOptions | 'binary'>): () => Promise<void>;
  /** Runs a model that may answer any number of times; answers come as they are made. Leaving the loop cancels. */
  inferStream(model: string, inputs: Inputs, options?: InferOptions): AsyncGenerator<InferResult>;
  /** Opens a sequence of requests to a stateful model; nothing is sent yet. */
  session(model: string, options?: SessionOptions): Session;
  /** Settings of tracing, of one model or the server. */
  traceSettings(model?: string, options?: CallOptions): Promise<TraceSettings>;
  /** Changes settings of tracing; answers all of them. */
  setTraceSettings(changes: TraceChanges, model?: string, options?: CallOptions): Promise<TraceSettings>;
  /** Settings of the server's log. */
  logSettings(options?: CallOptions): Promise<LogSettings>;
  /** Changes settings of the server's log; answers all of them. */
  setLogSettings(changes: LogSettings, options?: CallOptions): Promise<LogSettings>;
  readonly sharedMemory: SharedMemoryCalls;
  /** Lets calls under way end and closes the connections. */
  close(): Promise<void>;
}

/** What both kinds of clients are made with. */
export interface ClientOptions {
  /** Sent as `authorization: Bearer TOKEN`. */
  readonly token?: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For calls that name none; without end when absent. */
  readonly timeoutMs?: number;
  /** How often and how soon calls are tried again when the server is not to be had; false for never. */
  readonly retry?: Partial<RetryRules> | false;
  /** How requests are packed; not at all when absent. Answers may come packed in any way that the client reads. */
  readonly compression?: 'gzip' | 'deflate';
}

/** When a call is tried again. */
export interface RetryRules {
  /** Tries in all; 4 when absent. */
  readonly attempts: number;
  /** Wait before the second try; 50 when absent. It doubles from try to try, and varies by half so that clients do not come together. */
  readonly firstDelayMs: number;
  /** Longest wait; 2000 when absent. */
  readonly mostDelayMs: number;
}
