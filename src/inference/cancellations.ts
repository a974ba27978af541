/** Signals that are still listened to although no request needs it: the next request of the same caller mostly has the same one. */
const MOST_IDLE = 1024;

interface Watched<T> {
  readonly requests: Set<T>;
  readonly listener: () => void;
}

/** Watches abort signals for many requests with one listener a signal: thousands may share the signal of one pipeline. */
export class Cancellations<T> {
  readonly #watched = new Map<AbortSignal, Watched<T>>();
  /** Of those, how many no request needs. */
  #idle = 0;

  constructor(readonly onAbort: (request: T, signal: AbortSignal) => void) {}

  /** Calls `onAbort` when `signal` aborts, unless it is forgotten before. */
  watch(signal: AbortSignal, request: T): void {
    const known = this.#watched.get(signal);
    if (known) {
      if (known.requests.size === 0) this.#idle--;
      known.requests.add(request);
      return;
    }
    const requests = new Set([request]);
    const listener = (): void => {
      this.#watched.delete(signal);
      if (requests.size === 0) this.#idle--;
      for (const each of requests) this.onAbort(each, signal);
    };
    this.#watched.set(signal, { requests, listener });
    signal.addEventListener('abort', listener, { once: true });
  }

  /** The request is settled; its signal matters no more. */
  forget(signal: AbortSignal, request: T): void {
    const known = this.#watched.get(signal);
    if (!known?.requests.delete(request) || known.requests.size > 0) return;
    if (++this.#idle > MOST_IDLE) this.release();
  }

  /** Lets go of signals that no request needs. */
  release(): void {
    for (const [signal, { requests, listener }] of this.#watched) {
      if (requests.size > 0) continue;
      signal.removeEventListener('abort', listener);
      this.#watched.delete(signal);
    }
    this.#idle = 0;
  }
}
