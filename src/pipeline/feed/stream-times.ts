import { type Frame, type Pts, type TimeBase, fromMs, rescale, toMs } from '../../core/index.js';

/** What becomes of the frames of a source that was opened again. */
export interface Continuation {
  /** Milliseconds that lie between the last frame and the next. */
  readonly gapMs: number;
}

/**
 * Numbers and times of one stream, whatever its source does: numbers rise by the source's own steps, and times rise over restarts. A seek leaves
 * times as the file has them.
 */
export class StreamTimes {
  #base = 0;
  #next = 0;
  #shift = 0n;
  #timeBase: TimeBase | undefined;
  #last: Pts | undefined;
  #ownMs: number | undefined;
  #stepTicks = 1n;
  #continuation: Continuation | undefined;

  /** Time of the last frame, as its source has it, in milliseconds; absent before the first. */
  get ownMs(): number | undefined {
    return this.#ownMs;
  }

  /** The next frame comes from a source that was opened again. */
  restarted(continuation: Continuation): void {
    this.#base = this.#next;
    this.#continuation = continuation;
  }

  /** The next frame comes from elsewhere in the file. */
  jumped(): void {
    this.#base = this.#next;
    this.#shift = 0n;
    this.#last = undefined;
    this.#continuation = undefined;
  }

  /** The frame with its place in the stream. Takes it over; what it gives back is the caller's. */
  place(frame: Frame): Frame {
    const timeBase = (this.#timeBase ??= frame.pts.timeBase);
    const own = sameTimeBase(frame.pts.timeBase, timeBase) ? frame.pts : rescale(frame.pts, timeBase);
    if (this.#continuation && this.#last) this.#shift = this.#continued(own.ticks, this.#last, this.#continuation);
    this.#continuation = undefined;
    this.#ownMs = toMs(own);
    const ticks = own.ticks + this.#shift;
    if (this.#last && ticks > this.#last.ticks) this.#stepTicks = ticks - this.#last.ticks;
    const number = this.#base + frame.number;
    this.#next = number + 1;
    if (number === frame.number && ticks === frame.pts.ticks && own === frame.pts) {
      this.#last = frame.pts;
      return frame;
    }
    this.#last = { ticks, timeBase };
    const placed = frame.retain('stream', { number, pts: this.#last });
    frame.close();
    return placed;
  }

  #continued(ticks: bigint, last: Pts, { gapMs }: Continuation): bigint {
    const gap = fromMs(gapMs, last.timeBase).ticks;
    return last.ticks + (gap > 0n ? gap : this.#stepTicks) - ticks;
  }
}

const sameTimeBase = (a: TimeBase, b: TimeBase): boolean => a.num === b.num && a.den === b.den;
