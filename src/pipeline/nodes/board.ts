import type { Attribute, Box, EventMeta, Frame, Point } from '../../core/index.js';

/** An object while nodes still work on its frame. It becomes an `ObjectMeta`, with its id, when the last of them is done. */
export interface Draft {
  readonly node: string;
  readonly label: string;
  readonly classId: number;
  readonly confidence: number;
  readonly box: Box;
  readonly attributes: readonly Attribute[];
  trackId?: number;
  /** True where a tracker put it on a frame that its node did not look at. */
  readonly predicted?: boolean;
}

/** A watched line as of one frame. */
export interface LineState {
  /** The analytics node. */
  readonly node: string;
  readonly name: string;
  /** Pixels of the displayed frame. */
  readonly from: Point;
  readonly to: Point;
  /** Crossings so far. */
  readonly in: number;
  readonly out: number;
}

/** What one node has to say of one frame. */
export interface NodeFindings {
  /** Whether it looked at the frame, as opposed to finding nothing on it. */
  readonly inferred: boolean;
  /** Objects that others read of it. */
  readonly objects: readonly Draft[];
  /** Those of them, or further ones, that are new on the frame: they enter the results. */
  readonly made: readonly Draft[];
  /** Detections below the confidence that was asked for: trackers keep tracks alive by them. */
  readonly weak?: readonly Draft[];
  readonly events?: readonly EventMeta[];
  readonly lines?: readonly LineState[];
}

/** A frame on its way through the nodes: the frame, and what each node said of it. */
export interface Board {
  readonly frame: Frame;
  /** What the node said. Only nodes that the asking node reads are certain to be there. */
  of(node: string): NodeFindings;
}

/** What a node has to say when there is nothing. */
export const NOTHING: readonly never[] = Object.freeze([]);
