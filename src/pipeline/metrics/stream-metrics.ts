import { Distribution } from '../../core/index.js';
import type { PathStep } from './critical-path.js';
import { FrameCount } from './frame-count.js';
import { NodeMetrics } from './node-metrics.js';
import { PathTally } from './path-tally.js';
import type { StreamState } from '../stream-state.js';
import type { DropReason, StreamReading } from './snapshot.js';

/** A frame whose result came out. All times are on the clock of the pipeline's metrics. */
export interface DoneFrame {
  /** When it was captured, where that is known. */
  readonly capturedMs?: number;
  /** When the nodes were given it. */
  readonly takenMs: number;
  readonly doneMs: number;
  /** How much later than due, in realtime. */
  readonly latenessMs?: number;
  /** What held it up, of `criticalPath`. */
  readonly critical: readonly PathStep[];
}

/** The numbers of one stream. Keeps no time of its own and never waits: each call says what happened, and when where that matters. */
export class StreamMetrics {
  /** Kept by whoever drives the stream. */
  state: StreamState = 'ready';
  readonly in: FrameCount;
  readonly out: FrameCount;
  framesTaken = 0;
  /** Frames that never came to the nodes, by reason. */
  readonly drops: Record<DropReason, number> = { oldest: 0, newest: 0, source: 0 };
  queueDepth = 0;
  failures = 0;
  restarts = 0;
  readonly latencyMs: Distribution;
  /** Absent until a frame says when it was captured. */
  captureToResultMs: Distribution | undefined;
  /** Absent until a frame says how late it was. */
  latenessMs: Distribution | undefined;
  readonly nodes = new Map<string, NodeMetrics>();
  readonly paths = new PathTally();
  readonly #windowMs: number;
  readonly #forget: () => void;

  /** `forget` takes it out of the readings. */
  constructor(windowMs: number, forget: () => void) {
    this.#windowMs = windowMs;
    this.#forget = forget;
    this.in = new FrameCount(windowMs);
    this.out = new FrameCount(windowMs);
    this.latencyMs = new Distribution({ windowMs });
  }

  /** The numbers of a node on this stream, made on first use. */
  node(name: string): NodeMetrics {
    const known = this.nodes.get(name);
    if (known) return known;
    const node = new NodeMetrics(this.#windowMs, () => void (this.nodes.get(name) === node && this.nodes.delete(name)));
    this.nodes.set(name, node);
    return node;
  }

  /** A frame came from the source. */
  arrived(nowMs: number): void {
    this.in.add(nowMs);
  }

  /** Frames were let go before the nodes saw them. */
  dropped(count: number, reason: DropReason): void {
    this.drops[reason] += count;
  }

  /** So many frames wait now. */
  queued(depth: number): void {
    this.queueDepth = depth;
  }

  /** The nodes are given a frame. */
  taken(): void {
    this.framesTaken++;
  }

  /** A frame's result came out. */
  done({ capturedMs, takenMs, doneMs, latenessMs, critical }: DoneFrame): void {
    this.out.add(doneMs, takenMs);
    this.latencyMs.record(doneMs - takenMs, doneMs);
    if (capturedMs !== undefined) (this.captureToResultMs ??= this.#distribution()).record(doneMs - capturedMs, doneMs);
    if (latenessMs !== undefined) (this.latenessMs ??= this.#distribution()).record(latenessMs, doneMs);
    this.paths.add(critical);
  }

  /** Its source failed. */
  failed(): void {
    this.failures++;
  }

  /** Its source was opened anew. */
  restarted(): void {
    this.restarts++;
  }

  /** It is taken out of the pipeline: it leaves the readings but for the totals. */
  removed(): void {
    this.#forget();
  }

  reading(nowMs: number): StreamReading {
    const { state, framesTaken, drops, queueDepth, failures, restarts, captureToResultMs, latenessMs } = this;
    const nodes = Object.fromEntries([...this.nodes].map(([name, node]) => [name, node.reading(nowMs)]));
    return {
      state,
      framesIn: this.in.count,
      framesTaken,
      framesOut: this.out.count,
      arrivalFps: this.in.rate(nowMs),
      fps: this.out.rate(nowMs),
      dropped: { ...drops },
      skips: Object.values(nodes).reduce((sum, { skips }) => sum + skips, 0),
      queueDepth,
      latencyMs: this.latencyMs.reading(nowMs),
      ...(captureToResultMs ? { captureToResultMs: captureToResultMs.reading(nowMs) } : {}),
      ...(latenessMs ? { latenessMs: latenessMs.reading(nowMs) } : {}),
      failures,
      restarts,
      nodes,
      critical: this.paths.reading(),
    };
  }

  #distribution(): Distribution {
    return new Distribution({ windowMs: this.#windowMs });
  }
}
