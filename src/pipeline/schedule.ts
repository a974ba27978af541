import { type Pts, toMs } from '../core/index.js';

/** How often a node looks at a stream. */
export interface Rate {
  /** Every n-th frame that comes; 1 when absent. */
  readonly everyFrames?: number | undefined;
  /** One frame in so many seconds of media time, which then decides alone. */
  readonly everySeconds?: number | undefined;
}

/** ` on every 3. frame`, ` every 0.5 s`, or nothing, to be put behind what a node does. */
export function rateText({ everyFrames = 1, everySeconds }: Rate): string {
  if (everySeconds !== undefined) return ` every ${everySeconds} s`;
  return everyFrames === 1 ? '' : ` on every ${everyFrames}. frame`;
}

/** Times are sums of fractions: a frame that misses its slot by less is in it. */
const SLACK_MS = 1e-3;

/** Decides which frames of one stream a node looks at. Counts frames as they come, so that dropped frames shift nothing. */
export class Schedule {
  #count = 0;
  #originMs: number | undefined;
  #slot = -1;

  constructor(readonly rate: Rate) {}

  /** Whether the next frame is one to look at; to be asked once for each frame, in presentation order. The first always is. */
  due(pts: Pts): boolean {
    const { everyFrames = 1, everySeconds } = this.rate;
    if (everySeconds === undefined) return this.#count++ % everyFrames === 0;
    const timeMs = toMs(pts);
    this.#originMs ??= timeMs;
    const slot = Math.floor((timeMs - this.#originMs + SLACK_MS) / (everySeconds * 1000));
    if (slot === this.#slot) return false;
    this.#slot = slot;
    return true;
  }
}
