import type { FaultCode } from '../core/index.js';
import type { PlanState } from './plan-chooser.js';
import type { StreamState } from './stream-state.js';

/** Where a pipeline is. `ready`: open, not started. `running`: at least one stream has something to do. `ended`: it may be started again. */
export type PipelineState = 'ready' | 'running' | 'paused' | 'ended' | 'closed';

/** Where one stream is. */
export interface StreamStatus {
  readonly state: StreamState;
  /** Results so far. */
  readonly frames: number;
  /** Presentation time of the last result, in milliseconds. */
  readonly positionMs?: number;
  /** Length of the source, where it has one. */
  readonly durationMs?: number;
  /** 0 to 1, where the source has a length. */
  readonly progress?: number;
  readonly dropped: number;
  readonly failedFrames: number;
  readonly restarts: number;
  /** Frames that wait for a model, in realtime. */
  readonly queued: number;
  /** Frames that nodes are at work on. */
  readonly underWay: number;
  readonly fault?: { readonly code: FaultCode; readonly message: string };
}

/** What a node is at. */
export interface NodeStatus {
  /** Whether the configuration has it switched on. */
  readonly enabled: boolean;
  /** Whether it is at work: switched on, and so is something that it reads. */
  readonly active: boolean;
  /** What it does, in a few words; absent where it is not at work. */
  readonly summary?: string;
}

/** Where everything is, at one moment. Plain data. */
export interface PipelineStatus {
  readonly state: PipelineState;
  readonly mode: 'offline' | 'realtime';
  readonly plan: PlanState;
  /** Milliseconds since the start of the run; 0 before it. */
  readonly elapsedMs: number;
  readonly streams: Readonly<Record<string, StreamStatus>>;
  readonly nodes: Readonly<Record<string, NodeStatus>>;
}
