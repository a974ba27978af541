import { Fault } from '../core/index.js';
import type { FrameResult } from './frame-result.js';
import type { PipelineRun, Wanting } from './pipeline-run.js';
import type { RunSummary } from './run-summary.js';

/** A stream whose result waits to be asked for. */
interface Waiting {
  readonly stream: string;
  readonly go: (wanted: boolean) => void;
}

/**
 * Hands results to a reader one by one. The result of a stream that runs alone goes nowhere before it is asked for: nothing is written to sinks
 * that the reader did not pull. Of several streams each may be one result ahead, since an output may join them.
 */
class Counter<N extends string> {
  #asked = false;
  #begun = false;
  #given: FrameResult<N>[] = [];
  #waiting: Waiting[] = [];
  #over: { readonly error?: unknown } | undefined;
  #wake = (): void => {};

  /** Resolves when the stream's result may go on its way; false when nobody will ask any more. */
  wanted({ stream, alone, signal }: Wanting): Promise<boolean> {
    if (this.#over || signal.aborted) return Promise.resolve(false);
    if (this.#asked || (this.#begun && !alone && !this.#holds(stream))) {
      this.#asked = false;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const go = (wanted: boolean): void => {
        signal.removeEventListener('abort', gone);
        resolve(wanted);
      };
      const gone = (): void => {
        this.#waiting = this.#waiting.filter((each) => each.go !== go);
        resolve(false);
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#waiting.push({ stream, go });
    });
  }

  give(result: FrameResult<N>): void {
    this.#given.push(result);
    this.#wake();
  }

  /** Nothing more will be given, or be asked for. */
  end(over: { readonly error?: unknown } = {}): void {
    this.#over ??= over;
    for (const { go } of this.#waiting.splice(0)) go(false);
    this.#wake();
  }

  async ask(): Promise<FrameResult<N> | undefined> {
    this.#begun = true;
    this.#release();
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

  #holds(stream: string): boolean {
    return this.#given.some(({ meta }) => meta.stream === stream);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ stream }) => this.#holds(stream));
    const released = waiting.filter((each) => !this.#waiting.includes(each));
    for (const { go } of released) go(true);
    this.#asked = released.length === 0 && this.#given.length === 0;
  }
}

/** Drives a run for one reader who pulls its results. Whoever pulls one closes it; when the loop is left early, frames at work are dropped. */
export async function* pulledResults<N extends string>(
  run: PipelineRun<N>,
  signal: AbortSignal,
  onStart: (summary: Promise<RunSummary>) => void,
): AsyncGenerator<FrameResult<N>, void, undefined> {
  const counter = new Counter<N>();
  const summary = run.start({ signal, keepOpen: false, wanted: (wanting) => counter.wanted(wanting), take: (result) => counter.give(result) });
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
