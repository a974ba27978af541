import { type EyeFrame, tableAt } from './eye-frame.js';
import type { EyePose } from './eye-pose.js';
import { reachOf } from './eye-region.js';

/** Parts of the iris' travel across the opening that the lids follow. */
const UPPER = 0.7;
const LOWER = 0.25;
/** A lid never closes the opening below this part of its height. */
const LEAST = 0.45;

/** How the lids of an eye move, at one place along the opening: where their edges come to lie, and how far they moved, in pixels downward. */
export interface LidMove {
  upper: number;
  lower: number;
  movedUpper: number;
  movedLower: number;
}

/** The movement of an eye's lids with its iris. */
export interface LidFollow {
  /** Writes the move at a place along the opening. */
  at(u: number, into: LidMove): void;
  /** How far what lies at v after the move lay above it before: subtract it. */
  back(move: LidMove, v: number): number;
}

/** An arch over 0 to 1 that is 1 in the middle and 0 beyond its feet. */
function arch(t: number): number {
  if (t <= 0 || t >= 1) return 0;
  const off = Math.abs(2 * t - 1);
  return 1 - off * off * (0.7 + 0.3 * off);
}

/** What is left of a movement at a distance from the edge, given as a part of where it ends: steepest near the edge, as skin folds there. */
const fading = (t: number): number => (t >= 1 ? 0 : (1 - t) ** 2 * (1 + 0.35 * t));

/** Lids follow the iris' movement across the opening; skin follows the lids, less and less toward the brow and the cheek. */
export function lidFollow(frame: EyeFrame, pose: EyePose, sensitivity: number): LidFollow {
  const { width, along } = frame;
  const travel = pose.shift.y * along.x - pose.shift.x * along.y;
  const reach = reachOf(sensitivity);
  const [above, below] = [reach.above * width * 0.98, reach.below * width * 0.98];
  // Skin must not fold over itself: less than half of its reach can be moved.
  const [most, mostBelow] = [0.4 * above, 0.4 * below];
  return {
    at(u, into) {
      const weight = arch(u / width);
      const upper = tableAt(frame.upper.v, u, width);
      const lower = tableAt(frame.lower.v, u, width);
      into.movedLower = Math.max(-mostBelow, Math.min(mostBelow, LOWER * travel * weight));
      const lowest = Math.max(0, (lower - upper) * (1 - LEAST)) + into.movedLower;
      into.movedUpper = Math.max(-most, Math.min(most, lowest, UPPER * travel * weight));
      into.upper = upper + into.movedUpper;
      into.lower = lower + into.movedLower;
    },
    back(move, v) {
      if (v <= move.upper) return move.movedUpper * fading((move.upper - v) / above);
      if (v >= move.lower) return move.movedLower * fading((v - move.lower) / below);
      const t = (v - move.upper) / Math.max(1e-6, move.lower - move.upper);
      const mix = t * t * (3 - 2 * t);
      return move.movedUpper * (1 - mix) + move.movedLower * mix;
    },
  };
}
