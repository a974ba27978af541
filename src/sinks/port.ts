import type { EventMeta, FrameMeta } from '../core/index.js';

/** Where results go. One writer at a time; `write` may be called again before the last one settled. */
export interface Sink extends AsyncDisposable {
  /** Takes the results of one frame and what happened on it; resolves when the sink is ready for more, which is the back-pressure. @throws Fault OUTPUT_FAILED */
  write(meta: FrameMeta, events?: readonly EventMeta[]): Promise<void>;
  /** Writes out everything taken so far and closes. Disposing does the same but never throws. @throws Fault OUTPUT_FAILED */
  finish(): Promise<void>;
}
