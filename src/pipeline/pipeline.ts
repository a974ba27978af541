import { type Clock, type Log, NULL_LOG, Scope, packageVersion, systemClock, throwIfAborted } from '../core/index.js';
import { type Engine, type LoadedModel, createEngine } from '../inference/index.js';
import { type Media, type MediaInfo, type MediaLosses, type VideoSource, createMedia } from '../media/index.js';
import { type ModelSource, createZoo } from '../models/index.js';
import { type Sink, openJsonl, prepareOutput } from '../sinks/index.js';
import type { ConfigChange } from './change.js';
import type { Collector } from './collector.js';
import type { SinkConfig } from './config-outputs.js';
import { parsePipelineConfig } from './config-file.js';
import type { SourceConfig } from './config-sources.js';
import { CONFIG_FOLDER, type PipelineConfig, type PipelineConfigInput } from './config.js';
import type { FrameResult } from './frame-result.js';
import type { Listener } from './listeners.js';
import { ModelPool } from './model-pool.js';
import type { MetricsSnapshot } from './metrics/snapshot.js';
import type { NodeResult } from './node-results.js';
import { checkLines } from './nodes/lines-node.js';
import { type NodeMaterial, type OpenedGraph, openGraph } from './nodes/nodes.js';
import { checkDistinctFiles } from './outputs/distinct-files.js';
import { type SourceOpening, openOrLater } from './open-or-later.js';
import { openOutputs, prepareOutputs } from './outputs/outputs.js';
import type { PipelineEvents } from './pipeline-events.js';
import type { SinkFile } from './pipeline-run.js';
import type { PipelineState, PipelineStatus } from './pipeline-status.js';
import type { NodeReading, NodeResults } from './result-hub.js';
import type { RunSummary } from './run-summary.js';
import { type PipelineParts, type RunFiles, RunningPipeline } from './running-pipeline.js';

/** What a pipeline is built from; each part has a default. */
export interface PipelineOptions {
  /** Brings models; a plain `createZoo()` when absent. */
  readonly models?: ModelSource;
  readonly media?: Media;
  /** Used, but not closed, by the pipeline; it makes and closes one of its own when absent. */
  readonly engine?: Engine;
  readonly log?: Log;
  /** Time of everything but media: waits, the pace of realtime, the watchdog. */
  readonly clock?: Clock;
  /** Take what nodes say, in this order, before sinks and outputs. */
  readonly collectors?: readonly Collector[];
  /** How the run was asked for, as reports name it; `openPipeline` of this version when absent. */
  readonly about?: { readonly command: string; readonly version: string };
  /** Stops opening. */
  readonly signal?: AbortSignal;
  /**
   * Folders that files of algorithms may lie in, or below; links are followed first. When absent: the folder of the configuration file, or the
   * working directory for a configuration that was not read from one.
   */
  readonly algorithmFolders?: readonly string[];
}

/** One source at work. */
export interface PipelineStream {
  readonly name: string;
  readonly info: MediaInfo;
  readonly losses: MediaLosses;
}

/** How a run in the background is watched. */
export interface StartOptions<N extends string> {
  /** Called with each result in order, before collectors, sinks and outputs; the frame is closed afterwards. What it returns is awaited. */
  readonly onResult?: (result: FrameResult<N>) => void | Promise<void>;
  /** Ends the run at once with CANCELLED; frames at work are dropped. */
  readonly signal?: AbortSignal;
  /** Go on when every stream has ended, for sources that are added later; until `stop()`. False when absent. */
  readonly keepOpen?: boolean;
}

/** How a run is watched and stopped. */
export type RunOptions<N extends string> = StartOptions<N>;

/** A node as planned. */
export interface PlannedNode {
  readonly name: string;
  /** Nodes that it reads; none where it looks at the frame itself. */
  readonly reads: readonly string[];
  readonly summary: string;
}

/** What changes of a node: keys of its configuration, such as `enabled`, `confidence`, `everyFrames`, `lines` or `model`. */
export type NodeChange = Readonly<Record<string, unknown>>;

