import type { EventMeta, Frame, FrameMeta, ObjectMeta } from '../core/index.js';
import type { LineState } from './nodes/board.js';

const NONE: readonly never[] = Object.freeze([]);

/** What the pipeline found on one frame, with the frame. Whoever pulls it closes it (`using` does). `N` names the pipeline's nodes. */
export class FrameResult<N extends string = string> implements Disposable {
  readonly #of: (node: string) => readonly ObjectMeta[];

  constructor(
    readonly frame: Frame,
    readonly meta: FrameMeta,
    of: (node: string) => readonly ObjectMeta[],
    /** What happened on this frame, such as a line that was crossed. */
    readonly events: readonly EventMeta[] = NONE,
    /** Watched lines with their counts up to this frame. */
    readonly lines: readonly LineState[] = NONE,
  ) {
    this.#of = of;
  }

  /** Objects of every node. */
  get objects(): readonly ObjectMeta[] {
    return this.meta.objects;
  }

  /** Objects that one node gives: those it found, or, of a tracker, those it follows. */
  of(node: N): readonly ObjectMeta[] {
    return this.#of(node);
  }

  /** Gives the frame back. */
  [Symbol.dispose](): void {
    this.frame.close();
  }
}
