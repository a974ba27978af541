import type { GraphNode } from './nodes/port.js';
import type { PathStep } from './metrics/critical-path.js';

/** How far a node is with one frame. */
export type NodePhase = 'waiting' | 'working' | 'done';

/** One frame on its way through the nodes, as watchdog and metrics see it: by place of the node. */
export class Flight {
  /** NaN until the node begins; monotonic milliseconds. */
  readonly startMs: number[];
  readonly endMs: number[];
  /** When something last happened to the frame. */
  movedMs: number;
  /** What held the frame up; known when it is through. */
  critical: readonly PathStep[] = [];

  constructor(
    readonly frame: number,
    /** By place. */
    readonly nodes: readonly GraphNode[],
    readonly takenMs: number,
  ) {
    this.startMs = Array.from<number>({ length: nodes.length }).fill(NaN);
    this.endMs = Array.from<number>({ length: nodes.length }).fill(NaN);
    this.movedMs = takenMs;
  }

  begun(place: number, nowMs: number): void {
    this.startMs[place] = nowMs;
    this.movedMs = nowMs;
  }

  done(place: number, nowMs: number): void {
    this.endMs[place] = nowMs;
    this.movedMs = nowMs;
  }

  phase(place: number): NodePhase {
    if (!Number.isNaN(this.endMs[place]!)) return 'done';
    return Number.isNaN(this.startMs[place]!) ? 'waiting' : 'working';
  }
}
