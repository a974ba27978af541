import type { RestartConfig } from '../config-sources.js';

/** How a source came to its end. */
export type Ending = 'end' | 'fault';

/** Decides whether and when a source is opened again. Pure: waits are told, not made. */
export class Restarts {
  #row = 0;
  #count = 0;

  constructor(readonly rules: RestartConfig) {}

  /** Times that the source was opened again. */
  get count(): number {
    return this.#count;
  }

  /** A frame came: the next failure is the first again. */
  healthy(): void {
    this.#row = 0;
  }

  /** Milliseconds to wait before the source is opened again; undefined when it is not. */
  next(ending: Ending): number | undefined {
    const { when, firstDelayMs, maxDelayMs, attempts = Infinity } = this.rules;
    if (when === 'never' || (when === 'on-error' && ending === 'end') || this.#row >= attempts) return undefined;
    const row = this.#row++;
    this.#count++;
    // A file that came to its end begins anew at once; one that has no frames at all does not spin.
    if (ending === 'end' && row === 0) return 0;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** row);
  }
}
