import { type Clock, fail, type Log, NULL_LOG, systemClock } from '../../core/index.js';
import type { Operations, RegisteredRegion } from '../../client/index.js';
import {
  type InferCall,
  type LoadOverrides,
  type LogControl,
  type ModelServer,
  SERVER_EXTENSIONS,
  type ServerMetadata,
  type SharedMemoryControl,
  type StreamedResponse,
  type TraceControl,
  TRITON_VERSION,
} from '../../serving/index.js';
import {
  create,
  type InferRequest,
  type InferResponse,
  type ModelConfig,
  type ModelMetadataResponse,
  ModelMetadataResponseSchema,
  type ModelStatistics,
  type RepositoryIndexResponse_ModelIndex,
  RepositoryIndexResponse_ModelIndexSchema,
} from '../../wire/index.js';
import { byLoad, hostsOf, requestLoad } from './choice.js';
import { Dispatcher } from './dispatch.js';
import { everywhere, firstAnswer } from './fan-out.js';
import { mergeIndex, mergeStatistics } from './merge.js';
import { ModelConfigs } from './model-configs.js';
import { type RouterCounters, routerMetricsText } from './router-metrics.js';
import { SequenceTable } from './sequence-table.js';
import { Upstream } from './upstream.js';

/** A server behind a router. */
export interface RoutedServer {
  /** As errors, metrics and the choice for a sequence name it; routers side by side must use the same names. */
  readonly name: string;
  /** Closed with the router. */
  readonly operations: Operations;
}

/** How a router is made. */
export interface RouterOptions {
  readonly servers: readonly RoutedServer[];
  /** How often each server is asked how it is; default 1 s. */
  readonly pollMs?: number;
  /** How long its answer may take before it counts as down; default 2 s. */
  readonly pollTimeoutMs?: number;
  /** How it calls itself; default `triton`, which clients look for. */
  readonly id?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Decides among equals: from 0, below 1. */
  readonly random?: () => number;
}

/** A {@link ModelServer} whose models run on other servers. */
export interface Router extends ModelServer {
  /** Requests and sequences that are not at their end. */
  readonly open: { readonly requests: number; readonly sequences: number };
  /** Its counters as Prometheus reads them. */
  metricsText(): string;
  /** Asks every server how it is, now. Never throws. */
  poll(): Promise<void>;
}

const regionOf = (region: RegisteredRegion) => ({
  name: region.name,
  key: region.key,
  offset: BigInt(region.offsetBytes),
  byteSize: BigInt(region.sizeBytes),
});

class ServerRouter implements Router {
  readonly #upstreams: readonly Upstream[];
  readonly #table = new SequenceTable();
  readonly #counters: RouterCounters = { queueMs: 0, repeated: 0, lost: 0 };
  readonly #dispatcher: Dispatcher;
  readonly #configs = new ModelConfigs((model, version) => this.#ask(model, ({ operations }) => operations.modelConfig({ model, version }, {})));
  readonly #clock: Clock;
  #cancelPoll = (): void => {};
  #live = true;
  #draining = false;

