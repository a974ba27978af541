import { fail } from '../core/index.js';
import { FrameInterval } from './frame-interval.js';

/** A track outlives its limit up to this many frame intervals: the next frame in turn always has a say. */
const NEXT_FRAME = 1.5;

/** The time of one stream as a tracker sees it: never backwards, and measured in the stream's own frame intervals. */
export class TrackClock {
  /** Presentation time of the latest frame that was looked at, in milliseconds; undefined before the first. */
  nowMs: number | undefined;
  /** How many times as long the frame interval is since the latest step; 1 when it is as it was. */
  stretch = 1;
  readonly #interval = new FrameInterval();

  /** Goes on to the next frame that was looked at; answers the frame intervals passed. @throws Fault INVALID_ARGUMENT when time falls */
  advance(timeMs: number): number {
    const before = this.nowMs;
    this.#check('update', timeMs);
    this.nowMs = timeMs;
    this.stretch = 1;
    if (before === undefined) return 0;
    const interval = this.#interval.ms;
    this.#interval.add(timeMs - before);
    if (interval > 0) this.stretch = this.#interval.ms / interval;
    return this.#inIntervals(timeMs - before);
  }

  /** Frame intervals from the latest frame that was looked at to `timeMs`. @throws Fault INVALID_ARGUMENT when that is in the past */
  ahead(timeMs: number): number {
    this.#check('coast', timeMs);
    return this.nowMs === undefined ? 0 : this.#inIntervals(timeMs - this.nowMs);
  }

  /** Whether what was last seen at `seenMs` is out of date at `timeMs`, with a limit of `lostAfterMs`. */
  isOver(seenMs: number, timeMs: number, lostAfterMs: number): boolean {
    return timeMs - seenMs > Math.max(lostAfterMs, NEXT_FRAME * this.#interval.ms);
  }

  #inIntervals(ms: number): number {
    return this.#interval.ms > 0 ? ms / this.#interval.ms : 0;
  }

  #check(call: string, timeMs: number): void {
    if (!Number.isFinite(timeMs)) fail('INVALID_ARGUMENT', `tracker.${call}: timeMs is ${timeMs}; give the presentation time in milliseconds`);
    if (this.nowMs === undefined || timeMs >= this.nowMs) return;
    fail(
      'INVALID_ARGUMENT',
      `tracker.${call}: timeMs falls from ${this.nowMs} to ${timeMs}; give frames in presentation order, and call reset() where a stream begins anew`,
    );
  }
}
