import { stat } from 'node:fs/promises';
import { BoundedQueue, type Frame, type Log, NULL_LOG, Scope, packageVersion, throwIfAborted, toFault } from '../core/index.js';
import { type Engine, type LoadedModel, createEngine } from '../inference/index.js';
import { type Media, type MediaInfo, type MediaLosses, type VideoSource, createMedia } from '../media/index.js';
import { type ModelSource, createZoo } from '../models/index.js';
import { type Sink, openJsonl, prepareOutput } from '../sinks/index.js';
import type { SinkConfig } from './config-outputs.js';
import { parsePipelineConfig } from './config-file.js';
import { CONFIG_FOLDER, type PipelineConfig, type PipelineConfigInput } from './config.js';
import type { FrameResult } from './frame-result.js';
import { frameWindow } from './frame-window.js';
import { inOrder } from './in-order.js';
import { NodeTimings } from '../analytics/index.js';
import { checkLines } from './nodes/lines-node.js';
import { openNodes } from './nodes/nodes.js';
import type { GraphNode } from './nodes/port.js';
import { checkDistinctFiles } from './outputs/distinct-files.js';
import { openOutputs, prepareOutputs } from './outputs/outputs.js';
import type { Output, OutputFile } from './outputs/port.js';
import { type RunSummary, type StreamSummary, StreamTally } from './run-summary.js';
import { StreamRun } from './stream-run.js';

/** What a pipeline is built from; each part has a default. */
export interface PipelineOptions {
  /** Brings models; a plain `createZoo()` when absent. */
  readonly models?: ModelSource;
  readonly media?: Media;
  /** Used, but not closed, by the pipeline; it makes and closes one of its own when absent. */
  readonly engine?: Engine;
  readonly log?: Log;
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

/** How a run is watched and stopped. */
export interface RunOptions<N extends string> {
  /** Ends the run at once with CANCELLED; frames at work are dropped. */
  readonly signal?: AbortSignal;
  /** Called with each result in order, before sinks and outputs; the frame is closed afterwards. What it returns is awaited. */
  readonly onResult?: (result: FrameResult<N>) => void | Promise<void>;
}

/** A node as planned. */
export interface PlannedNode {
  readonly name: string;
  /** Nodes that it reads; none where it looks at the frame itself. */
  readonly reads: readonly string[];
  readonly summary: string;
}

/** A pipeline that is open: sources found, models loaded, sinks writable. */
export interface Pipeline<N extends string = string> extends AsyncDisposable {
  readonly streams: readonly PipelineStream[];
  /** Models at work, by the node that runs them. */
  readonly models: Readonly<Partial<Record<N, LoadedModel>>>;
  /** What the nodes do, in an order in which each stands behind those it reads. */
  readonly plan: readonly PlannedNode[];
  /**
   * Results as they come, each stream in presentation order; pulled, so that the reader sets the pace. Sinks and outputs are written before a
   * result is given out, and completed when the loop ends, early or not. Once only.
   */
  results(options?: { readonly signal?: AbortSignal }): AsyncIterable<FrameResult<N>>;
  /** Drives every stream to its end, into the sinks and outputs. Once only, instead of `results()`. */
  run(options?: RunOptions<N>): Promise<RunSummary>;
  /** Takes no further frame; those at work come out, then the results end. */
  stop(): void;
}

/**
 * Opens everything that the configuration names, and closes it again when any part fails.
 * @throws Fault CONFIG_INVALID; INVALID_ARGUMENT when an output is a source or another output; and those of the parts: NOT_FOUND, INPUT_CORRUPT, MODEL_MISMATCH, ALREADY_EXISTS, OUTPUT_FAILED, ...
 */
export async function openPipeline<const C extends PipelineConfigInput>(
  config: C,
  options: PipelineOptions = {},
): Promise<Pipeline<keyof C['nodes'] & string>> {
  const parsed = parsePipelineConfig(config);
  await using scope = new Scope();
  const {
    media = createMedia(),
    models = createZoo(),
    log = NULL_LOG,
    about = { command: 'openPipeline', version: packageVersion() },
    signal,
  } = options;
  await checkDistinctFiles(parsed);
  for (const { jsonl, overwrite } of Object.values(parsed.sinks)) await prepareOutput(jsonl, { overwrite });
  await prepareOutputs(parsed.outputs, Object.keys(parsed.sources));
  const sources = await openSources(parsed, media, scope, { log, ...(signal ? { signal } : {}) });
  checkLines(
    parsed.nodes,
    [...sources.values()].map(({ info }) => info.video.size),
  );
  const engine = options.engine ?? scope.use(createEngine({ log }));
  const nodes = await openNodes(parsed.nodes, {
    engine,
    models,
    scope,
    log,
    streams: [...sources.keys()],
    algorithmFolders: options.algorithmFolders ?? [config[CONFIG_FOLDER] ?? process.cwd()],
    ...(signal ? { signal } : {}),
  });
  throwIfAborted(signal);
  const outputs = await openOutputs(parsed.outputs, {
    media,
    sources,
    scope,
    log,
    plan: plannedNodes(nodes),
    followed: followedNodes(parsed.nodes),
    ...about,
  });
  const sinks: Sink[] = [];
  for (const { jsonl, of, overwrite } of Object.values(parsed.sinks)) sinks.push(scope.use(await openJsonl(jsonl, { of, overwrite })));
  return new RunningPipeline(sources, nodes, outputs, sinks, Object.values(parsed.sinks).map(sinkFile), scope.move());
}

async function openSources(
  config: PipelineConfig,
  media: Media,
  scope: Scope,
  shared: { log: Log; signal?: AbortSignal },
): Promise<Map<string, VideoSource>> {
  const sources = new Map<string, VideoSource>();
  for (const [stream, { uri, threads }] of Object.entries(config.sources))
    sources.set(stream, scope.use(await media.open(uri, { stream, ...shared, ...(threads === undefined ? {} : { threads }) })));
  return sources;
}

/** Nodes whose objects a tracker follows. */
const followedNodes = (nodes: PipelineConfig['nodes']): string[] => Object.values(nodes).flatMap((node) => ('track' in node ? node.on.objects : []));

type SinkFile = Pick<OutputFile, 'path' | 'holds'>;

const sinkFile = ({ jsonl, of }: SinkConfig): SinkFile => ({
  path: jsonl,
  holds: of === 'results' ? 'a record of each frame' : 'a record of each event',
});

const sizedFile = async ({ path, holds }: SinkFile): Promise<OutputFile> => ({
  path,
  holds,
  bytes: await stat(path).then(
    ({ size }) => size,
    () => 0,
  ),
});

const plannedNodes = (nodes: readonly GraphNode[]): PlannedNode[] => nodes.map(({ name, reads, summary }) => ({ name, reads, summary }));

const NEVER = new AbortController().signal;

class RunningPipeline<N extends string> implements Pipeline<N> {
  readonly #stop = new AbortController();
  readonly #timings = new NodeTimings();
  readonly models: Readonly<Partial<Record<N, LoadedModel>>>;

