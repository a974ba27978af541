import type { FormatContext } from 'node-av/lib';
import { fail, throwIfAborted } from '../../core/index.js';

/** When to give up waiting for a network source. */
export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest that one call may wait for data; without end when absent. */
  readonly stallAfterMs?: number | undefined;
}

/**
 * Ends calls that wait for a network which has gone quiet. libav's own time limits differ from protocol to protocol, or are not there;
 * its interrupt works for all of them, and at once.
 */
export class Watch {
  #stalled = false;
  #given = false;
  #closed = false;

  constructor(
    readonly uri: string,
    readonly format: FormatContext,
    readonly stallAfterMs?: number | undefined,
  ) {}

  /** Makes the call under way, and every later one, fail. */
  interrupt(): void {
    this.#given = true;
    if (!this.#closed) this.format.interrupt();
  }

  /** The container is about to be closed: from now on there is nothing to interrupt. */
  close(): void {
    this.#closed = true;
  }

  /** Runs a call that reads, and ends it when no data comes. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    if (this.stallAfterMs === undefined) return call();
    const timer = setTimeout(() => {
      this.#stalled = true;
      this.interrupt();
    }, this.stallAfterMs);
    try {
      return await call();
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws Fault UNAVAILABLE when a call was ended because no data came */
  throwIfStalled(): void {
    if (this.#stalled) fail('UNAVAILABLE', `${this.uri}: no data for ${this.stallAfterMs! / 1000} s`);
  }

  /** True once calls have been ended, for whatever reason: what they answer is no damage of the stream. */
  get interrupted(): boolean {
    return this.#given;
  }
}

/** Runs `work` such that an abort of `signal` ends its calls. @throws Fault CANCELLED on abort, UNAVAILABLE on a stall */
export async function watched<T>(watch: Watch, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const interrupt = (): void => watch.interrupt();
  throwIfAborted(signal);
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } catch (error) {
    throwIfAborted(signal);
    watch.throwIfStalled();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
