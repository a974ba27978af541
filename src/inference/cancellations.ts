/** Watches abort signals for many requests with one listener a signal: thousands may share the signal of one pipeline. */
export class Cancellations<T> {
  #watched = new Map<AbortSignal, { readonly requests: Set<T>; readonly listener: () => void }>();

  constructor(readonly onAbort: (request: T, signal: AbortSignal) => void) {}

  /** Calls `onAbort` when `signal` aborts, unless it is forgotten before. */
  watch(signal: AbortSignal, request: T): void {
    const known = this.#watched.get(signal);
    if (known) {
      known.requests.add(request);
      return;
    }
    const requests = new Set([request]);
    const listener = (): void => {
      this.#watched.delete(signal);
      for (const each of requests) this.onAbort(each, signal);
    };
    this.#watched.set(signal, { requests, listener });
    signal.addEventListener('abort', listener, { once: true });
  }

  /** The request is settled; its signal matters no more. */
  forget(signal: AbortSignal, request: T): void {
    const known = this.#watched.get(signal);
    if (!known?.requests.delete(request) || known.requests.size > 0) return;
    signal.removeEventListener('abort', known.listener);
    this.#watched.delete(signal);
  }
}
