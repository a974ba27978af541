import type { Log } from '../core/index.js';

/** Takes an event of its kind. */
export type Listener<T> = (event: T) => void;

/** Listeners by kind of event. One that throws is told of in the log and disturbs nobody. */
export class Listeners<E> {
  readonly #all = new Map<keyof E, Set<Listener<never>>>();

  constructor(readonly log: Log) {}

  /** Returns the way out. */
  on<K extends keyof E>(kind: K, listener: Listener<E[K]>): () => void {
    let listening = this.#all.get(kind);
    if (!listening) this.#all.set(kind, (listening = new Set()));
    // A wrapper, so that the same function may listen twice.
    const own = ((event: E[K]) => listener(event)) as Listener<never>;
    listening.add(own);
    return () => void listening.delete(own);
  }

  emit<K extends keyof E>(kind: K, event: E[K]): void {
    for (const listener of this.#all.get(kind) ?? []) {
      try {
        (listener as unknown as Listener<E[K]>)(event);
      } catch (error) {
        this.log.error(`a listener of "${String(kind)}" failed: ${String(error)}`, { error });
      }
    }
  }
}
