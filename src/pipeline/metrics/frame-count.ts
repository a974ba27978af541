import { EventRate } from '../../core/index.js';
import type { FrameRate } from './snapshot.js';

/** Counts frames and tells how fast they come. */
export class FrameCount {
  count = 0;
  readonly #recent: EventRate;
  #firstMs = Infinity;
  #lastMs = -Infinity;

  constructor(windowMs: number) {
    this.#recent = new EventRate(windowMs);
  }

  /** A frame at `nowMs`; where it took time, work on it began at `sinceMs`. */
  add(nowMs: number, sinceMs = nowMs): void {
    this.count++;
    if (sinceMs < this.#firstMs) this.#firstMs = sinceMs;
    if (nowMs > this.#lastMs) this.#lastMs = nowMs;
    this.#recent.add(nowMs);
  }

  /** Frames a second. */
  rate(nowMs: number): FrameRate {
    const tookMs = this.#lastMs - this.#firstMs;
    return { recent: this.#recent.perSecond(nowMs), mean: tookMs > 0 ? (this.count * 1000) / tookMs : 0 };
  }
}