  constructor(
    readonly sources: ReadonlyMap<string, VideoSource>,
    readonly nodes: readonly GraphNode[],
    readonly outputs: ReadonlyMap<string, Output>,
    readonly sinks: readonly Sink[],
    readonly sinkFiles: readonly SinkFile[],
    readonly scope: Scope,
  ) {
    this.models = Object.fromEntries(nodes.flatMap(({ name, model }) => (model ? [[name, model]] : []))) as Partial<Record<N, LoadedModel>>;
  }

  get plan(): readonly PlannedNode[] {
    return plannedNodes(this.nodes);
  }

  get streams(): readonly PipelineStream[] {
    return [...this.sources].map(([name, { info, losses }]) => ({ name, info, losses }));
  }

  stop(): void {
    this.#stop.abort();
  }

  results({ signal = NEVER }: { readonly signal?: AbortSignal } = {}): AsyncIterable<FrameResult<N>> {
    const [only, ...others] = this.sources;
    const flow = only && others.length === 0 ? this.#flow(...only, signal) : this.#merged(signal);
    return this.sinks.length + this.outputs.size === 0 ? flow : this.#written(flow);
  }

  async *#written(flow: AsyncIterable<FrameResult<N>>): AsyncGenerator<FrameResult<N>, void, undefined> {
    const startMs = performance.now();
    let [ended, failed] = [false, false];
    try {
      for await (const result of flow) {
        try {
          await this.#write(result);
        } catch (error) {
          result[Symbol.dispose]();
          throw error;
        }
        yield result;
      }
      ended = true;
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      const finished = this.#finish(performance.now() - startMs, !ended || this.#stop.signal.aborted);
      // What broke the loop is told, not what came of it.
      await (failed ? finished.catch(() => {}) : finished);
    }
  }

