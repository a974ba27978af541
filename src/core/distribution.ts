import { Generations } from './generations.js';
import { type Figures, ValueTally, bucketOf, figuresOf } from './value-tally.js';

/** Upper bounds for times in milliseconds, as histograms of Prometheus show them: 0.05 ms to a minute. */
export const MS_BOUNDS: readonly number[] = Object.freeze([
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
]);

/** Figures over everything, and over the last seconds. */
export interface DistributionReading extends Figures {
  /** The last seconds; `spanMs` is how far they reach back. */
  readonly recent: Figures & { readonly spanMs: number };
}

/** How many values are at most as large as a bound. */
export interface BoundCount {
  /** The bound; Infinity in the last. */
  readonly atMost: number;
  readonly count: number;
}

/**
 * How values are distributed, over everything and of late: mean, largest and quantiles within 5 %, and exact counts by bound for Prometheus.
 * O(1) to record and of constant size (about 7 KiB). The caller says what time it is.
 */
export class Distribution {
  readonly #whole = new ValueTally();
  #current = new ValueTally();
  #previous = new ValueTally();
  readonly #generations: Generations;
  readonly #bounds: readonly number[];
  /** By bound, and those above the last. */
  readonly #between: Float64Array;

  /** `bounds` rise; `windowMs` is how far back "of late" reaches on average. */
  constructor({ bounds = MS_BOUNDS, windowMs = 10_000 }: { readonly bounds?: readonly number[]; readonly windowMs?: number } = {}) {
    this.#bounds = bounds;
    this.#between = new Float64Array(bounds.length + 1);
    this.#generations = new Generations(windowMs);
  }

  /** Takes a value in. One that is no number is left out: a single one would spoil the sum for ever. */
  record(value: number, nowMs: number): void {
    if (!Number.isFinite(value)) return;
    this.#turn(nowMs);
    const bucket = bucketOf(value);
    this.#whole.add(value, bucket);
    this.#current.add(value, bucket);
    this.#between[this.#placeOf(value)]!++;
  }

  /** The figures at `nowMs`. */
  reading(nowMs: number): DistributionReading {
    this.#turn(nowMs);
    const recent = { ...figuresOf([this.#current, this.#previous]), spanMs: this.#generations.spanMs(nowMs) };
    return { ...figuresOf([this.#whole]), recent };
  }

  /** Values recorded. */
  get count(): number {
    return this.#whole.count;
  }

  /** Sum of the values recorded. */
  get sum(): number {
    return this.#whole.sum;
  }

  /** Values up to each bound, rising; the last counts all. */
  boundCounts(): BoundCount[] {
    let count = 0;
    return [...this.#bounds, Infinity].map((atMost, at) => ({ atMost, count: (count += this.#between[at]!) }));
  }

  /** The first bound that is not below the value. */
  #placeOf(value: number): number {
    let [from, to] = [0, this.#bounds.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#bounds[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #turn(nowMs: number): void {
    const turned = this.#generations.turn(nowMs);
    if (turned === 0) return;
    [this.#current, this.#previous] = [this.#previous, this.#current];
    this.#current.clear();
    if (turned === 2) this.#previous.clear();
  }
}
