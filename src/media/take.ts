import { type Pts, fail, toMs } from '../core/index.js';

/** Which frames of a stream are given out. With both settings a frame must be wanted by both, numbers first. */
export interface Take {
  /** The first frame and every n-th after it, by position in the stream: 3 gives frames 0, 3, 6... */
  readonly everyFrames?: number | undefined;
  /** The first frame, and then the first one at or after each further so many seconds of the stream's own time. */
  readonly everySeconds?: number | undefined;
}

/** Says of each frame, in order, whether it is given out. */
export type FrameTaker = (number: number, pts: Pts) => boolean;

const always: FrameTaker = () => true;

/** Half a millisecond: times that are meant to be the same differ by rounding. */
const NEAR_MS = 0.5;

function bySeconds(seconds: number): FrameTaker {
  const stepMs = seconds * 1000;
  let firstMs: number | undefined;
  let dueMs = -Infinity;
  return (_number, pts) => {
    const nowMs = toMs(pts);
    // Time that goes back, as a camera's clock may, begins anew.
    if (firstMs === undefined || nowMs < dueMs - stepMs - NEAR_MS) [firstMs, dueMs] = [nowMs, nowMs];
    if (nowMs < dueMs - NEAR_MS) return false;
    dueMs = firstMs + (Math.floor((nowMs - firstMs + NEAR_MS) / stepMs) + 1) * stepMs;
    return true;
  };
}

/** A taker for one pass over a stream. @throws Fault INVALID_ARGUMENT */
export function frameTaker({ everyFrames, everySeconds }: Take = {}): FrameTaker {
  if (everyFrames !== undefined && !(Number.isSafeInteger(everyFrames) && everyFrames >= 1))
    fail('INVALID_ARGUMENT', `take.everyFrames ${everyFrames} must be a whole number of at least 1`);
  if (everySeconds !== undefined && !(Number.isFinite(everySeconds) && everySeconds > 0))
    fail('INVALID_ARGUMENT', `take.everySeconds ${everySeconds} must be above 0`);
  const byTime = everySeconds === undefined ? always : bySeconds(everySeconds);
  if (everyFrames === undefined) return byTime;
  return (number, pts) => number % everyFrames === 0 && byTime(number, pts);
}