/** A pipeline that is open: sources found, models loaded, sinks writable. */
export interface Pipeline<N extends string = string> extends AsyncDisposable {
  /** The configuration in force, defaults filled in. */
  readonly config: PipelineConfig;
  readonly state: PipelineState;
  /** Sources that are, or were, open. */
  readonly streams: readonly PipelineStream[];
  /** Models at work, by the node that runs them. */
  readonly models: Readonly<Partial<Record<N, LoadedModel>>>;
  /** What the nodes do, in an order in which each stands behind those it reads. */
  readonly plan: readonly PlannedNode[];
  /** What nodes count, such as runs of an algorithm that failed: of all streams so far, by node and name. Only nodes that count something. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /**
   * Results as they come, each stream in presentation order; pulled, so that the reader sets the pace. Sinks and outputs are written before a
   * result is given out, and completed when the loop ends, early or not. One run, as `run()`.
   */
  results(options?: { readonly signal?: AbortSignal }): AsyncIterable<FrameResult<N>>;
  /**
   * Drives every stream to its end, into collectors, sinks and outputs. A stream that fails is told of in the summary, and the others go on.
   * @throws Fault of the first stream when every stream failed; CANCELLED; OUTPUT_FAILED; FAILED_PRECONDITION while it runs
   */
  run(options?: RunOptions<N>): Promise<RunSummary>;
  /**
   * The same in the background; resolves when streams are being driven, which waits for no frame. After the end it begins anew: files from their
   * first frame, sinks and outputs opened again as the configuration says. @throws Fault FAILED_PRECONDITION while it runs; those of outputs and sinks
   */
  start(options?: StartOptions<N>): Promise<void>;
  /** How the run that was started last ended. @throws Fault as `run` */
  readonly ended: Promise<RunSummary>;
  /** Takes no further frame; those at work come out, unless they still wait for a model after a second and a half. Resolves when the run has ended; at once before the start. */
  stop(): Promise<void>;
  /** Holds one stream, or all: files wait where they are, live sources are closed and opened again when they go on. */
  pause(stream?: string): void;
  resume(stream?: string): void;
  /**
   * Goes on at `timeMs` of the file, on one stream or on all that are not over; nodes forget what they know of it. Before the start it is where the run begins.
   * @throws Fault UNSUPPORTED for a live source, NOT_FOUND, FAILED_PRECONDITION when there is nothing left to seek in
   */
  seek(timeMs: number, stream?: string): Promise<void>;
  status(): PipelineStatus;
  /** Rates, latencies, drops, what holds frames up: by stream and by node, of the run that was started last. */
  metrics(): MetricsSnapshot;
  /** The same as text for Prometheus (exposition format 0.0.4). */
  prometheus(): string;
  /** What a node said last, on one stream or on whichever was last; also after the end of the run. */
  latest<M extends N>(node: M, stream?: string): NodeResult<M> | undefined;
  /** What a node says from now on; can be read on after the end of the run. @throws Fault NOT_FOUND */
  of<M extends N>(node: M, reading?: NodeReading): NodeResults<M>;
  /** Listens to one kind of event; returns the way out. */
  on<K extends keyof PipelineEvents<N>>(kind: K, listener: Listener<PipelineEvents<N>[K]>): () => void;
  /** Adds a collector; returns the way out. */
  collect(collector: Collector): () => void;
  /**
   * Turns to another configuration while everything runs: sources and nodes that are the same go on undisturbed, and no frame of theirs is lost.
   * It is checked and opened as a whole before anything is changed. @throws Fault CONFIG_INVALID and those of sources and models, with nothing
   * changed; FAILED_PRECONDITION for mode, outputs and sinks, which cannot be changed
   */
  apply(config: PipelineConfigInput): Promise<ConfigChange>;
  /** @throws Fault ALREADY_EXISTS, and as `apply` */
  addSource(name: string, source: PipelineConfigInput['sources'][string]): Promise<void>;
  /** Ends a stream in good order. @throws Fault NOT_FOUND */
  removeSource(name: string): Promise<void>;
  /** Changes some keys of a node. @throws Fault NOT_FOUND, and as `apply` */
  setNode(name: N, change: NodeChange): Promise<void>;
}

const sinkFile = ({ jsonl, of }: SinkConfig): SinkFile => ({
  path: jsonl,
  holds: of === 'results' ? 'a record of each frame' : 'a record of each event',
});

/** Nodes whose objects a tracker follows. */
const followedNodes = (nodes: PipelineConfig['nodes']): string[] => Object.values(nodes).flatMap((node) => ('track' in node ? node.on.objects : []));

const STALL_SECONDS = 10;

type Shared = Required<Pick<PipelineOptions, 'media' | 'log' | 'about'>>;

