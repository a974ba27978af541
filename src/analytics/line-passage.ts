import type { CrossingDirection, Point } from '../core/index.js';
import { type Side, distanceRightPx, passesBetween, sideOf } from './line-geometry.js';
import type { Line } from './port.js';

/** What is remembered of one track at one line. */
export interface Passage {
  /** The side on which the track was settled last; undefined while it has been on the line ever since it appeared. */
  settled: Side | undefined;
  /** Where it was seen last. */
  last: Point | undefined;
  /** Passages between the line's two points since it was settled: those to the right less those to the left. */
  through: number;
  /** The side beyond the band on which it was seen last, and how many times running. */
  beyond: Side | undefined;
  streak: number;
}

/** A track that has not been seen yet. */
export const newPassage = (): Passage => ({ settled: undefined, last: undefined, through: 0, beyond: undefined, streak: 0 });

/** An anchor this near the line is on it: twice what a detector's lower edge trembles by in nine of ten steps (docs/adr tells how it was measured). */
const BAND = { ofHeight: 0.06, leastPx: 2 };

/** Seen this often running beyond the band, it is settled. A box cut short by something in front of it for one frame is not. */
const SETTLED_SIGHTINGS = 2;

/** Further than this from the line, once is enough: a lower edge that hides behind something does not move further than that. */
const FAR_OF_HEIGHT = 0.6;

function follow(passage: Passage, line: Line, at: Point): void {
  const { last } = passage;
  passage.last = at;
  if (last === undefined) return;
  const side = sideOf(line, at);
  if (side !== sideOf(line, last) && passesBetween(line, last, at)) passage.through += side === 'right' ? 1 : -1;
}

/** The side on which the track is certain to be now, if any. */
function settledSide(passage: Passage, line: Line, at: Point, heightPx: number): Side | undefined {
  const distancePx = Math.abs(distanceRightPx(line, at));
  if (distancePx <= Math.max(BAND.leastPx, BAND.ofHeight * heightPx)) {
    passage.streak = 0;
    return undefined;
  }
  const side = sideOf(line, at);
  passage.streak = passage.streak > 0 && passage.beyond === side ? passage.streak + 1 : 1;
  passage.beyond = side;
  const certain = passage.streak >= SETTLED_SIGHTINGS || distancePx > FAR_OF_HEIGHT * heightPx || passage.settled === undefined;
  return certain ? side : undefined;
}

/**
 * The next sighting of a track: `at` is its anchor and `heightPx` the height of its box. Answers the crossing that is now certain.
 *
 * A track crosses when it was settled on one side, is settled on the other, and its way led between the line's two points. The
 * way is what its sightings join, also across frames on which it was lost; passages there and back while it is on the
 * line cancel out, so that trembling counts nothing and walking round the end of the line does not either.
 */
export function advance(passage: Passage, line: Line, at: Point, heightPx: number): CrossingDirection | undefined {
  follow(passage, line, at);
  const side = settledSide(passage, line, at, heightPx);
  if (side === undefined) return undefined;
  const { settled, through } = passage;
  passage.settled = side;
  passage.through = 0;
  if (settled === undefined || settled === side) return undefined;
  if (side === 'right') return through > 0 ? 'in' : undefined;
  return through < 0 ? 'out' : undefined;
}
