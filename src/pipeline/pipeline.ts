import { BoundedQueue, type Frame, type FrameMeta, type Log, NULL_LOG, type ObjectMeta, Scope, throwIfAborted, toFault } from '../core/index.js';
import { type Engine, type LoadedModel, createEngine } from '../inference/index.js';
import { type Media, type MediaInfo, type MediaLosses, type VideoSource, createMedia } from '../media/index.js';
import { type ModelDefinition, type ModelSource, createZoo } from '../models/index.js';
import { type Sink, openJsonl, prepareOutput } from '../sinks/index.js';
import { parsePipelineConfig } from './config-file.js';
import type { CustomModel, PipelineConfig, PipelineConfigInput } from './config.js';
import { type FrameNode, openDetectorNode } from './detector-node.js';
import { FrameResult } from './frame-result.js';
import { inOrder } from './in-order.js';

/** What a pipeline is built from; each part has a default. */
export interface PipelineOptions {
  /** Brings models; a plain `createZoo()` when absent. */
  readonly models?: ModelSource;
  readonly media?: Media;
  /** Used, but not closed, by the pipeline; it makes and closes one of its own when absent. */
  readonly engine?: Engine;
  readonly log?: Log;
  /** Stops opening. */
  readonly signal?: AbortSignal;
}

/** One source at work. */
export interface PipelineStream {
  readonly name: string;
  readonly info: MediaInfo;
  readonly losses: MediaLosses;
}

/** What {@link Pipeline.run} did. */
export interface RunSummary {
  readonly frames: number;
  readonly objects: number;
  readonly elapsedMs: number;
  readonly streams: Readonly<Record<string, { readonly frames: number; readonly objects: number; readonly losses: MediaLosses }>>;
}

/** How a run is watched and stopped. */
export interface RunOptions<N extends string> {
  /** Ends the run at once with CANCELLED; frames at work are dropped. */
  readonly signal?: AbortSignal;
  /** Called with each result in order, before the sinks; the frame is closed afterwards. What it returns is awaited. */
  readonly onResult?: (result: FrameResult<N>) => void | Promise<void>;
}

/** A pipeline that is open: sources found, models loaded, sinks writable. */
export interface Pipeline<N extends string = string> extends AsyncDisposable {
  readonly streams: readonly PipelineStream[];
  readonly models: Readonly<Record<N, LoadedModel>>;
  /** Results as they come, each stream in presentation order; pulled, so that the reader sets the pace. Sinks are not written. Once only. */
  results(options?: { readonly signal?: AbortSignal }): AsyncIterable<FrameResult<N>>;
  /** Drives every stream to its end, into the sinks. Once only, instead of `results()`. */
  run(options?: RunOptions<N>): Promise<RunSummary>;
  /** Takes no further frame; those at work come out, then the results end. */
  stop(): void;
}

const ownDefinition = (name: string, { file, picture, head, labels }: CustomModel): ModelDefinition => {
  const { settings, ...rest } = head;
  return { name, weights: { runtime: 'onnx', path: file }, picture, head: settings ? { ...rest, settings } : rest, labels };
};

/**
 * Opens everything that the configuration names, and closes it again when any part fails.
 * @throws Fault CONFIG_INVALID, and those of the parts: NOT_FOUND, INPUT_CORRUPT, MODEL_MISMATCH, ALREADY_EXISTS, OUTPUT_FAILED, ...
 */
