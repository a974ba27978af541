import type { Upstream } from './upstream.js';

/** A sequence as the router knows it. */
export interface HeldSequence {
  readonly key: string;
  /** Where it lives; undefined while that is not known. */
  upstream: Upstream | undefined;
  /** Why it lives nowhere any more: its server is gone. */
  lost: string | undefined;
  idleMs: number;
  usedMs: number;
  /** Requests that are at work or wait for their turn. */
  waiting: number;
  /** Settles when the last request so far has its answer. */
  turn: Promise<void>;
}

/** Triton's own, for models that name none. */
const IDLE_MS = 1000;

/** One key for a model's sequence; the number 7 and the text "7" are two sequences. */
export const sequenceKey = (model: string, id: bigint | string): string => `${typeof id === 'string' ? 't' : 'n'}${id}\n${model}`;

/** Where sequences live, and whose turn it is in each. What is neither used nor waited for is forgotten after its idle time. */
export class SequenceTable {
  readonly #held = new Map<string, HeldSequence>();

  /** Sequences that live on a server. */
  get size(): number {
    let count = 0;
    for (const { upstream } of this.#held.values()) if (upstream) count++;
    return count;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /**
   * Stands in line for a sequence. Requests of one sequence go to its server one at a time, in the order of these calls.
   * @returns the sequence, what to wait for, and what to call when the answer is there
   */
  enter(key: string, nowMs: number): { readonly held: HeldSequence; readonly before: Promise<void>; leave(nowMs: number): void } {
    const held = this.#held.get(key) ?? {
      key,
      upstream: undefined,
      lost: undefined,
      idleMs: IDLE_MS,
      usedMs: nowMs,
      waiting: 0,
      turn: Promise.resolve(),
    };
    this.#held.set(key, held);
    const before = held.turn;
    let next = (): void => {};
    held.turn = new Promise((resolve) => (next = resolve));
    held.waiting++;
    const leave = (atMs: number): void => {
      held.usedMs = atMs;
      held.waiting--;
      if (held.waiting === 0 && !held.upstream && held.lost === undefined) this.#held.delete(key);
      next();
    };
    return { held, before, leave };
  }

  /** Says where a sequence lives from now on, or that it is over. */
  place(held: HeldSequence, upstream: Upstream | undefined): void {
    if (held.upstream) held.upstream.sequences--;
    if (upstream) upstream.sequences++;
    held.upstream = upstream;
    held.lost = undefined;
  }

  /** Forgets what was idle for too long. */
  sweep(nowMs: number): void {
    for (const held of this.#held.values()) {
      if (held.waiting > 0 || nowMs - held.usedMs <= held.idleMs) continue;
      this.place(held, undefined);
      this.#held.delete(held.key);
    }
  }
}
