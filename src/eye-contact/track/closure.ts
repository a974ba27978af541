/** Openness of an eye that nothing is known of yet: least and most that the first frame is believed. */
const FIRST = [0.15, 0.42] as const;
/** The open eye is the share of openings below it; what is wider is surprise. */
const QUANTILE = 0.75;
/** How fast the open eye is learnt, as a share of itself a second: quicker at first, for who begins with a blink. */
const LEARN = { first: 0.8, later: 0.08, seconds: 3 };
/** Shares of the open eye at which an eye counts as all open, and as closed. */
const OPEN = 0.8;
const SHUT = 0.22;

/**
 * How far one eye is closed, measured by how wide this person's eye mostly is: a narrow eye is not a closing one. Learns as it goes.
 */
export class Closure {
  #open: number | undefined;
  #known = 0;

  /** Openness of this person's open eye, as far as it is known. */
  get open(): number {
    return this.#open ?? (FIRST[0] + FIRST[1]) / 2;
  }

  /** From 0 (open) to 1 (closed), on the next frame, `seconds` after the last. */
  next(openness: number, seconds: number): number {
    this.#open ??= Math.max(FIRST[0], Math.min(FIRST[1], openness));
    const closure = Math.max(0, Math.min(1, (OPEN - openness / this.#open) / (OPEN - SHUT)));
    this.#known += seconds;
    const rate = (this.#known < LEARN.seconds ? LEARN.first : LEARN.later) * seconds * this.#open;
    // The step of a running quantile: up by its share, down by the rest, so that it settles where both are as frequent.
    this.#open += rate * (openness > this.#open ? QUANTILE : QUANTILE - 1);
    return closure;
  }
}
