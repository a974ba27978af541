import type { Box, Size } from './box.js';
import type { Pts } from './pts.js';

/** Something a node says of an object besides its class: `{ node: 'looks', name: 'colour', value: 'red', confidence: 0.9 }`. */
export interface Attribute {
  readonly node: string;
  readonly name: string;
  readonly value: string | number;
  readonly confidence?: number;
}

/** One object on one frame. Plain data: a worker, a queue or a test snapshot can take it. */
export interface ObjectMeta {
  /** Unique within the frame. */
  readonly id: number;
  /** The node that found it. */
  readonly node: string;
  readonly label: string;
  readonly classId: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Pixels of the displayed frame. */
  readonly box: Box;
  /** Identity over time; absent when untracked. */
  readonly trackId?: number;
  /** `id` of the object that this one was found in. */
  readonly parentId?: number;
  readonly attributes: readonly Attribute[];
}

/** What is known of one frame. */
export interface FrameMeta {
  readonly stream: string;
  /** 0-based. */
  readonly frame: number;
  readonly pts: Pts;
  /** Size as displayed. */
  readonly size: Size;
  /** For each node: whether it looked at this frame (as opposed to finding nothing on it). */
  readonly inferred: Readonly<Record<string, boolean>>;
  readonly objects: readonly ObjectMeta[];
}
