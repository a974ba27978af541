/** How a series is smoothed. */
export interface Steadiness {
  /** Cut-off in hertz for a series that only trembles. */
  readonly calmHz: number;
  /** Distance from the smoothed value that counts as trembling; what is beyond it is a movement. */
  readonly slack: number;
  /** Hertz that the cut-off rises for each `slack` beyond. */
  readonly eagerHz: number;
}

/** Cut-off of the mean distance, by which a slow drift is told from trembling: it shows long before it has left the slack. */
const DRIFT_HZ = 2;
/** Share of the slack that the mean distance may have. */
const DRIFT_SLACK = 0.3;

/** Share of the new value that a low-pass of first order takes after `seconds`. */
export const lowPassShare = (hz: number, seconds: number): number => 1 - Math.exp(-2 * Math.PI * hz * seconds);

/**
 * Smooths a series of vectors: strongly at rest, hardly in movement, as the One-Euro filter (Casiez et al. 2012) does. Unlike there, a movement is told by
 * the distance from the smoothed value and not by a speed that is itself smoothed: a saccade or a blink opens the filter on the frame it happens on.
 */
export class Steady {
  #value: number[] | undefined;
  #drift: number[] = [];

  constructor(private readonly steadiness: Steadiness) {}

  /** The smoothed value; undefined before the first one. */
  get value(): readonly number[] | undefined {
    return this.#value;
  }

  /** The next value, `seconds` after the last. The first one is taken as it is. `unit` is what a unit of `slack` measures in the values, where that changes. */
  next(raw: readonly number[], seconds: number, unit = 1): readonly number[] {
    const value = this.#value;
    if (!value || value.length !== raw.length) {
      this.#drift = raw.map(() => 0);
      this.#value = [...raw];
      return this.#value;
    }
    const { calmHz, eagerHz } = this.steadiness;
    const slack = this.steadiness.slack * unit;
    const driftShare = lowPassShare(DRIFT_HZ, seconds);
    const away = raw.map((entry, k) => entry - value[k]!);
    this.#drift = this.#drift.map((entry, k) => entry + (away[k]! - entry) * driftShare);
    const beyond = Math.max(0, rms(away) - slack, rms(this.#drift) - slack * DRIFT_SLACK);
    const share = lowPassShare(calmHz + (eagerHz * beyond) / slack, seconds);
    this.#value = value.map((entry, k) => entry + away[k]! * share);
    return this.#value;
  }

  /** Forgets all: the next value is taken as it is. */
  reset(): void {
    this.#value = undefined;
  }
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
