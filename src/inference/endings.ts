import type { SequenceEndReason, SequenceId } from './scheduling.js';

/** Why a sequence is not known any more; `expired`: it waited too long for a place. */
export type Ending = SequenceEndReason | 'expired';

/** Endings that are remembered. */
const LIMIT = 1024;

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Remembers for a while how sequences ended, so that a late request can be told why it is refused. */
export class Endings {
  readonly #endings = new Map<SequenceId, { readonly ending: Ending; readonly atMs: number; readonly lastMs: number }>();
  #forgotten = false;

  get size(): number {
    return this.#endings.size;
  }

  /** A sequence is over; its last request came, or was done, at `lastMs`. */
  remember(id: SequenceId, ending: Ending, atMs: number, lastMs: number): void {
    this.#endings.delete(id);
    this.#endings.set(id, { ending, atMs, lastMs });
    if (this.#endings.size <= LIMIT) return;
    this.#forgotten = true;
    this.#endings.delete(this.#endings.keys().next().value!);
  }

  /** Its id is in use again. */
  forget(id: SequenceId): void {
    this.#endings.delete(id);
  }

  /** Why there is no such sequence, for the end of a sentence. */
  why(id: SequenceId, nowMs: number): string {
    const found = this.#endings.get(id);
    if (!found) return this.#forgotten ? 'it was never started, or is over for long' : 'it was never started';
    const ago = `${seconds(nowMs - found.atMs)} ago`;
    switch (found.ending) {
      case 'idle':
        return `it was idle for ${seconds(nowMs - found.lastMs)} and its place was given up`;
      case 'cancelled':
        return `one of its requests was called off ${ago}, which ended it`;
      case 'lost':
        return `the instance that held its state was lost ${ago}`;
      case 'expired':
        return `it waited too long for a place and was given up ${ago}`;
      case 'end':
      case 'restarted':
      case 'unload':
        return `it ended ${ago}`;
    }
  }
}
