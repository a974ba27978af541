import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, fail, type Log, NULL_LOG, Scope, systemClock, toFault } from '../core/index.js';
import { createEngine, type Engine, type RateResource } from '../inference/index.js';
import type { InferRequest, InferResponse, ModelConfig, ModelMetadataResponse, ModelStatistics } from '../wire/index.js';
import { findBackend } from './backends/backends.js';
import { metadataOf } from './model/metadata.js';
import { statisticsMessage } from './model/model-statistics.js';
import { ServedVersion } from './model/served-version.js';
import { warmUp } from './model/warm-up.js';
import type { InferCall, LoadOverrides, ModelServer, ServerMetadata, StreamedResponse } from './port.js';
import { type ControlMode, ModelRepository } from './repository/model-repository.js';
import type { PreparedModel } from './repository/prepare-model.js';
import { createLogSettings, createTraceSettings, type LogSettings, type SettingValue, type TraceSettings } from './settings.js';
import type { SharedMemory } from './shared-memory/port.js';
import { Tracer } from './trace/tracer.js';
import { createSharedMemory } from './shared-memory/system-memory.js';

/** The version of Triton whose protocol and texts the server follows; clients read it from the metadata. */
export const TRITON_VERSION = '2.73.0';

/** What of the protocol beyond its core is there, under Triton's names. */
export const SERVER_EXTENSIONS: readonly string[] = [
  'classification',
  'sequence',
  'model_repository',
  'model_repository(unload_dependents)',
  'schedule_policy',
  'model_configuration',
  'system_shared_memory',
  'cuda_shared_memory',
  'binary_tensor_data',
  'parameters',
  'statistics',
  'trace',
  'logging',
];

/** How a server is made. */
export interface ModelServerOptions {
  /** Folders of models, each in Triton's layout. */
  readonly repositories: readonly string[];
  /** Default `none`: everything is loaded at the start, and stays. */
  readonly mode?: ControlMode;
  /** What `explicit` loads at the start. */
  readonly startModels?: readonly string[];
  /** Default 15 s. */
  readonly pollMs?: number;
  /** Further tries after a load failed; default 0. */
  readonly retries?: number;
  /** Prefer `configs/NAME.pbtxt` of a model. */
  readonly configName?: string;
  /** Default true. */
  readonly autoComplete?: boolean;
  /** Whether a model that is not ready makes the server not ready; default true. */
  readonly strictReadiness?: boolean;
  /** How it calls itself; default `triton`, which clients look for. */
  readonly id?: string;
  /** Whether clients may have their tensors read and written in shared memory of this machine; default false. */
  readonly allowSharedMemory?: boolean;
  readonly logSettings?: Readonly<Record<string, SettingValue>>;
  /** Hears of every change of the log settings. */
  readonly onLogSettings?: (all: ReadonlyMap<string, SettingValue>) => void;
  readonly traceSettings?: Readonly<Record<string, readonly string[]>>;
  /** Memory for answers of models with `response_cache`, in bytes; 0, and the default, keeps none. */
  readonly cacheBytes?: number;
  /** Lets instances run only while the resources that their groups claim are free; absent: claims are not looked at. */
  readonly rateLimit?: { readonly resources?: readonly RateResource[] };
  readonly clock?: Clock;
  readonly log?: Log;
  /** An engine to share; one of its own when absent. */
  readonly engine?: Engine;
}

/** A server whose models run here, and whose answers about them are therefore there at once. */
export interface LocalModelServer extends ModelServer {
  readonly trace: TraceSettings;
  readonly log: LogSettings;
  readonly sharedMemory: SharedMemory;
  readonly repository: ModelRepository;
  modelReady(name: string, version: string): boolean;
  modelMetadata(name: string, version: string): ModelMetadataResponse;
  modelConfig(name: string, version: string): ModelConfig;
  modelStatistics(name: string, version: string): ModelStatistics[];
  isDecoupled(name: string, version: string): boolean;
}

async function labelsOf(folder: string, { output }: ModelConfig): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = new Map<string, readonly string[]>();
  for (const { name, labelFilename } of output) {
    if (labelFilename === '') continue;
    const path = join(folder, labelFilename);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw toFault(error, 'INVALID_ARGUMENT', `label_filename of output '${name}' cannot be read: `);
    });
    all.set(name, text.replace(/\r?\n$/, '').split(/\r?\n/));
  }
  return all;
}

class Server implements LocalModelServer {
  readonly metadata: ServerMetadata;
  readonly trace: TraceSettings;
  readonly log: LogSettings;
  readonly sharedMemory: SharedMemory;
  readonly repository: ModelRepository;
  readonly #scope = new Scope();
  readonly #engine: Engine;
  readonly #log: Log;
  readonly #tracer: Tracer;
  #live = false;
  #draining = false;

