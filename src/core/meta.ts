import type { Box, Size } from './box.js';
import type { Pts } from './pts.js';

/** Something a node says of an object besides its class: `{ node: 'looks', name: 'colour', value: 'red', confidence: 0.9 }`. */
export interface Attribute {
  readonly node: string;
  readonly name: string;
  readonly value: string | number;
  readonly confidence?: number;
  /** Number of the frame on which the node looked, where that was an earlier one; absent where it was this one. */
  readonly fromFrame?: number;
}

/** One key point: x and y in pixels of the displayed frame, score 0 to 1. */
export type KeyPoint = readonly [x: number, y: number, score: number];

/** The key points that one node tells of an object: landmarks of a face, joints of a body. What each of them is follows from the node's model. */
export interface KeyPoints {
  readonly node: string;
  /** How certain the node is that they are there, 0 to 1; absent for the points of the detector that found the object. */
  readonly confidence?: number;
  readonly points: readonly KeyPoint[];
}

/** The look of an object as a vector of length 1. */
export interface ObjectEmbedding {
  readonly node: string;
  readonly vector: readonly number[];
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
  /** Key points, of the detector and of other nodes; absent where none tells any. */
  readonly points?: readonly KeyPoints[];
  /** Embeddings that were asked for; absent where none was. */
  readonly embeddings?: readonly ObjectEmbedding[];
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
  /** What algorithms of one's own gave, by node; only nodes that gave something with this frame. Plain data. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** By node: number of the frame that its value was made on, where that was an earlier one. */
  readonly valueFrames?: Readonly<Record<string, number>>;
}
