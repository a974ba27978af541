import { AV_NOPTS_VALUE } from 'node-av/constants';
import { type TimeBase, rescale } from '../../core/index.js';

/** Gives every frame a pts that rises: the container's own where it has one, else one frame duration after the last. */
export class Timing {
  readonly #step: bigint;
  #last: bigint | null = null;

  /** Without a frame rate, a missing pts is taken at 25 frames a second, as libav does for raw streams. */
  constructor(timeBase: TimeBase, frameRate: TimeBase = { num: 25, den: 1 }) {
    const step = rescale({ ticks: 1n, timeBase: { num: frameRate.den, den: frameRate.num } }, timeBase).ticks;
    this.#step = step > 0n ? step : 1n;
  }

  /** The pts to use for a frame that says `ticks`; a pts that does not rise is moved one tick past the last. */
  next(ticks: bigint): bigint {
    const last = this.#last;
    let at = ticks;
    if (ticks === AV_NOPTS_VALUE) at = last === null ? 0n : last + this.#step;
    else if (last !== null && ticks <= last) at = last + 1n;
    this.#last = at;
    return at;
  }

  /** Forgets the last frame, after a seek. */
  reset(): void {
    this.#last = null;
  }
}
