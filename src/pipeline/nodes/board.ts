import type { Attribute, Box, EventMeta, Frame, KeyPoints, ObjectEmbedding, Point } from '../../core/index.js';
import type { Answer, Fit, Shape } from '../../vision/index.js';

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
  /** The object in whose crop it was found. */
  readonly parent?: Draft;
  /** Key points that its own node tells. */
  readonly points?: KeyPoints;
}

/** An answer as the head gave it, and how its picture lay in the frame. */
export interface Answered {
  readonly answer: Answer;
  /** The way from pixels of the answer to pixels of the displayed frame, for `unfit`. */
  readonly fit: Fit;
}

/** What a node says of an object that another node found. Drafts are shared and stay as they are: this is joined to the object when all nodes are done. */
export interface Said {
  readonly of: Draft;
  readonly attributes: readonly Attribute[];
  readonly points?: KeyPoints;
  readonly embedding?: ObjectEmbedding;
  /** Absent where what it says comes from an earlier frame. */
  readonly answered?: Answered;
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
  /** What it says of objects of other nodes. */
  readonly said?: readonly Said[];
  readonly events?: readonly EventMeta[];
  readonly lines?: readonly LineState[];
  /** The value of an algorithm of one's own: plain data. */
  readonly value?: unknown;
  /** Number of the frame that the value was made on, where that was an earlier one. */
  readonly fromFrame?: number;
  /** What outputs draw on the frame, in pixels of the displayed frame. */
  readonly shapes?: readonly Shape[];
  /** What outputs show in place of the frame; it belongs to whoever has the findings. */
  readonly replaced?: Frame;
}

/** A frame on its way through the nodes: the frame, and what each node said of it. */
export interface Board {
  readonly frame: Frame;
  /** What the node said. Only nodes that the asking node reads are certain to be there; one that is left out on this stream looked at nothing. */
  of(node: string): NodeFindings;
  /** Whether the frame is one that the node is to look at, by its rate. */
  due(node: string): boolean;
}

/** What a node has to say when there is nothing. */
export const NOTHING: readonly never[] = Object.freeze([]);

/** What a node has to say of a frame that it leaves out. */
export const SKIPPED: NodeFindings = Object.freeze({ inferred: false, objects: NOTHING, made: NOTHING });
