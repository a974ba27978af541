import { BoundedQueue, type Frame, type Log, NULL_LOG, type ObjectMeta, Scope, throwIfAborted, toFault } from '../core/index.js';
import { type Engine, type LoadedModel, createEngine } from '../inference/index.js';
import { type Media, type MediaInfo, type MediaLosses, type VideoSource, createMedia } from '../media/index.js';
import { type ModelDefinition, type ModelSource, createZoo } from '../models/index.js';
import { type Sink, openJsonl, prepareOutput } from '../sinks/index.js';
import { parsePipelineConfig } from './config-file.js';
import type { CustomModel, PipelineConfig, PipelineConfigInput } from './config.js';
import { type FoundObject, type FrameNode, openDetectorNode } from './detector-node.js';
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
  readonly streams: Readonly<Record<string, StreamSummary>>;
}

/** What came of one stream. */
export interface StreamSummary {
  readonly frames: number;
  readonly objects: number;
  readonly losses: MediaLosses;
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

/** Written out, not spread: this runs for every object of every frame. */
const numbered = ({ node, label, classId, confidence, box, attributes }: FoundObject, id: number): ObjectMeta => ({
  id,
  node,
  label,
  classId,
  confidence,
  box,
  attributes,
});

const NEVER = new AbortController().signal;

class RunningPipeline<N extends string> implements Pipeline<N> {
  readonly #stop = new AbortController();
  readonly models: Readonly<Record<N, LoadedModel>>;
  readonly #inferred: Readonly<Record<string, boolean>>;

  constructor(
    readonly sources: ReadonlyMap<string, VideoSource>,
    readonly nodes: readonly FrameNode[],
    readonly sinks: readonly Sink[],
    readonly scope: Scope,
  ) {
    this.models = Object.fromEntries(nodes.map(({ name, model }) => [name, model])) as Record<N, LoadedModel>;
    this.#inferred = Object.fromEntries(nodes.map(({ name }) => [name, true]));
  }

  get streams(): readonly PipelineStream[] {
    return [...this.sources].map(([name, { info, losses }]) => ({ name, info, losses }));
  }

  stop(): void {
    this.#stop.abort();
  }

  results({ signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<FrameResult<N>> {
    const [only, ...others] = this.sources.values();
    return only && others.length === 0 ? this.#flow(only, signal ?? NEVER) : this.#merged(signal);
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
    if (failed) throw leave.signal.reason;
    for (const sink of this.sinks) await sink.finish();
    const streams = Object.fromEntries(settled.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])));
    const total = (key: 'frames' | 'objects'): number => Object.values(streams).reduce((sum, stream) => sum + stream[key], 0);
    return { frames: total('frames'), objects: total('objects'), elapsedMs: performance.now() - startMs, streams };
  }

  async #drive(name: string, source: VideoSource, signal: AbortSignal, onResult: RunOptions<N>['onResult']): Promise<StreamSummary> {
    let frames = 0;
    let objects = 0;
    try {
      for await (const result of this.#flow(source, signal)) {
        using _ = result;
        frames++;
        objects += result.objects.length;
        const heard = onResult?.(result);
        if (heard) await heard;
        for (const sink of this.sinks) await sink.write(result.meta);
      }
    } catch (error) {
      throw toFault(error, 'INTERNAL', `stream ${name}: `);
    }
    return { frames, objects, losses: source.losses };
  }

  async *#merged(signal: AbortSignal = NEVER): AsyncGenerator<FrameResult<N>, void, undefined> {
    const leave = new AbortController();
    const cancel = AbortSignal.any([leave.signal, signal]);
    const queue = new BoundedQueue<FrameResult<N>>({ capacity: this.sources.size, overflow: 'block' });
    const feeds = [...this.sources].map(async ([name, source]) => {
      try {
        for await (const result of this.#flow(source, cancel)) if (!(await queue.push(result))) return;
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

  #flow(source: VideoSource, signal: AbortSignal): AsyncIterable<FrameResult<N>> {
    const window = Math.max(...this.nodes.map(({ model }) => model.concurrency)) + 1;
    const frames = source.frames({ signal: AbortSignal.any([signal, this.#stop.signal]) });
    return inOrder(frames, (frame) => this.#look(frame, signal), { window, stop: this.#stop.signal });
  }

  async #look(frame: Frame, signal: AbortSignal): Promise<FrameResult<N>> {
    try {
      const [first, ...others] = this.nodes;
      const found =
        others.length === 0 ? await first!.look(frame, signal) : (await Promise.all(this.nodes.map((node) => node.look(frame, signal)))).flat();
      const objects = found.map(numbered);
      const { stream, number, pts, size } = frame.info;
      return new FrameResult(frame, { stream, frame: number, pts, size, inferred: this.#inferred, objects });
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
