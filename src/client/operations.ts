import type { InferRequest, InferResponse, ModelConfig, ModelStatistics } from '../wire/index.js';
import type {
  LoadOptions,
  LogSettings,
  ModelMetadata,
  RegisteredRegion,
  RepositoryEntry,
  ServerMetadata,
  TraceChanges,
  TraceSettings,
} from './port.js';

/** Limits of one try, and what is sent with it. */
export interface Attempt {
  readonly signal?: AbortSignal;
  /** What is left of the deadline. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A model and its version; '' leaves the choice to the server. */
export interface ModelName {
  readonly model: string;
  readonly version: string;
}

/** The operations of a server over one protocol, each tried once. All throw Faults with the server's text. */
export interface Operations {
  isLive(attempt: Attempt): Promise<boolean>;
  isReady(attempt: Attempt): Promise<boolean>;
  isModelReady(name: ModelName, attempt: Attempt): Promise<boolean>;
  serverMetadata(attempt: Attempt): Promise<ServerMetadata>;
  modelMetadata(name: ModelName, attempt: Attempt): Promise<ModelMetadata>;
  modelConfig(name: ModelName, attempt: Attempt): Promise<ModelConfig>;
  /** Of all models when the name is ''. */
  statistics(name: ModelName, attempt: Attempt): Promise<readonly ModelStatistics[]>;
  repositoryIndex(ready: boolean, attempt: Attempt): Promise<readonly RepositoryEntry[]>;
  loadModel(model: string, options: Pick<LoadOptions, 'config' | 'files'>, attempt: Attempt): Promise<void>;
  unloadModel(model: string, dependents: boolean, attempt: Attempt): Promise<void>;
  infer(request: InferRequest, binary: boolean, attempt: Attempt): Promise<InferResponse>;
  /** {@link infer} for a request that is sent many times: it is written once, and responses are not read, only whether they are errors. */
  prepare(request: InferRequest): () => Promise<void>;
  /** One request, any number of responses. */
  inferStream(request: InferRequest, attempt: Attempt): AsyncIterable<InferResponse>;
  /** Of the server when `model` is ''. Without changes, only read. */
  traceSettings(model: string, changes: TraceChanges | undefined, attempt: Attempt): Promise<TraceSettings>;
  logSettings(changes: LogSettings | undefined, attempt: Attempt): Promise<LogSettings>;
  /** Of all regions when the name is ''. */
  sharedMemoryStatus(name: string, attempt: Attempt): Promise<readonly RegisteredRegion[]>;
  registerSharedMemory(region: RegisteredRegion, attempt: Attempt): Promise<void>;
  unregisterSharedMemory(name: string, attempt: Attempt): Promise<void>;
  close(): Promise<void>;
}
