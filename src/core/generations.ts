/**
 * Tells when a sliding window of two generations turns: what is recorded goes to the current one, readings take both. So a window costs two
 * tallies whatever its length, and reaches back between two thirds and four thirds of it.
 */
export class Generations {
  readonly #lengthMs: number;
  /** When the current generation began; undefined before anything was recorded. */
  #startMs: number | undefined;
  #hasPrevious = false;

  /** `windowMs`: how far the window reaches back, on average. */
  constructor(windowMs: number) {
    this.#lengthMs = (windowMs * 2) / 3;
  }

  /** How many generations have gone by since the last call: with 1 the current becomes the previous one, with 2 both are out of date. */
  turn(nowMs: number): 0 | 1 | 2 {
    if (this.#startMs === undefined) {
      this.#startMs = nowMs;
      return 0;
    }
    const passed = Math.floor((nowMs - this.#startMs) / this.#lengthMs);
    if (passed < 1) return 0;
    this.#startMs += passed * this.#lengthMs;
    this.#hasPrevious = true;
    return passed === 1 ? 1 : 2;
  }

  /** Time that both generations cover, in milliseconds; to be asked after `turn`. */
  spanMs(nowMs: number): number {
    if (this.#startMs === undefined) return 0;
    return Math.max(0, nowMs - this.#startMs) + (this.#hasPrevious ? this.#lengthMs : 0);
  }
}
