import type { Direction } from '../eyes.js';
import { Steady } from './steady.js';

/** Degrees, of the mean gaze of both eyes, and of half of what they differ by, which changes slowly: both look at one thing. */
const GAZE = { calmHz: 1.2, slack: 0.9, eagerHz: 12 };
const VERGENCE = { calmHz: 0.3, slack: 3, eagerHz: 1 };
/** Trust in an eye below which it says nothing of the gaze, and from which on the two are compared. */
const SILENT = 0.05;
const COMPARED = 0.6;

type Pair<T> = readonly [T, T];

/** The gaze of one person over time: of both eyes together, and of each where they differ. */
export class GazeTrack {
  readonly #mean = new Steady(GAZE);
  readonly #half = new Steady(VERGENCE);
  #last: Pair<Direction> | undefined;

  /** @param smoothed whether it is smoothed; else each eye says what it says */
  constructor(private readonly smoothed: boolean) {}

  /**
   * The gaze of each eye on the next frame. An eye that is not trusted follows the other, and where neither is, both stay where they were: behind closed
   * lids the networks see irises that are not there.
   */
  next(seen: Pair<Direction>, trusts: Pair<number>, seconds: number): Pair<Direction> {
    if (this.#last && Math.max(...trusts) < SILENT) return this.#last;
    this.#last = this.smoothed ? this.#steadied(seen, trusts, seconds) : seen;
    return this.#last;
  }

  #steadied([left, right]: Pair<Direction>, trusts: Pair<number>, seconds: number): Pair<Direction> {
    const [a, b] = [trusts[0] + 1e-3, trusts[1] + 1e-3];
    const differ = [(left.yaw - right.yaw) / 2, (left.pitch - right.pitch) / 2];
    const half = Math.min(...trusts) > COMPARED || !this.#half.value ? this.#half.next(differ, seconds) : this.#half.value;
    const [yaw, pitch] = half as Pair<number>;
    const mean = this.#mean.next(
      [(a * (left.yaw - yaw) + b * (right.yaw + yaw)) / (a + b), (a * (left.pitch - pitch) + b * (right.pitch + pitch)) / (a + b)],
      seconds,
    ) as Pair<number>;
    return [
      { yaw: mean[0] + yaw, pitch: mean[1] + pitch },
      { yaw: mean[0] - yaw, pitch: mean[1] - pitch },
    ];
  }
}
