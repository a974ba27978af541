import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipeline, type Pipeline } from 'ocellus/pipeline';
import { mainThreadMs } from './main-thread.js';
import { benchModels } from './models.js';
import type { BareModel } from './ort-ceiling.js';

/** How the nodes of one frame are run. */
export type Plan = 'serial' | 'parallel';

/** What one model did in a run. */
export interface ModelWork {
  readonly node: string;
  readonly model: string;
  readonly file: string;
  readonly bare: BareModel;
  /** Pictures a frame. */
  readonly picturesAFrame: number;
  /** Runs a frame, each of one batch. */
  readonly runsAFrame: number;
  /** Whole pictures of the usual run. */
  readonly batch: number;
}

/** Threads are new in every run, and their code is compiled while it runs: what the first frames take is left out. */
const WARM_UP = 0.25;

/** A run of several streams through a detector and two secondaries. */
export interface GraphRun {
  /** Once the first quarter is through. */
  readonly fps: number;
  readonly frames: number;
  readonly work: readonly ModelWork[];
  /** CPU time of this process. */
  readonly cpuMsAFrame: number;
  /** CPU time of its main thread. */
  readonly mainMsAFrame: number;
}

/** Settings that the suite tries out. */
export interface GraphOptions {
  readonly detector: string;
  readonly plan: Plan;
  /** Most crops in a run of a secondary; the pipeline's own choice when absent. */
  readonly maxBatch?: number;
  /** Copies of each secondary; the pipeline's own choice when absent. */
  readonly instances?: number;
}

/** A detector of whole frames, and two models that look at what it finds; every clip is a stream. */
function graphOf(clips: readonly string[], { detector, plan, maxBatch, instances }: GraphOptions, results: string) {
  const hosting = { ...(maxBatch === undefined ? {} : { maxBatch }), ...(instances === undefined ? {} : { instances }) };
  const sources = Object.fromEntries(clips.map((clip, at) => [`camera-${at + 1}`, clip]));
  return {
    version: 1 as const,
    plan,
    sources,
    nodes: {
      detector: { model: detector },
      cars: { model: 'vehicle-attributes', on: { objects: 'detector', labels: ['vehicle'] }, ...hosting },
      people: { model: 'person-attributes', on: { objects: 'detector', labels: ['person'] }, ...hosting },
    },
    sinks: { file: { jsonl: results } },
  };
}

/** Tells the frames a second from the moment on when the first quarter was through. */
function warmth(streams: Pipeline['streams']): { readonly onResult: () => void; readonly rate: (frames: number, endMs: number) => number } {
  const first = Math.round(WARM_UP * streams.reduce((sum, { info }) => sum + (info.video?.frameCount ?? 0), 0));
  let seen = 0;
  let warmMs = performance.now();
  return {
    onResult() {
      if (++seen === first) warmMs = performance.now();
    },
    rate: (frames, endMs) => ((frames - first) / (endMs - warmMs)) * 1000,
  };
}

/** Runs the clips to their end into results.jsonl, models loaded and sources open beforehand. */
export async function graphRun(clips: readonly string[], options: GraphOptions): Promise<GraphRun> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  try {
    await using pipeline = await openPipeline(graphOf(clips, options, join(folder, 'results.jsonl')), { models: benchModels });
    const before = process.cpuUsage();
    const mainMs = mainThreadMs();
    const { onResult, rate } = warmth(pipeline.streams);
    const { frames } = await pipeline.run({ onResult });
    const fps = rate(frames, performance.now());
    const { user, system } = process.cpuUsage(before);
    const mainMsAFrame = (mainThreadMs() - mainMs) / frames;
    const work = Object.entries(pipeline.models).map(([node, loaded]): ModelWork => {
      const { definition, spec } = loaded!;
      const { inferences, executions } = loaded!.statistics();
      const batch = Math.max(1, Math.round(inferences / executions));
      const input = spec.inputs[0]!;
      const bare = { model: definition.weights.path, input: input.name, shape: [batch, ...input.shape.slice(1)] };
      return {
        node,
        model: definition.name,
        file: definition.weights.path,
        bare,
        picturesAFrame: inferences / frames,
        runsAFrame: executions / frames,
        batch,
      };
    });
    return { fps, frames, work, cpuMsAFrame: (user + system) / 1000 / frames, mainMsAFrame };
  } finally {
    await rm(folder, { recursive: true });
  }
}
