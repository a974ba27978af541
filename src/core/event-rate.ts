import { Generations } from './generations.js';

/** Less time than this is too little to tell a rate from. */
const LEAST_SPAN_MS = 1000;

/** How often something happens, of late: O(1) to count, and of constant size. */
export class EventRate {
  readonly #generations: Generations;
  #current = 0;
  #previous = 0;

  /** `windowMs`: how far back the rate looks, on average. */
  constructor(windowMs = 10_000) {
    this.#generations = new Generations(windowMs);
  }

  /** It happened `count` times. */
  add(nowMs: number, count = 1): void {
    this.#turn(nowMs);
    this.#current += count;
  }

  /** Times a second. In the first second it is told as if that second were over. */
  perSecond(nowMs: number): number {
    this.#turn(nowMs);
    return ((this.#current + this.#previous) * 1000) / Math.max(LEAST_SPAN_MS, this.#generations.spanMs(nowMs));
  }

  #turn(nowMs: number): void {
    const turned = this.#generations.turn(nowMs);
    if (turned === 0) return;
    this.#previous = turned === 1 ? this.#current : 0;
    this.#current = 0;
  }
}