async function openFiles(config: PipelineConfig, { graph }: OpenedGraph, { media, log, about }: Shared): Promise<RunFiles> {
  await using scope = new Scope();
  const plan = graph.nodes.map(({ name, reads, summary }) => ({ name, reads, summary }));
  const outputs = await openOutputs(config.outputs, { media, mode: config.mode, scope, log, plan, followed: followedNodes(config.nodes), ...about });
  const sinks: Sink[] = [];
  for (const { jsonl, of, overwrite } of Object.values(config.sinks)) sinks.push(scope.use(await openJsonl(jsonl, { of, overwrite })));
  const opened = scope.move();
  return { outputs, sinks, sinkFiles: Object.values(config.sinks).map(sinkFile), close: () => opened.close() };
}

const sourceOpener =
  ({ media, log }: Pick<Shared, 'media' | 'log'>): PipelineParts['openSource'] =>
  (stream, { uri, threads, stallAfterSeconds = STALL_SECONDS }: SourceConfig, signal) =>
    media.open(uri, {
      stream,
      log,
      stallAfterMs: stallAfterSeconds * 1000,
      ...(signal ? { signal } : {}),
      ...(threads === undefined ? {} : { threads }),
    });

async function openSources(config: PipelineConfig, scope: Scope, parts: SourceOpening): Promise<Map<string, VideoSource | undefined>> {
  const sources = new Map<string, VideoSource | undefined>();
  for (const name of Object.keys(config.sources)) {
    const source = await openOrLater(name, config, parts);
    sources.set(name, source && scope.use(source));
  }
  return sources;
}

/**
 * Opens everything that the configuration names, and closes it again when any part fails. A realtime source with restart rules may be
 * missing at first.
 * @throws Fault CONFIG_INVALID; INVALID_ARGUMENT when an output is a source or another output; and those of the parts: NOT_FOUND, INPUT_CORRUPT, MODEL_MISMATCH, ALREADY_EXISTS, OUTPUT_FAILED, ...
 */
export async function openPipeline<const C extends PipelineConfigInput>(
  config: C,
  options: PipelineOptions = {},
): Promise<Pipeline<keyof C['nodes'] & string>> {
  await using scope = new Scope();
  await using opening = new Scope();
  const { media = createMedia(), models = createZoo(), log = NULL_LOG, clock = systemClock, signal } = options;
  const parsed = parsePipelineConfig(config, (note) => log.info(note));
  const { about = { command: 'openPipeline', version: packageVersion() } } = options;
  const shared: Shared = { media, log, about };
  await checkDistinctFiles(parsed);
  for (const { jsonl, overwrite } of Object.values(parsed.sinks)) await prepareOutput(jsonl, { overwrite });
  await prepareOutputs(parsed.outputs, Object.keys(parsed.sources));
  const open = sourceOpener(shared);
  // While the pipeline is being opened the caller's signal ends it; afterwards each stream has one of its own.
  const sources = await openSources(parsed, opening, { log, openSource: (stream, source) => open(stream, source, signal) });
  checkLines(parsed.nodes, [...sources.values()].flatMap((source) => (source ? [source.info.video.size] : []))); // prettier-ignore
  const engine = options.engine ?? scope.use(createEngine({ log }));
  const material: NodeMaterial = {
    // Pairs save wake-ups at the price of one run's time, which realtime does not have.
    pool: new ModelPool(engine, { answersInPairs: parsed.mode === 'offline' }),
    models,
    log,
    streams: [...sources.keys()],
    algorithmFolders: options.algorithmFolders ?? [config[CONFIG_FOLDER] ?? process.cwd()],
    onFault: (error) => log.error(`a node could not be closed: ${String(error)}`, { error }),
  };
  const opened = await openGraph(parsed.nodes, signal ? { ...material, signal } : material);
  scope.defer(() => (opened.graph.release(), opened.graph.closed));
  throwIfAborted(signal);
  const files = await openFiles(parsed, opened, shared);
  scope.defer(() => files.close());
  const pipeline = new RunningPipeline<keyof C['nodes'] & string>({
    config: parsed,
    clock,
    log,
    collectors: options.collectors ?? [],
    opened,
    openGraph: (nodes, before) => openGraph(nodes, material, before),
    openSource: open,
    openFiles: (now, graph) => openFiles(now, graph, shared),
    files,
    close: async () => void (options.engine ? undefined : await engine[Symbol.asyncDispose]()),
  });
  // From here on the pipeline closes what it has.
  scope.move();
  try {
    await pipeline.begin(sources);
  } catch (error) {
    await pipeline[Symbol.asyncDispose]();
    throw error;
  }
  opening.move();
  return pipeline;
}
