import type { Frame, FrameMeta, ObjectMeta } from '../core/index.js';

/** What the pipeline found on one frame, with the frame. Whoever pulls it closes it (`using` does). `N` names the pipeline's nodes. */
export class FrameResult<N extends string = string> implements Disposable {
  constructor(
    readonly frame: Frame,
    readonly meta: FrameMeta,
  ) {}

  /** Objects of every node. */
  get objects(): readonly ObjectMeta[] {
    return this.meta.objects;
  }

  /** Objects that one node found. */
  of(node: N): readonly ObjectMeta[] {
    return this.meta.objects.filter((object) => object.node === node);
  }

  /** Gives the frame back. */
  [Symbol.dispose](): void {
    this.frame.close();
  }
}
