import type { FrameResult } from '../frame-result.js';

/** A file that a run left. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: number;
  /** What should be known of it, such as what became of the sound. */
  readonly note?: string;
}

/** Makes something for people out of the results of every stream. */
export interface Output extends AsyncDisposable {
  /** The next result of its stream; borrows it until this settles, which is the back-pressure. @throws Fault OUTPUT_FAILED */
  write(result: FrameResult): Promise<void>;
  /** Completes its files. Disposing without it leaves what was written so far. @throws Fault OUTPUT_FAILED */
  finish(): Promise<readonly OutputFile[]>;
}
