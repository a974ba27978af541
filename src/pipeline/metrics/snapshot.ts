import type { StreamState } from '../stream-state.js';
import type { DistributionReading } from '../../core/index.js';
import type { CriticalReading } from './path-tally.js';

/** Why a frame never came to the nodes: `oldest` and `newest` name which frame a full queue let go, `source` is a loss before the queue. */
export const DROP_REASONS = ['oldest', 'newest', 'source'] as const;

/** One of {@link DROP_REASONS}. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Frames a second. */
export interface FrameRate {
  /** Over the last ten seconds or so. */
  readonly recent: number;
  /** From the first frame to the last. */
  readonly mean: number;
}

/** What a node did on one stream. */
export interface StreamNodeReading {
  /** Frames that it looked at. */
  readonly looks: number;
  /** Frames that it left out: not its turn, or nothing there to look at. */
  readonly skips: number;
  readonly errors: number;
  /** Objects that it gave. */
  readonly objects: number;
  /** Looks a second. */
  readonly fps: FrameRate;
  /** From the start of a look to its end, the model's queue included. */
  readonly latencyMs: DistributionReading;
}

/** What became of one stream. */
export interface StreamReading {
  readonly state: StreamState;
  /** Frames that came from the source. */
  readonly framesIn: number;
  /** Frames that the nodes were given. */
  readonly framesTaken: number;
  /** Frames whose results came out. */
  readonly framesOut: number;
  /** Frames that came, a second. */
  readonly arrivalFps: FrameRate;
  /** Frames whose results came out, a second. */
  readonly fps: FrameRate;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Sum over its nodes. */
  readonly skips: number;
  /** Frames that wait, as last told. */
  readonly queueDepth: number;
  /** From when a frame was taken to its result. */
  readonly latencyMs: DistributionReading;
  /** From when a frame was captured to its result ("glass to result"); absent where captures have no time. */
  readonly captureToResultMs?: DistributionReading;
  /** How much later than due results came, in realtime; absent elsewhere. */
  readonly latenessMs?: DistributionReading;
  /** Times its source failed. */
  readonly failures: number;
  /** Times its source was opened anew. */
  readonly restarts: number;
  readonly nodes: Readonly<Record<string, StreamNodeReading>>;
  /** What held its frames up. */
  readonly critical: CriticalReading;
}

/** The model of a node. Nodes that share one have the same numbers, which are those of all of them together. */
export interface ModelReading {
  readonly requests: number;
  readonly failures: number;
  /** Rows of answered requests. */
  readonly rows: number;
  /** Runs of the network. */
  readonly executions: number;
  /** Rows in a run. */
  readonly meanBatch: number;
  /** What a request meets: the whole run that serves it. */
  readonly meanRunMs: number;
  /** What a request waits before its run. */
  readonly meanQueueMs: number;
  readonly queued: number;
  readonly running: number;
  readonly restarts: number;
}

/** Sums over all streams, those that are gone included. */
export interface MetricsTotals {
  readonly framesIn: number;
  readonly framesOut: number;
  readonly dropped: number;
  readonly failures: number;
  readonly restarts: number;
  /** Results a second of all streams that are there. */
  readonly fps: number;
}

/** All numbers of a pipeline at one moment, as plain data. Figures of distributions are 0 where nothing was recorded. */
export interface MetricsSnapshot {
  /** Since the pipeline began, in milliseconds. */
  readonly elapsedMs: number;
  readonly streams: Readonly<Record<string, StreamReading>>;
  /** By node. */
  readonly models: Readonly<Record<string, ModelReading>>;
  readonly totals: MetricsTotals;
}