  constructor(readonly options: RouterOptions) {
    const { clock = systemClock, log = NULL_LOG, random = Math.random, pollTimeoutMs: timeoutMs = 2000 } = options;
    this.#clock = clock;
    this.#upstreams = options.servers.map(({ name, operations }) => new Upstream(name, operations, { clock, log, timeoutMs }));
    this.#dispatcher = new Dispatcher({
      upstreams: this.#upstreams,
      table: this.#table,
      counters: this.#counters,
      clock,
      random,
      configOf: (model, version) => this.#configs.of(model, version),
    });
  }

  readonly trace: TraceControl = {
    of: async (model) => new Map(Object.entries(await this.#ask(model, ({ operations }) => operations.traceSettings(model, undefined, {})))),
    update: async (model, changes) => {
      await everywhere(this.#upstreams, ({ operations }) => operations.traceSettings(model, Object.fromEntries(changes), {}));
    },
  };

  readonly log: LogControl = {
    all: async () => new Map(Object.entries(await this.#ask('', ({ operations }) => operations.logSettings(undefined, {})))),
    update: async (changes) => {
      await everywhere(this.#upstreams, ({ operations }) => operations.logSettings(Object.fromEntries(changes), {}));
    },
  };

  readonly sharedMemory: SharedMemoryControl = {
    status: async (name) => (await this.#ask('', ({ operations }) => operations.sharedMemoryStatus(name, {}))).map(regionOf),
    register: async ({ name, key, offset, byteSize }) => {
      const region = { name, key, offsetBytes: Number(offset), sizeBytes: Number(byteSize) };
      await everywhere(this.#upstreams, ({ operations }) => operations.registerSharedMemory(region, {}));
    },
    unregister: async (name) => void (await everywhere(this.#upstreams, ({ operations }) => operations.unregisterSharedMemory(name, {}))),
  };

  /** What all servers that answer can do. */
  get metadata(): ServerMetadata {
    const told = this.#upstreams.filter(({ state }) => state !== 'down').map(({ health }) => health.extensions);
    const extensions = told.length === 0 ? SERVER_EXTENSIONS : told.reduce((all, more) => all.filter((name) => more.includes(name)));
    return { name: this.options.id ?? 'triton', version: TRITON_VERSION, extensions };
  }

  get open(): Router['open'] {
    return { requests: this.#upstreams.reduce((sum, { inFlight }) => sum + inFlight, 0), sequences: this.#table.size };
  }

  /** The first look at the servers, and then one every so often. */
  async start(): Promise<void> {
    await this.poll();
    const again = (): void => {
      this.#cancelPoll = this.#clock.after(this.options.pollMs ?? 1000, () => {
        void this.poll();
        again();
      });
    };
    again();
  }

  async poll(): Promise<void> {
    this.#table.sweep(this.#clock.nowMs());
    await Promise.all(this.#upstreams.map((upstream) => upstream.poll()));
    this.#configs.forget();
  }

  metricsText(): string {
    return routerMetricsText(this.#upstreams, this.#counters);
  }

  live(): boolean {
    return this.#live;
  }

  ready(): boolean {
    return this.#live && !this.#draining && this.#upstreams.some(({ state }) => state === 'ready');
  }

  /** Asks servers that should know the model, the least loaded first. */
  #ask<T>(model: string, run: (upstream: Upstream) => Promise<T>): Promise<T> {
    if (!this.#live) fail('UNAVAILABLE', 'Server not ready');
    const hosts = hostsOf(this.#upstreams, model);
    const others = this.#upstreams.filter(({ state }) => state === 'draining');
    return firstAnswer([...byLoad(hosts, this.options.random ?? Math.random, requestLoad), ...others], run);
  }

  async modelReady(name: string, version: string): Promise<boolean> {
    const hosts = hostsOf(this.#upstreams, name);
    const answers = hosts.map(({ operations }) => operations.isModelReady({ model: name, version }, {}).catch(() => false));
    return (await Promise.all(answers)).includes(true);
  }

  async modelMetadata(model: string, version: string): Promise<ModelMetadataResponse> {
    const found = await this.#ask(model, ({ operations }) => operations.modelMetadata({ model, version }, {}));
    const tensorOf = ({ name, datatype, shape }: (typeof found.inputs)[number]) => ({ name, datatype, shape: shape.map(BigInt) });
    const { name, versions, platform, inputs, outputs } = found;
    return create(ModelMetadataResponseSchema, {
      name,
      versions: [...versions],
      platform,
      inputs: inputs.map(tensorOf),
      outputs: outputs.map(tensorOf),
    });
  }

  modelConfig(name: string, version: string): Promise<ModelConfig> {
    return this.#configs.of(name, version);
  }

  async modelStatistics(model: string, version: string): Promise<ModelStatistics[]> {
    const hosts = hostsOf(this.#upstreams, model);
    if (hosts.length === 0) return [...(await this.#ask(model, ({ operations }) => operations.statistics({ model, version }, {})))];
    return mergeStatistics(await everywhere(hosts, ({ operations }) => operations.statistics({ model, version }, {})));
  }

  async isDecoupled(name: string, version: string): Promise<boolean> {
    return (await this.#configs.of(name, version)).modelTransactionPolicy?.decoupled ?? false;
  }

  async infer(request: InferRequest, call: InferCall = {}): Promise<InferResponse> {
    return this.#dispatcher.infer(request, call);
  }

  async *stream(request: InferRequest, call: InferCall = {}): AsyncGenerator<StreamedResponse> {
    if (await this.isDecoupled(request.modelName, request.modelVersion)) yield* this.#dispatcher.stream(request, call);
    else yield { response: await this.#dispatcher.infer(request, call), final: true };
  }

  async index(readyOnly: boolean): Promise<RepositoryIndexResponse_ModelIndex[]> {
    const servers = this.#upstreams.map(async ({ name: server, operations, options }) => ({
      server,
      rows: await operations.repositoryIndex(false, { timeoutMs: options.timeoutMs }).catch(() => undefined),
    }));
    const rows = mergeIndex(await Promise.all(servers)).filter(({ state }) => !readyOnly || state === 'READY');
    return rows.map((row) => create(RepositoryIndexResponse_ModelIndexSchema, row));
  }

  async load(name: string, { config, files }: LoadOverrides = {}): Promise<void> {
    const options = { ...(config !== undefined && { config }), ...(files && { files: Object.fromEntries(files) }) };
    await this.#changed(() => everywhere(this.#upstreams, ({ operations }) => operations.loadModel(name, options, {})));
  }

  async unload(name: string, unloadDependents = false): Promise<void> {
    await this.#changed(() => everywhere(this.#upstreams, ({ operations }) => operations.unloadModel(name, unloadDependents, {})));
  }

  /** What follows a change of models must find them as they are now. */
  async #changed(change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } finally {
      await this.poll();
    }
  }

  drain(): void {
    this.#draining = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live = false;
    this.#cancelPoll();
    await Promise.all(this.#upstreams.map(({ operations }) => operations.close()));
  }
}

/**
 * Makes a router over servers and looks at them once; those that are down are used as soon as they come up.
 * @throws Fault INVALID_ARGUMENT without servers, or with two of one name
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const names = options.servers.map(({ name }) => name);
  if (names.length === 0) fail('INVALID_ARGUMENT', 'a router needs at least one server');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail('INVALID_ARGUMENT', `the server ${twice} is named twice; name each once`);
  const router = new ServerRouter(options);
  await router.start();
  return router;
}
