const BURST = 1000;
const PER_SECOND = 33;

/** Bounds how often requests are begun and given up again, which costs a client nothing and a server much. */
export class ResetBudget {
  #left = BURST;
  #lastMs = 0;

  /** Takes one; false when there is none left. */
  spend(nowMs: number): boolean {
    this.#left = Math.min(BURST, this.#left + ((nowMs - this.#lastMs) / 1000) * PER_SECOND);
    this.#lastMs = nowMs;
    this.#left--;
    return this.#left >= 0;
  }
}
