import type { EventMeta, Frame, FrameMeta, ObjectMeta } from '../core/index.js';
import type { Answered, LineState } from './nodes/board.js';

const NONE: readonly never[] = Object.freeze([]);

/** What a model answered of one object, whole: the mask, the vector, all scores. Its arrays are shared; they are not to be changed. */
export interface ObjectAnswer extends Answered {
  readonly object: ObjectMeta;
}

/** How findings are looked up by the name of the node. */
export interface FindingsByNode {
  /** Objects that it gives. */
  count(node: string): number;
  /** Whether the node looked at the frame or gives objects on it. */
  said(node: string): boolean;
  objects(node: string): readonly ObjectMeta[];
  answers(node: string): readonly ObjectAnswer[];
}

/** What the pipeline found on one frame, with the frame. Whoever pulls it closes it (`using` does). `N` names the pipeline's nodes. */
export class FrameResult<N extends string = string> implements Disposable {
  readonly #read: FindingsByNode;

  constructor(
    readonly frame: Frame,
    readonly meta: FrameMeta,
    read: FindingsByNode,
    /** What happened on this frame, such as a line that was crossed. */
    readonly events: readonly EventMeta[] = NONE,
    /** Watched lines with their counts up to this frame. */
    readonly lines: readonly LineState[] = NONE,
  ) {
    this.#read = read;
  }

  /** Objects of every node. */
  get objects(): readonly ObjectMeta[] {
    return this.meta.objects;
  }

  /** Objects that one node gives: those it found, of a tracker those it follows, of a model that describes objects those it has described. */
  of(node: N): readonly ObjectMeta[] {
    return this.#read.objects(node);
  }

  /** How many those are. */
  count(node: N): number {
    return this.#read.count(node);
  }

  /** What a model that describes objects answered on this very frame; empty for one that finds objects. */
  answers(node: N): readonly ObjectAnswer[] {
    return this.#read.answers(node);
  }

  /** Whether the node has anything to say of this frame: it looked at it, or gives objects on it, as a tracker does between looks. */
  said(node: N): boolean {
    return this.#read.said(node);
  }

  /** Gives the frame back. */
  [Symbol.dispose](): void {
    this.frame.close();
  }
}
