import type { Frame } from '../../core/index.js';

/** A frame as it enters the pipeline. Disposing closes the frame. */
export class Arrival implements Disposable {
  /** When it was captured or due, on the monotonic clock; absent offline. */
  capturedMs: number | undefined;

  constructor(
    readonly frame: Frame,
    /** True for the first frame after a seek: what nodes know of the stream does not hold any more. */
    readonly jumped: boolean,
    /** True where media time and clock have to be laid against each other anew: at the start, after a pause, a seek or a restart. */
    readonly anchor: boolean,
  ) {}

  [Symbol.dispose](): void {
    this.frame.close();
  }
}
