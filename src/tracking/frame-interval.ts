/** Gaps that the median is taken of. */
const KEPT = 15;

/**
 * How far apart a stream's frames are: the median of its latest gaps, so that dropped frames, a jump and jitter do not move it.
 * Only frames that were looked at count: a stream sampled twice a second has an interval of 500 ms.
 */
export class FrameInterval {
  /** Milliseconds; 0 until two frames at different times are known. */
  ms = 0;
  readonly #gaps = new Float64Array(KEPT);
  readonly #sorted = new Float64Array(KEPT);
  #count = 0;

  /** Takes in the next gap. Gaps of 0 say nothing. */
  add(gapMs: number): void {
    if (!(gapMs > 0)) return;
    this.#gaps[this.#count++ % KEPT] = gapMs;
    const known = Math.min(this.#count, KEPT);
    const sorted = this.#sorted;
    for (let i = 0; i < known; i++) {
      const gap = this.#gaps[i]!;
      let at = i;
      for (; at > 0 && sorted[at - 1]! > gap; at--) sorted[at] = sorted[at - 1]!;
      sorted[at] = gap;
    }
    this.ms = sorted[(known - 1) >> 1]!;
  }
}