export async function openPipeline<const C extends PipelineConfigInput>(
  config: C,
  options: PipelineOptions = {},
): Promise<Pipeline<keyof C['nodes'] & string>> {
  const parsed = parsePipelineConfig(config);
  await using scope = new Scope();
  const { media = createMedia(), models = createZoo(), log = NULL_LOG, signal } = options;
  for (const { jsonl, overwrite } of Object.values(parsed.sinks)) await prepareOutput(jsonl, { overwrite });
  const sources = await openSources(parsed, media, scope, { log, ...(signal ? { signal } : {}) });
  const engine = options.engine ?? scope.use(createEngine({ log }));
  const nodes: FrameNode[] = [];
  for (const [name, node] of Object.entries(parsed.nodes)) {
    throwIfAborted(signal);
    const { model } = node;
    const definition = typeof model === 'string' ? await models.named(model, signal) : await models.own(ownDefinition(name, model), signal);
    nodes.push(scope.use(await openDetectorNode(name, node, definition, engine)));
  }
  const sinks: Sink[] = [];
  for (const { jsonl, overwrite } of Object.values(parsed.sinks)) sinks.push(scope.use(await openJsonl(jsonl, { overwrite })));
  return new RunningPipeline(sources, nodes, sinks, scope.move());
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

class RunningPipeline<N extends string> implements Pipeline<N> {
  readonly #stop = new AbortController();
  readonly models: Readonly<Record<N, LoadedModel>>;

  constructor(
    readonly sources: ReadonlyMap<string, VideoSource>,
    readonly nodes: readonly FrameNode[],
    readonly sinks: readonly Sink[],
    readonly scope: Scope,
  ) {
    this.models = Object.fromEntries(nodes.map(({ name, model }) => [name, model])) as Record<N, LoadedModel>;
  }

  get streams(): readonly PipelineStream[] {
    return [...this.sources].map(([name, { info, losses }]) => ({ name, info, losses }));
  }

  stop(): void {
    this.#stop.abort();
  }

  async *results({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<FrameResult<N>, void, undefined> {
    const leave = new AbortController();
    const cancel = AbortSignal.any([leave.signal, ...(signal ? [signal] : [])]);
    const merged = new BoundedQueue<FrameResult<N>>({ capacity: this.sources.size, overflow: 'block' });
    const feeds = [...this.sources].map(async ([name, source]) => {
      try {
        for await (const result of this.#flow(source, cancel)) if (!(await merged.push(result))) return;
      } catch (error) {
        merged.fail(toFault(error, 'INTERNAL', `stream ${name}: `));
      }
    });
    const fed = Promise.all(feeds).then(() => merged.end());
    try {
      yield* merged;
    } finally {
      leave.abort();
      await fed;
    }
  }

  async run({ signal, onResult }: RunOptions<N> = {}): Promise<RunSummary> {
    const startMs = performance.now();
    const counts = new Map([...this.sources.keys()].map((name) => [name, { frames: 0, objects: 0 }]));
    for await (const result of this.results(signal ? { signal } : {})) {
      using _ = result;
      const count = counts.get(result.meta.stream)!;
      count.frames++;
      count.objects += result.objects.length;
      await onResult?.(result);
      for (const sink of this.sinks) await sink.write(result.meta);
    }
    for (const sink of this.sinks) await sink.finish();
    const streams = Object.fromEntries([...counts].map(([name, count]) => [name, { ...count, losses: this.sources.get(name)!.losses }]));
    const total = (key: 'frames' | 'objects'): number => [...counts.values()].reduce((sum, count) => sum + count[key], 0);
    return { frames: total('frames'), objects: total('objects'), elapsedMs: performance.now() - startMs, streams };
  }

  #flow(source: VideoSource, signal: AbortSignal): AsyncIterable<FrameResult<N>> {
    const window = Math.max(...this.nodes.map(({ model }) => model.concurrency)) + 1;
    const frames = source.frames({ signal: AbortSignal.any([signal, this.#stop.signal]) });
    return inOrder(frames, (frame) => this.#look(frame, signal), { window, stop: this.#stop.signal });
  }

  async #look(frame: Frame, signal: AbortSignal): Promise<FrameResult<N>> {
    try {
      const found = await Promise.all(this.nodes.map((node) => node.look(frame, signal)));
      const objects = found.flat().map((object, id): ObjectMeta => ({ id, ...object }));
      const inferred = Object.fromEntries(this.nodes.map(({ name }) => [name, true]));
      const meta: FrameMeta = { stream: frame.stream, frame: frame.number, pts: frame.pts, size: frame.size, inferred, objects };
      return new FrameResult(frame, meta);
    } catch (error) {
      frame.close();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    return this.scope.close();
  }
}
