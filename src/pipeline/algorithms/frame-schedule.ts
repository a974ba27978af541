import { type Pts, comparePts } from '../../core/index.js';

/** Which frames an algorithm gets, and when. */
export interface Sampling {
  /** Frames of one run, from 1. */
  readonly frameCount: number;
  /** Frames from one chosen frame to the next; 0 is 1 with `whenShort: partial`. */
  readonly frameStep: number;
  /** Media time from one run to the next, in seconds; 0 runs on every frame. */
  readonly interval: number;
  /** Whether the first run is due at once or when `interval` has passed. */
  readonly firstRun: 'immediate' | 'interval';
  /** What becomes of a run that is due before there are frames enough: left out, put off until there are, or done with those that are there. */
  readonly whenShort: 'skip' | 'wait' | 'partial';
}

/** What is to be done on one frame. */
export interface FrameChoice {
  /** How many frames back each chosen frame lies, oldest first, 0 for the newest; empty where no run is due. */
  readonly ages: readonly number[];
  /** True where time went back: frames before this one are forgotten. */
  readonly forgets: boolean;
}

const NANOSECONDS = 1_000_000_000n;

/** Nanoseconds from one time to another as a fraction, exact whatever the time bases. */
function elapsed(from: Pts, to: Pts): { readonly over: bigint; readonly under: bigint } {
  const [fromDen, toDen] = [BigInt(from.timeBase.den), BigInt(to.timeBase.den)];
  const ticks = to.ticks * BigInt(to.timeBase.num) * fromDen - from.ticks * BigInt(from.timeBase.num) * toDen;
  return { over: ticks * NANOSECONDS, under: fromDen * toDen };
}

/**
 * Decides, frame by frame, when an algorithm runs and on which frames. Runs are due at whole multiples of the interval since the first frame,
 * in media time, each on the first frame at or after it: so they do not drift, whatever the frame rate, and a gap costs the runs in it, not
 * more. Knows no clock but the frames' own.
 */
export class FrameSchedule {
  /** Frames before the newest that a run may ask for. */
  readonly depth: number;
  /** Runs that were left out because there were too few frames. */
  short = 0;
  /** Runs that were due while no frame came. */
  missed = 0;
  readonly #step: number;
  readonly #whenShort: Sampling['whenShort'];
  readonly #intervalNs: bigint;
  readonly #firstSlot: bigint;
  readonly #allAges: readonly number[];
  #start: Pts | null = null;
  #last: Pts | null = null;
  #slot = 0n;
  #held = 0;

  constructor({ frameCount, frameStep, interval, firstRun, whenShort }: Sampling) {
    this.#step = Math.max(1, frameStep);
    this.#whenShort = frameStep === 0 ? 'partial' : whenShort;
    this.depth = (frameCount - 1) * this.#step;
    this.#intervalNs = BigInt(Math.round(interval * 1e9));
    this.#firstSlot = firstRun === 'immediate' ? 0n : 1n;
    this.#allAges = Array.from({ length: frameCount }, (_, at) => (frameCount - 1 - at) * this.#step);
  }

  /** Takes the next frame in. */
  next(pts: Pts): FrameChoice {
    const forgets = this.#last !== null && comparePts(pts, this.#last) < 0;
    if (forgets || !this.#start) this.#begin(pts);
    this.#last = pts;
    this.#held = Math.min(this.#held + 1, this.depth + 1);
    const slot = this.#slotAt(pts);
    return { ages: slot < this.#slot ? [] : this.#choose(slot), forgets };
  }

  #begin(pts: Pts): void {
    this.#start = pts;
    this.#held = 0;
    this.#slot = this.#firstSlot;
  }

  /** The last slot at or before `pts`. */
  #slotAt(pts: Pts): bigint {
    if (this.#intervalNs === 0n) return this.#slot;
    const { over, under } = elapsed(this.#start!, pts);
    return over / (under * this.#intervalNs);
  }

  #choose(slot: bigint): readonly number[] {
    const isShort = this.#held <= this.depth;
    if (isShort && this.#whenShort === 'wait') return [];
    if (this.#intervalNs !== 0n) {
      this.missed += Number(slot - this.#slot);
      this.#slot = slot + 1n;
    }
    if (!isShort) return this.#allAges;
    if (this.#whenShort === 'partial') return this.#allAges.filter((age) => age < this.#held);
    this.short++;
    return [];
  }
}
