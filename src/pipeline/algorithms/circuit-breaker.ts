import type { BreakerState } from '../../core/index.js';

/** When an algorithm that keeps failing is left alone, and for how long. */
export interface BreakerRules {
  /** Failures without a success between them, from 1. */
  readonly breakAfter: number;
  readonly retryAfterMs: number;
}

/**
 * Leaves an algorithm alone that keeps failing: after so many failures in a row it opens; when the wait is over, one run tries again, which
 * closes it or opens it anew. Time comes in, and is media time, so that a run over a file gives the same each time.
 */
export class CircuitBreaker {
  #state: BreakerState = 'closed';
  #consecutive = 0;
  #openedAtMs = 0;

  constructor(readonly rules: BreakerRules) {}

  get state(): BreakerState {
    return this.#state;
  }

  /** Failures since the last success. */
  get consecutive(): number {
    return this.#consecutive;
  }

  /** Whether a run may begin; one that began must be told of by {@link succeeded} or {@link failed}. */
  allows(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'half-open') return false;
    // A seek back leaves the opening in the future.
    if (nowMs >= this.#openedAtMs && nowMs - this.#openedAtMs < this.rules.retryAfterMs) return false;
    this.#state = 'half-open';
    return true;
  }

  succeeded(): void {
    this.#state = 'closed';
    this.#consecutive = 0;
  }

  failed(nowMs: number): void {
    this.#consecutive++;
    if (this.#state === 'closed' && this.#consecutive < this.rules.breakAfter) return;
    this.#state = 'open';
    this.#openedAtMs = nowMs;
  }
}
