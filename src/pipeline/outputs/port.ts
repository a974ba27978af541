import type { NodeTiming } from '../../analytics/index.js';
import type { MediaLosses, VideoSource } from '../../media/index.js';
import type { FrameResult } from '../frame-result.js';

/** A file that a run left. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: number;
  /** What it holds, in a few words. */
  readonly holds: string;
  /** What should be known of it, such as what became of the sound. */
  readonly note?: string;
}

/** What an output learns when the run is over. */
export interface Finished {
  readonly elapsedMs: number;
  /** Whether it was stopped before the end of its sources. */
  readonly interrupted: boolean;
  /** Files that are complete by now: outputs are finished in the order of the configuration, reports last. */
  readonly files: readonly OutputFile[];
  /** What the sources lost, by stream. */
  readonly losses: ReadonlyMap<string, MediaLosses>;
  /** How long nodes took, of all streams together. */
  readonly timings: readonly NodeTiming[];
}

/** Makes something for people out of the results of every stream. */
export interface Output extends AsyncDisposable {
  /** A stream joins, before its first result; one that ended may come back under its name. @throws Fault OUTPUT_FAILED */
  addStream(name: string, source: VideoSource): Promise<void>;
  /** A stream ended, failed or was removed: what is complete without it is completed, and other streams go on. A stream that is not known is none. @throws Fault OUTPUT_FAILED */
  endStream(name: string): Promise<void>;
  /** Where it can be looked at while it runs, such as `http://127.0.0.1:8090/`; absent where it leaves files alone. */
  readonly address?: string;
  /** The next result of its stream; borrows it until this settles, which is the back-pressure. @throws Fault OUTPUT_FAILED */
  write(result: FrameResult): Promise<void>;
  /** Completes its files. Disposing without it leaves what was written so far. @throws Fault OUTPUT_FAILED */
  finish(run: Finished): Promise<readonly OutputFile[]>;
}