  async #write(result: FrameResult<N>): Promise<void> {
    for (const sink of this.sinks) await sink.write(result.meta, result.events);
    for (const output of this.outputs.values()) await output.write(result);
  }

  async run({ signal = NEVER, onResult }: RunOptions<N> = {}): Promise<RunSummary> {
    const startMs = performance.now();
    const leave = new AbortController();
    const cancel = AbortSignal.any([leave.signal, signal]);
    const runs = [...this.sources].map(async ([name, source]) => [name, await this.#drive(name, source, cancel, onResult)] as const);
    // The first fault stops the other streams; all of them are waited for.
    for (const run of runs) run.catch((error: unknown) => leave.abort(error));
    const settled = await Promise.allSettled(runs);
    const failed = settled.find(({ status }) => status === 'rejected');
    if (failed) {
      // What was good stays: outputs and sinks are completed as far as the run came.
      if (!signal.aborted) await this.#finish(performance.now() - startMs, true).catch(() => {});
      throw leave.signal.reason;
    }
    const streams = Object.fromEntries(settled.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])));
    return {
      ...this.#total(streams),
      elapsedMs: performance.now() - startMs,
      streams,
      outputs: await this.#finish(performance.now() - startMs, this.#stop.signal.aborted),
    };
  }

  #total(streams: Readonly<Record<string, StreamSummary>>): { frames: number; objects: number } {
    const total = (key: 'frames' | 'objects'): number => Object.values(streams).reduce((sum, stream) => sum + stream[key], 0);
    return { frames: total('frames'), objects: total('objects') };
  }

  /** Completes sinks and outputs, each whatever becomes of the others. @throws the first fault */
  async #finish(elapsedMs: number, interrupted: boolean): Promise<Record<string, readonly OutputFile[]>> {
    const made: Record<string, readonly OutputFile[]> = {};
    const faults: unknown[] = [];
    const attempt = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => void faults.push(error));
    for (const sink of this.sinks) await attempt(sink.finish());
    const written = await Promise.all(this.sinkFiles.map(sizedFile));
    for (const [name, output] of this.outputs) {
      const run = { elapsedMs, interrupted, files: [...Object.values(made).flat(), ...written], timings: this.#timings.list() };
      await attempt(output.finish(run).then((files) => void (made[name] = files)));
    }
    if (faults.length > 0) throw faults[0];
    return made;
  }

  async #drive(name: string, source: VideoSource, signal: AbortSignal, onResult: RunOptions<N>['onResult']): Promise<StreamSummary> {
    const tally = new StreamTally();
    try {
      for await (const result of this.#flow(name, source, signal)) {
        using _ = result;
        tally.add(result);
        const heard = onResult?.(result);
        if (heard) await heard;
        await this.#write(result);
      }
    } catch (error) {
      throw toFault(error, 'INTERNAL', `stream ${name}: `);
    }
    return tally.summary(source.losses);
  }

  async *#merged(signal: AbortSignal): AsyncGenerator<FrameResult<N>, void, undefined> {
    const leave = new AbortController();
    const cancel = AbortSignal.any([leave.signal, signal]);
    const queue = new BoundedQueue<FrameResult<N>>({ capacity: this.sources.size, overflow: 'block' });
    const feeds = [...this.sources].map(async ([name, source]) => {
      try {
        for await (const result of this.#flow(name, source, cancel)) if (!(await queue.push(result))) return;
      } catch (error) {
        queue.fail(toFault(error, 'INTERNAL', `stream ${name}: `));
      }
    });
    const fed = Promise.all(feeds).then(() => queue.end());
    try {
      yield* queue;
    } finally {
      leave.abort();
      await fed;
    }
  }

  async *#flow(stream: string, source: VideoSource, signal: AbortSignal): AsyncGenerator<FrameResult<N>, void, undefined> {
    const window = frameWindow(this.nodes);
    const frames = source.frames({ signal: AbortSignal.any([signal, this.#stop.signal]) });
    await using run = new StreamRun<N>(this.nodes, stream, this.#timings);
    yield* inOrder(frames, (frame: Frame) => run.look(frame, signal), { window, stop: this.#stop.signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    return this.scope.close();
  }
}
