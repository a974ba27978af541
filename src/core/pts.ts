/** Seconds per tick, as a fraction: `{ num: 1, den: 90000 }` for RTP video. */
export interface TimeBase {
  readonly num: number;
  readonly den: number;
}

/** Presentation time in whole ticks of a time base; floats never enter the pipeline. */
export interface Pts {
  readonly ticks: bigint;
  readonly timeBase: TimeBase;
}

/** One tick a microsecond: the time base for clocks that have none of their own. */
export const MICROSECONDS: TimeBase = Object.freeze({ num: 1, den: 1_000_000 });

/** Change of clock: nearest tick, halves away from zero (as libav's AV_ROUND_NEAR_INF). */
export function rescale({ ticks, timeBase: from }: Pts, to: TimeBase): Pts {
  const n = ticks * BigInt(from.num) * BigInt(to.den);
  const d = BigInt(from.den) * BigInt(to.num);
  const half = d / 2n;
  return { ticks: (n < 0n ? n - half : n + half) / d, timeBase: to };
}

/** Milliseconds as a float, for people and plots; never for arithmetic in the pipeline. */
export function toMs({ ticks, timeBase }: Pts): number {
  return (Number(ticks) * timeBase.num * 1000) / timeBase.den;
}

/** Nearest tick to `ms` milliseconds. */
export function fromMs(ms: number, timeBase: TimeBase = MICROSECONDS): Pts {
  return rescale({ ticks: BigInt(Math.round(ms * 1000)), timeBase: MICROSECONDS }, timeBase);
}

/** Negative, zero or positive, whatever the two time bases; exact. */
export function comparePts(a: Pts, b: Pts): number {
  const left = a.ticks * BigInt(a.timeBase.num) * BigInt(b.timeBase.den);
  const right = b.ticks * BigInt(b.timeBase.num) * BigInt(a.timeBase.den);
  return left < right ? -1 : left > right ? 1 : 0;
}
