import type { PlainValue } from './plain-value.js';
import type { RunNotes } from './run-notes.js';
import type { SeenFrame } from './seen-frame.js';

/** What a run gave and did. */
export interface RunOutcome {
  /** Undefined where it gave nothing. */
  readonly value: PlainValue | undefined;
  readonly notes: RunNotes;
}

/** An algorithm at work on one stream, wherever it runs. */
export interface AlgorithmInstance {
  /**
   * One run; never two at a time. The frames, oldest first, are borrowed until it settles. On abort it settles when the algorithm does, or
   * when its thread has ended. @throws what the algorithm throws
   */
  run(frames: readonly SeenFrame[], signal: AbortSignal): Promise<RunOutcome>;
  /** Ends it; not during a run. @throws what the algorithm throws */
  close(): Promise<void>;
}
