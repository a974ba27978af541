import type { EventMeta } from '../core/index.js';
import type { PlanState } from './plan-chooser.js';
import type { FrameFailure, StreamStateEvent } from './stream-driver.js';

/** What a pipeline tells those who listen, by kind. */
export interface PipelineEvents<_N extends string = string> {
  /** Something happened on a stream, such as a line that was crossed. */
  readonly event: EventMeta;
  /** A stream came into another state. */
  readonly stream: StreamStateEvent;
  /** A frame of a realtime stream got no result. */
  readonly 'frame-failed': FrameFailure;
  /** Nothing has moved on a stream for long; the text says who waits for whom. */
  readonly stalled: { readonly stream: string; readonly text: string };
  /** The plan was settled by measurement. */
  readonly plan: PlanState;
}
