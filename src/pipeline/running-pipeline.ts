import { type Clock, Fault, fail } from '../core/index.js';
import type { LoadedModel } from '../inference/index.js';
import type { MediaInfo, VideoSource } from '../media/index.js';
import type { Sink } from '../sinks/index.js';
import { type ConfigChange, configChange } from './change.js';
import type { Collector } from './collector.js';
import type { SourceConfig } from './config-sources.js';
import { parsePipelineConfig } from './config-file.js';
import type { PipelineConfig, PipelineConfigInput } from './config.js';
import type { FrameResult } from './frame-result.js';
import { type Listener, Listeners } from './listeners.js';
import type { MetricsSnapshot } from './metrics/snapshot.js';
import type { NodeResult } from './node-results.js';
import { checkLines } from './nodes/lines-node.js';
import { type SourceOpening, openOrLater } from './open-or-later.js';
import type { OpenedGraph } from './nodes/nodes.js';
import { checkDistinctFiles } from './outputs/distinct-files.js';
import type { Output } from './outputs/port.js';
import type { PipelineEvents } from './pipeline-events.js';
import { PipelineRun, type SinkFile } from './pipeline-run.js';
import type { PipelineState, PipelineStatus, StreamStatus } from './pipeline-status.js';
import type { NodeChange, Pipeline, PipelineStream, PlannedNode, RunOptions, StartOptions } from './pipeline.js';
import { pulledResults } from './pulled-results.js';
import { type NodeReading, type NodeResults, ResultHub } from './result-hub.js';
import type { RunSummary } from './run-summary.js';
import type { StreamDriver } from './stream-driver.js';

/** Results of a node that wait for a reader in realtime, unless the reader says otherwise. */
const REALTIME_RESULTS = 256;

/** What one run leaves behind. */
export interface RunFiles {
  readonly outputs: ReadonlyMap<string, Output>;
  readonly sinks: readonly Sink[];
  readonly sinkFiles: readonly SinkFile[];
  close(): Promise<void>;
}

/** What a pipeline works with. */
export interface PipelineParts extends SourceOpening {
  readonly config: PipelineConfig;
  readonly clock: Clock;
  readonly collectors: readonly Collector[];
  readonly opened: OpenedGraph;
  readonly openGraph: (nodes: PipelineConfig['nodes'], before: OpenedGraph) => Promise<OpenedGraph>;
  /** Opens sinks and outputs for a run. */
  readonly openFiles: (config: PipelineConfig, opened: OpenedGraph) => Promise<RunFiles>;
  readonly files: RunFiles;
  /** Closes what all runs share. */
  readonly close: () => Promise<void>;
}

const NEVER = new AbortController().signal;

/** A pipeline at work: holds what outlives a run, and one run at a time. */
export class RunningPipeline<N extends string> implements Pipeline<N> {
  #config: PipelineConfig;
  #opened: OpenedGraph;
  #files: RunFiles;
  #run: PipelineRun<N>;
  #ended: Promise<RunSummary> | undefined;
  #state: PipelineState = 'ready';
  #changing: Promise<unknown> = Promise.resolve();
  #starting: Promise<void> | undefined;
  /** Ends what waits for a source to open. */
  readonly #closing = new AbortController();
  readonly #infos = new Map<string, MediaInfo>();
  readonly #hub: ResultHub;
  readonly #events: Listeners<PipelineEvents<N>>;
  readonly #collectors: Set<Collector>;

  constructor(readonly parts: PipelineParts) {
    this.#config = parts.config;
    this.#opened = parts.opened;
    this.#files = parts.files;
    this.#hub = new ResultHub(parts.config.mode === 'realtime' ? REALTIME_RESULTS : Infinity);
    this.#events = new Listeners<PipelineEvents<N>>(parts.log);
    this.#collectors = new Set(parts.collectors);
    this.#run = this.#newRun();
  }

  /** Adds the streams of the configuration, before the first run. @throws Fault of the outputs */
  async begin(sources: ReadonlyMap<string, VideoSource | undefined>): Promise<void> {
    for (const [name, source] of sources) await this.#add(name, this.#config.sources[name]!, source);
  }

  get config(): PipelineConfig {
    return this.#config;
  }

  get state(): PipelineState {
    return this.#state;
  }

