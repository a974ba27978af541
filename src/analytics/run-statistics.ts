import { type CrossingDirection, type EventMeta, type FrameMeta, type LineCrossing, toMs } from '../core/index.js';
import { type LabelStatistics, createLabelStatistics } from './label-statistics.js';
import { type NodeTiming, NodeTimings } from './node-timings.js';
import { type BinnedTime, createTimeBins } from './time-bins.js';

/** Crossings of one line by objects of one class. */
export interface CrossingStatistics {
  readonly line: string;
  readonly label: string;
  readonly direction: CrossingDirection;
  readonly count: number;
}

/** What was seen on a stream. Plain data, of bounded size. */
export interface StreamStatistics {
  readonly frames: number;
  /** Presentation time of the first frame, in milliseconds. */
  readonly firstMs: number;
  /** Presentation time of the last frame, in milliseconds. */
  readonly lastMs: number;
  /** By class, most objects first. */
  readonly labels: readonly LabelStatistics[];
  /** Most objects on one frame, all classes together. */
  readonly peak: number;
  /** Frames, objects and crossings by time; series as {@link FRAME_SERIES}, {@link objectSeries} and {@link crossingSeries} name them. */
  readonly overTime: BinnedTime;
  readonly crossings: readonly CrossingStatistics[];
  readonly timings: readonly NodeTiming[];
}

/** Accumulates over the run of one stream. */
export interface RunStatistics {
  /** The next frame, tracks included. */
  update(meta: FrameMeta): void;
  /** Something that happened on it. */
  event(event: EventMeta): void;
  /** A run of a node took this long. */
  timing(node: string, tookMs: number): void;
  /** What was seen until now; costs a copy. */
  snapshot(): StreamStatistics;
}

/** Series of the number of frames in each bin. */
export const FRAME_SERIES = 'frames';
/** Series of the sum of objects of a class on all frames of each bin. */
export const objectSeries = (label: string): string => `objects ${label}`;
/** Series of the crossings in each bin. */
export const crossingSeries = (line: string, direction: CrossingDirection): string => `${direction} ${line}`;

function createCrossings() {
  const counts = new Map<string, CrossingStatistics>();
  return {
    add({ line, label, direction }: LineCrossing): void {
      const key = JSON.stringify([line, label, direction]);
      counts.set(key, { line, label, direction, count: (counts.get(key)?.count ?? 0) + 1 });
    },
    snapshot: (): CrossingStatistics[] => [...counts.values()],
  };
}

/** Statistics of one stream; memory does not grow with its length. */
export function createRunStatistics(): RunStatistics {
  const labels = createLabelStatistics();
  const overTime = createTimeBins();
  const [crossings, timings] = [createCrossings(), new NodeTimings()];
  const seen = { frames: 0, firstMs: 0, lastMs: 0, peak: 0 };

  return {
    update(meta) {
      const timeMs = toMs(meta.pts);
      if (seen.frames++ === 0) seen.firstMs = timeMs;
      seen.lastMs = timeMs;
      seen.peak = Math.max(seen.peak, meta.objects.length);
      overTime.add(FRAME_SERIES, timeMs, 1);
      for (const [label, number] of labels.update(meta, timeMs)) overTime.add(objectSeries(label), timeMs, number);
    },
    event(event) {
      if (event.type !== 'line-crossing') return;
      crossings.add(event);
      overTime.add(crossingSeries(event.line, event.direction), toMs(event.pts), 1);
    },
    timing: (node, tookMs) => timings.add(node, tookMs),
    snapshot: () => ({
      ...seen,
      labels: labels.snapshot(),
      overTime: overTime.snapshot(),
      crossings: crossings.snapshot(),
      timings: timings.list(),
    }),
  };
}
