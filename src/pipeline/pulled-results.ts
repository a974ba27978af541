import { Fault } from '../core/index.js';
import type { FrameResult } from './frame-result.js';
import type { PipelineRun } from './pipeline-run.js';
import type { RunSummary } from './run-summary.js';

/** Hands results to a reader one by one, each only when it is asked for: nothing is written to sinks that the reader did not pull. */
class Counter<N extends string> {
  #asked = 0;
  #given: FrameResult<N>[] = [];
  #waiting: ((go: boolean) => void)[] = [];
  #over: { readonly error?: unknown } | undefined;
  #wake = (): void => {};

  /** Resolves when a result is asked for; false when nobody will ask any more. */
  wanted(signal: AbortSignal): Promise<boolean> {
    if (this.#over || signal.aborted) return Promise.resolve(false);
    if (this.#asked > 0) {
      this.#asked--;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const go = (wanted: boolean): void => {
        signal.removeEventListener('abort', gone);
        resolve(wanted);
      };
      const gone = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== go);
        resolve(false);
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#waiting.push(go);
    });
  }

  give(result: FrameResult<N>): void {
    this.#given.push(result);
    this.#wake();
  }

  /** Nothing more will be given, or be asked for. */
  end(over: { readonly error?: unknown } = {}): void {
    this.#over ??= over;
    for (const go of this.#waiting.splice(0)) go(false);
    this.#wake();
  }

  async ask(): Promise<FrameResult<N> | undefined> {
    const go = this.#waiting.shift();
    if (go) go(true);
    else this.#asked++;
    for (;;) {
      const result = this.#given.shift();
      if (result) return result;
      if (this.#over) {
        if ('error' in this.#over) throw this.#over.error;
        return undefined;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Closes what was given and not taken. */
  close(): void {
    this.end();
    for (const result of this.#given.splice(0)) result[Symbol.dispose]();
  }
}

/** Drives a run for one reader who pulls its results. Whoever pulls one closes it; when the loop is left early, frames at work are dropped. */
export async function* pulledResults<N extends string>(
  run: PipelineRun<N>,
  signal: AbortSignal,
  onStart: (summary: Promise<RunSummary>) => void,
): AsyncGenerator<FrameResult<N>, void, undefined> {
  const counter = new Counter<N>();
  const summary = run.start({ signal, keepOpen: false, wanted: (gone) => counter.wanted(gone), take: (result) => counter.give(result) });
  onStart(summary);
  summary.then(
    () => counter.end(),
    (error: unknown) => counter.end({ error }),
  );
  let left = true;
  try {
    for (let result = await counter.ask(); result; result = await counter.ask()) yield result;
    left = false;
  } catch (error) {
    left = false;
    throw error;
  } finally {
    counter.close();
    if (left) {
      run.leave(new Fault('CANCELLED', 'the reader left'));
      await summary;
    }
  }
}
