import { fail, Fault } from '../core/index.js';
import type { ModelConfig, ModelStatistics } from '../wire/index.js';
import { startDeadline } from './deadline.js';
import { requestOf } from './infer-request.js';
import { InferResult } from './infer-result.js';
import type { Attempt, ModelName, Operations } from './operations.js';
import type {
  CallOptions,
  ClientOptions,
  InferenceClient,
  InferOptions,
  Inputs,
  LoadOptions,
  LogSettings,
  ModelCallOptions,
  ModelMetadata,
  RepositoryEntry,
  RetryRules,
  ServerMetadata,
  SharedMemoryCalls,
  TraceChanges,
  TraceSettings,
} from './port.js';
import { RETRY_RULES, withRetries } from './retry.js';
import { Session, type SessionOptions } from './session.js';

const nameOf = (model: string, { version = '' }: ModelCallOptions): ModelName => ({ model, version });

/** The headers of every call. */
export function fixedHeaders({ token, headers }: ClientOptions): Readonly<Record<string, string>> {
  return { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
}

/** False when nothing answers, and when there is nothing of that name. */
async function orFalse(answer: Promise<boolean>): Promise<boolean> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Fault && (error.code === 'UNAVAILABLE' || error.code === 'NOT_FOUND')) return false;
    throw error;
  }
}

/** What both protocols have in common: limits, retries, requests and results. */
export class ProtocolClient<O extends Operations = Operations> implements InferenceClient {
  readonly #retry: RetryRules | undefined;

  constructor(
    readonly url: string,
    readonly protocol: 'http' | 'grpc',
    protected readonly operations: O,
    protected readonly options: ClientOptions,
  ) {
    this.#retry = options.retry === false ? undefined : { ...RETRY_RULES, ...options.retry };
  }

  readonly sharedMemory: SharedMemoryCalls = {
    status: (name = '', options = {}) => this.#read(options, (attempt) => this.operations.sharedMemoryStatus(name, attempt)),
    register: (region, options = {}) => this.once(options, (attempt) => this.operations.registerSharedMemory(region, attempt)),
    unregister: (name = '', options = {}) => this.#read(options, (attempt) => this.operations.unregisterSharedMemory(name, attempt)),
  };

  isLive(options: CallOptions = {}): Promise<boolean> {
    return orFalse(this.once(options, (attempt) => this.operations.isLive(attempt)));
  }
  isReady(options: CallOptions = {}): Promise<boolean> {
    return orFalse(this.once(options, (attempt) => this.operations.isReady(attempt)));
  }
  isModelReady(model: string, options: ModelCallOptions = {}): Promise<boolean> {
    return orFalse(this.once(options, (attempt) => this.operations.isModelReady(nameOf(model, options), attempt)));
  }
  serverMetadata(options: CallOptions = {}): Promise<ServerMetadata> {
    return this.#read(options, (attempt) => this.operations.serverMetadata(attempt));
  }
  modelMetadata(model: string, options: ModelCallOptions = {}): Promise<ModelMetadata> {
    return this.#read(options, (attempt) => this.operations.modelMetadata(nameOf(model, options), attempt));
  }
  modelConfig(model: string, options: ModelCallOptions = {}): Promise<ModelConfig> {
    return this.#read(options, (attempt) => this.operations.modelConfig(nameOf(model, options), attempt));
  }
  statistics(model = '', options: ModelCallOptions = {}): Promise<readonly ModelStatistics[]> {
    return this.#read(options, (attempt) => this.operations.statistics(nameOf(model, options), attempt));
  }
  repositoryIndex(options: CallOptions & { readonly ready?: boolean } = {}): Promise<readonly RepositoryEntry[]> {
    return this.#read(options, (attempt) => this.operations.repositoryIndex(options.ready ?? false, attempt));
  }
  async loadModel(model: string, options: LoadOptions = {}): Promise<void> {
    const { config, files } = options;
    if (files && config === undefined) fail('INVALID_ARGUMENT', `loadModel("${model}"): files need a config beside them`);
    await this.once(options, (attempt) =>
      this.operations.loadModel(model, { ...(config !== undefined && { config }), ...(files && { files }) }, attempt),
    );
  }
  unloadModel(model: string, options: CallOptions & { readonly dependents?: boolean } = {}): Promise<void> {
    return this.once(options, (attempt) => this.operations.unloadModel(model, options.dependents ?? false, attempt));
  }
  traceSettings(model = '', options: CallOptions = {}): Promise<TraceSettings> {
    return this.#read(options, (attempt) => this.operations.traceSettings(model, undefined, attempt));
  }
  setTraceSettings(changes: TraceChanges, model = '', options: CallOptions = {}): Promise<TraceSettings> {
    return this.once(options, (attempt) => this.operations.traceSettings(model, changes, attempt));
  }
  logSettings(options: CallOptions = {}): Promise<LogSettings> {
    return this.#read(options, (attempt) => this.operations.logSettings(undefined, attempt));
  }
  setLogSettings(changes: LogSettings, options: CallOptions = {}): Promise<LogSettings> {
    return this.once(options, (attempt) => this.operations.logSettings(changes, attempt));
  }

  prepare(model: string, inputs: Inputs, options: Omit<InferOptions, keyof CallOptions | 'binary'> = {}): () => Promise<void> {
    return this.operations.prepare(requestOf(model, inputs, options));
  }

  async infer(model: string, inputs: Inputs, options: InferOptions = {}): Promise<InferResult> {
    const request = requestOf(model, inputs, options);
    const { binary = true } = options;
    const run = (attempt: Attempt): ReturnType<Operations['infer']> => this.operations.infer(request, binary, attempt);
    // A request of a sequence changes the model's state, and whether it arrived is not known.
    const repeatable = request.controls.sequenceId === undefined;
    return new InferResult(await (repeatable ? this.#read(options, run) : this.once(options, run)));
  }

  async *inferStream(model: string, inputs: Inputs, options: InferOptions = {}): AsyncGenerator<InferResult> {
    using deadline = startDeadline(options.signal, options.timeoutMs ?? this.options.timeoutMs);
    const request = requestOf(model, inputs, options);
    for await (const response of this.operations.inferStream(request, this.#attempt(options, deadline))) yield new InferResult(response);
  }

  session(model: string, options: SessionOptions = {}): Session {
    return new Session((inputs, more) => this.infer(model, inputs, more), options);
  }

  close(): Promise<void> {
    return this.operations.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One try within the call's limits. */
  protected async once<T>(options: CallOptions, run: (attempt: Attempt) => Promise<T>): Promise<T> {
    using deadline = startDeadline(options.signal, options.timeoutMs ?? this.options.timeoutMs);
    return await run(this.#attempt(options, deadline));
  }

  /** Tries again when the server is not to be had, within the call's limits. */
  async #read<T>(options: CallOptions, run: (attempt: Attempt) => Promise<T>): Promise<T> {
    if (!this.#retry) return this.once(options, run);
    using deadline = startDeadline(options.signal, options.timeoutMs ?? this.options.timeoutMs);
    return await withRetries(this.#retry, () => run(this.#attempt(options, deadline)), deadline.signal);
  }

  #attempt({ headers }: CallOptions, { signal, leftMs }: ReturnType<typeof startDeadline>): Attempt {
    const timeoutMs = leftMs();
    return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }), ...(headers && { headers }) };
  }
}