  constructor(readonly options: ModelServerOptions) {
    const { clock = systemClock, log = NULL_LOG, id = 'triton', allowSharedMemory = false } = options;
    this.metadata = { name: id, version: TRITON_VERSION, extensions: SERVER_EXTENSIONS };
    this.trace = createTraceSettings(options.traceSettings);
    this.log = createLogSettings(options.logSettings, options.onLogSettings);
    this.#log = log;
    this.#tracer = new Tracer(this.trace, log);
    this.#scope.defer(() => this.#tracer.close());
    this.#engine =
      options.engine ??
      this.#scope.use(createEngine({ clock, log, cacheBytes: options.cacheBytes ?? 0, ...(options.rateLimit && { rateLimit: options.rateLimit }) }));
    this.sharedMemory = createSharedMemory(allowSharedMemory);
    this.#scope.defer(() => this.sharedMemory.close());
    this.repository = this.#scope.use(
      new ModelRepository({
        repositories: options.repositories,
        mode: options.mode ?? 'none',
        startModels: options.startModels ?? [],
        pollMs: options.pollMs ?? 15_000,
        retries: options.retries ?? 0,
        autoComplete: options.autoComplete ?? true,
        ...(options.configName !== undefined && { configName: options.configName }),
        clock,
        log,
        open: (model, version) => this.#open(model, version),
      }),
    );
  }

  async start(): Promise<void> {
    await this.repository.start();
    this.#live = true;
  }

  async #open({ config, folder }: PreparedModel, version: number): Promise<ServedVersion> {
    const labels = await labelsOf(folder, config);
    const backend = await findBackend(config)!.open({
      config,
      version,
      folder,
      path: join(folder, String(version)),
      engine: this.#engine,
      log: this.#log.child({ model: config.name }),
      call: (request, signal) => this.#call(request, signal),
      control: this,
      configOf: (name, wanted) => this.repository.find(name, wanted).config,
    });
    const served = new ServedVersion({ config, version, backend, labels, sharedMemory: this.sharedMemory, tracer: this.#tracer });
    try {
      await warmUp(served, folder);
      return served;
    } catch (error) {
      await served[Symbol.asyncDispose]();
      throw error;
    }
  }

  async *#call(request: InferRequest, signal: AbortSignal | undefined): AsyncGenerator<InferResponse> {
    const version = this.repository.find(request.modelName, request.modelVersion);
    const call = signal ? { signal } : {};
    for await (const { response, final } of version.stream(request, call))
      if (!final || !version.decoupled || response.outputs.length > 0) yield response;
  }

  live(): boolean {
    return this.#live;
  }

  ready(): boolean {
    return this.#live && !this.#draining && (this.options.strictReadiness === false || this.repository.allReady);
  }

  modelReady(name: string, version: string): boolean {
    try {
      this.#find(name, version);
      return true;
    } catch {
      return false;
    }
  }

  #find(name: string, version: string): ServedVersion {
    if (!this.#live) fail('UNAVAILABLE', 'Server not ready');
    if (version !== '' && !/^-?\d+$/.test(version))
      fail(
        'INVALID_ARGUMENT',
        `failed to get model version from specified version string '${version}' (details: stoll), version should be an integral value > 0`,
      );
    return this.repository.find(name, version);
  }

  modelMetadata(name: string, version: string): ModelMetadataResponse {
    const { config } = this.#find(name, version);
    const entry = this.repository.entries.find((known) => known.name === name);
    return metadataOf(config, version === '' ? (entry?.ready ?? []) : [Number(version)]);
  }

  modelConfig(name: string, version: string): ModelConfig {
    return this.#find(name, version).config;
  }

  modelStatistics(name: string, version: string): ModelStatistics[] {
    if (version !== '') return [this.#find(name, version)].map((found) => statisticsMessage(name, found.version, found.statistics()));
    if (name !== '') this.#find(name, '');
    const entries = this.repository.entries.filter((entry) => name === '' || entry.name === name);
    return entries.flatMap((entry) =>
      entry.ready.map((ready) => {
        const found = entry.find(String(ready));
        return statisticsMessage(entry.name, found.version, found.statistics());
      }),
    );
  }

  isDecoupled(name: string, version: string): boolean {
    return this.#find(name, version).decoupled;
  }

  infer(request: InferRequest, call: InferCall = {}): Promise<InferResponse> {
    const version = this.#find(request.modelName, request.modelVersion);
    if (version.decoupled) fail('UNSUPPORTED', "ModelInfer RPC doesn't support models with decoupled transaction policy");
    return version.infer(request, call);
  }

  stream(request: InferRequest, call: InferCall = {}): AsyncIterable<StreamedResponse> {
    return this.#find(request.modelName, request.modelVersion).stream(request, call);
  }

  index(readyOnly: boolean): ReturnType<ModelServer['index']> {
    return this.repository.index(readyOnly);
  }

  async load(name: string, overrides: LoadOverrides = {}): Promise<void> {
    await this.repository.load(name, overrides);
  }

  async unload(name: string, unloadDependents = false): Promise<void> {
    await this.repository.unload(name, unloadDependents);
  }

  drain(): void {
    this.#draining = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live = false;
    await this.#scope[Symbol.asyncDispose]();
  }
}

/**
 * Starts a server: loads what its mode says. A model that fails is told in the log and in the index; the server starts without it.
 * @throws Fault NOT_FOUND (repository), INVALID_ARGUMENT (start models)
 */
export async function createModelServer(options: ModelServerOptions): Promise<LocalModelServer> {
  const server = new Server(options);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