  get plan(): readonly PlannedNode[] {
    return this.#opened.graph.nodes.map(({ name, reads, summary }) => ({ name, reads, summary }));
  }

  get counters(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(this.#opened.graph.nodes.flatMap((node) => (node.counters ? [[node.name, node.counters()]] : [])));
  }

  get models(): Readonly<Partial<Record<N, LoadedModel>>> {
    const models = this.#opened.graph.nodes.flatMap(({ name, model }) => (model ? [[name, model] as const] : []));
    return Object.fromEntries(models) as Partial<Record<N, LoadedModel>>;
  }

  get streams(): readonly PipelineStream[] {
    return [...this.#run.drivers].flatMap(([name, { losses }]) => {
      const info = this.#infos.get(name);
      return info ? [{ name, info, losses }] : [];
    });
  }

  results({ signal = NEVER }: { readonly signal?: AbortSignal } = {}): AsyncIterable<FrameResult<N>> {
    this.#claim();
    return pulledResults(this.#run, signal, (summary) => this.#follow(summary));
  }

  run(options: RunOptions<N> = {}): Promise<RunSummary> {
    this.#claim();
    const { signal = NEVER, onResult, keepOpen = false } = options;
    return this.#follow(this.#run.start({ signal, onResult, keepOpen }));
  }

  async start(options: StartOptions<N> = {}): Promise<void> {
    if (this.#starting) fail('FAILED_PRECONDITION', 'the pipeline is being started already');
    this.#starting = this.#startAnew(options);
    await this.#starting.finally(() => (this.#starting = undefined));
  }

  get ended(): Promise<RunSummary> {
    return this.#ended ?? Promise.reject(new Fault('FAILED_PRECONDITION', 'the pipeline has not been started'));
  }

  async stop(): Promise<void> {
    if (this.#starting) await this.#starting.catch(() => {});
    if (this.#state === 'ready') return;
    this.#run.stop();
    await this.#ended?.catch(() => {});
  }

  pause(stream?: string): void {
    for (const driver of this.#chosen(stream)) driver.pause();
    if (stream === undefined && this.#state === 'running') this.#state = 'paused';
  }

  resume(stream?: string): void {
    for (const driver of this.#chosen(stream)) driver.resume();
    if (this.#state === 'paused') this.#state = 'running';
  }

  async seek(timeMs: number, stream?: string): Promise<void> {
    if (!(timeMs >= 0)) fail('INVALID_ARGUMENT', `seek: ${timeMs} is no time: wanted milliseconds of 0 or more`);
    const chosen = this.#chosen(stream).filter(({ alive }) => stream !== undefined || alive);
    if (chosen.length === 0) fail('FAILED_PRECONDITION', 'every stream is over: there is nothing to seek in');
    // All or none.
    const live = chosen.find(({ feed }) => feed.source?.info.live);
    await Promise.all((live ? [live] : chosen).map((driver) => driver.feed.seek(timeMs)));
  }

  status(): PipelineStatus {
    const { sources, nodes, mode } = this.#config;
    const active = new Map(this.#opened.graph.nodes.map((node) => [node.name, node]));
    return {
      state: this.#state,
      mode,
      plan: this.#run.plan,
      elapsedMs: this.#run.started ? this.#run.elapsedMs : 0,
      streams: Object.fromEntries(Object.keys(sources).flatMap((name) => this.#streamStatus(name))),
      nodes: Object.fromEntries(
        Object.entries(nodes).map(([name, { enabled }]) => {
          const node = active.get(name);
          return [name, { enabled, active: node !== undefined, ...(node ? { summary: node.summary } : {}) }];
        }),
      ),
    };
  }

  metrics(): MetricsSnapshot {
    return this.#run.metrics.snapshot(this.parts.clock.nowMs());
  }

  prometheus(): string {
    return this.#run.metrics.prometheus();
  }

  latest<M extends N>(node: M, stream?: string): NodeResult<M> | undefined {
    return this.#hub.latest(node, stream);
  }

  of<M extends N>(node: M, reading: NodeReading = {}): NodeResults<M> {
    if (!Object.hasOwn(this.#config.nodes, node)) fail('NOT_FOUND', `there is no node "${node}"`);
    return this.#hub.read(node, reading);
  }

  on<K extends keyof PipelineEvents<N>>(kind: K, listener: Listener<PipelineEvents<N>[K]>): () => void {
    return this.#events.on(kind, listener);
  }

  collect(collector: Collector): () => void {
    this.#collectors.add(collector);
    return () => void this.#collectors.delete(collector);
  }

  apply(config: PipelineConfigInput): Promise<ConfigChange> {
    return this.#change(() => config);
  }

  async addSource(name: string, source: PipelineConfigInput['sources'][string]): Promise<void> {
    await this.#change((now) => {
      if (Object.hasOwn(now.sources, name)) fail('ALREADY_EXISTS', `there is a source "${name}" already; remove it first`);
      return { ...now, sources: { ...now.sources, [name]: source } };
    });
  }

  async removeSource(name: string): Promise<void> {
    await this.#change((now) => {
      const { [name]: gone, ...sources } = now.sources;
      if (!gone) fail('NOT_FOUND', `there is no source "${name}". There are: ${Object.keys(sources).join(', ')}`);
      return { ...now, sources };
    });
  }

  async setNode(name: N, change: NodeChange): Promise<void> {
    await this.#change((now) => {
      const node = now.nodes[name] ?? fail('NOT_FOUND', `there is no node "${name}". There are: ${Object.keys(now.nodes).join(', ')}`);
      return { ...now, nodes: { ...now.nodes, [name]: { ...node, ...change } } };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#closing.abort();
    this.#run.stop();
    await this.#ended?.catch(() => {});
    await this.#changing.catch(() => {});
    this.#hub.end();
    const faults: unknown[] = [];
    const attempt = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => void faults.push(error));
    for (const driver of this.#run.drivers.values()) await attempt(driver.close());
    await attempt(this.#files.close());
    this.#opened.graph.release();
    await this.#opened.graph.closed;
    await attempt(this.parts.close());
    if (faults.length > 0) throw faults[0];
  }

  #newRun(): PipelineRun<N> {
    const { clock, log, openSource } = this.parts;
    return new PipelineRun<N>({
      config: this.#config,
      graph: this.#opened.graph,
      clock,
      log,
      ...this.#files,
      collectors: this.#collectors,
      hub: this.#hub,
      events: this.#events,
      open: openSource,
    });
  }

  /** Once for each run. @throws Fault FAILED_PRECONDITION */
  #claim(): void {
    if (this.#state === 'closed') fail('FAILED_PRECONDITION', 'the pipeline is closed');
    if (this.#state !== 'ready')
      fail('FAILED_PRECONDITION', `the pipeline ${this.#state === 'ended' ? 'has ended; start() begins anew' : 'is running already'}`);
    this.#state = 'running';
  }

  #follow(summary: Promise<RunSummary>): Promise<RunSummary> {
    this.#ended = summary;
    const over = (): void => void (this.#state = this.#state === 'closed' ? 'closed' : 'ended');
    summary.then(over, over);
    return summary;
  }

  async #startAnew(options: StartOptions<N>): Promise<void> {
    if (this.#state === 'ended') await this.#alone(() => this.#renew());
    // Whoever wants to know how it ends asks `ended`.
    this.run(options).catch(() => {});
  }

  /** Everything that belongs to a run, anew; models and sources of files stay. @throws Fault of sinks and outputs; it can be tried again then */
  async #renew(): Promise<void> {
    if (this.#state === 'closed') fail('FAILED_PRECONDITION', 'the pipeline is closed');
    await this.#files.close();
    this.#files = await this.parts.openFiles(this.#config, this.#opened);
    const next = this.#newRun();
    try {
      for (const [name, driver] of this.#run.drivers) {
        if (driver.feed.source?.info.live) await driver.close();
        await next.addStream(name, this.#config.sources[name]!, driver.feed.source);
      }
    } catch (error) {
      for (const { run } of next.drivers.values()) run.close();
      throw error;
    }
    this.#run = next;
    if (this.#state === 'ended') this.#state = 'ready';
  }

  async #add(name: string, config: SourceConfig, source: VideoSource | undefined): Promise<void> {
    await this.#run.addStream(name, config, source);
    if (source) this.#infos.set(name, source.info);
    if (this.#state === 'paused') this.#run.drivers.get(name)!.pause();
  }

  #chosen(stream: string | undefined): StreamDriver<N>[] {
    if (stream === undefined) return [...this.#run.drivers.values()];
    return [
      this.#run.drivers.get(stream) ?? fail('NOT_FOUND', `there is no stream "${stream}". There are: ${[...this.#run.drivers.keys()].join(', ')}`),
    ];
  }

  #streamStatus(name: string): readonly (readonly [string, StreamStatus])[] {
    const driver = this.#run.drivers.get(name);
    if (!driver) return [];
    const { state, positionMs, fault, dropped, failedFrames, tally, feed, run } = driver;
    const { metrics } = driver.options;
    const durationMs = feed.source?.info.durationMs;
    const progress = durationMs && positionMs !== undefined ? Math.min(1, positionMs / durationMs) : undefined;
    const status: StreamStatus = {
      state,
      frames: tally.frames,
      ...(positionMs === undefined ? {} : { positionMs }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(progress === undefined ? {} : { progress: state === 'ended' ? 1 : progress }),
      dropped,
      failedFrames,
      restarts: feed.restartCount,
      queued: metrics.queueDepth,
      underWay: run.flights.size,
      ...(fault ? { fault: { code: fault.code, message: fault.message } } : {}),
    };
    return [[name, status]];
  }

  /** One change after the other, each on what the last one left; a failed one leaves everything as it was. */
  #change(next: (now: PipelineConfig) => unknown): Promise<ConfigChange> {
    return this.#alone(async () => this.#turnTo(parsePipelineConfig(next(this.#config))));
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.catch(() => {}).then(work);
    this.#changing = done;
    return done;
  }

  async #turnTo(config: PipelineConfig): Promise<ConfigChange> {
    if (this.#state === 'closed') fail('FAILED_PRECONDITION', 'the pipeline is closed');
    const change = configChange(this.#config, config);
    if (change.sourcesAdded.length + change.sourcesReplaced.length > 0) await checkDistinctFiles(config);
    const sources = new Map<string, VideoSource | undefined>();
    try {
      // Whatever can fail comes first: until here nothing was changed.
      for (const name of [...change.sourcesAdded, ...change.sourcesReplaced]) sources.set(name, await this.#openOrLater(name, config));
      checkLines(config.nodes, this.#sizes(config, sources));
      await this.#turn(config, change);
    } catch (error) {
      for (const source of sources.values()) await source?.[Symbol.asyncDispose]();
      throw error;
    }
    for (const name of [...change.sourcesRemoved, ...change.sourcesReplaced]) await this.#run.removeStream(name);
    for (const name of change.sourcesRemoved) this.#infos.delete(name);
    await this.#addAll(sources);
    return change;
  }

  /** Each, whatever becomes of the others. @throws the first fault of the outputs; a source that they do not take is none */
  async #addAll(sources: ReadonlyMap<string, VideoSource | undefined>): Promise<void> {
    const faults: unknown[] = [];
    for (const [name, source] of sources) {
      try {
        await this.#add(name, this.#config.sources[name]!, source);
      } catch (error) {
        faults.push(error);
        const { [name]: _, ...rest } = this.#config.sources;
        this.#config = { ...this.#config, sources: rest };
        await source?.[Symbol.asyncDispose]();
      }
    }
    if (faults.length > 0) throw faults[0];
  }

  async #turn(config: PipelineConfig, change: ConfigChange): Promise<void> {
    const touched = change.nodesAdded.length + change.nodesChanged.length + change.nodesRemoved.length + change.sourcesAdjusted.length;
    if (touched > 0 || config.plan !== this.#config.plan) {
      const opened = await this.parts.openGraph(config.nodes, this.#opened);
      const before = this.#opened.graph;
      this.#opened = opened;
      this.#run.turnTo(opened.graph, config);
      before.release();
    }
    this.#config = config;
  }

  #openOrLater(name: string, config: PipelineConfig): Promise<VideoSource | undefined> {
    return openOrLater(name, config, this.parts, this.#closing.signal);
  }

  #sizes(config: PipelineConfig, opened: ReadonlyMap<string, VideoSource | undefined>) {
    return Object.keys(config.sources).flatMap((name) => {
      const video = (opened.get(name)?.info ?? this.#infos.get(name))?.video;
      return video ? [video.size] : [];
    });
  }
}
