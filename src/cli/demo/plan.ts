import { hash } from './noise.js';
import { PEOPLE, type Person, type PersonName } from './people.js';
import { LINE_X, PATHS, type Path, type PathName, SCENE_SIZE } from './stage.js';

/** What a walker does: comes in from a side and goes out at the other, or turns round on the way and goes back. */
export interface Walk {
  readonly person: PersonName;
  readonly path: PathName;
  readonly from: 'left' | 'right';
  /** Seconds into the scene at which the middle of the walker passes the picture's edge. */
  readonly entersAt: number;
  /** Metres a second. */
  readonly speed: number;
  /** Where the walker turns round, as a fraction of the picture's width from its left. */
  readonly turnsAt?: number;
}

/** A person on a walk through the scene. */
export interface Walker extends Walk {
  /** Unique in the scene. */
  readonly name: string;
  readonly who: Person;
  readonly lane: Path;
  /** Metres from the top of the head to where the photograph ends. */
  readonly seen: number;
  /** Steps a second. */
  readonly cadence: number;
  /** Turns of the gait's circle at the scene's beginning, 0 to 1. */
  readonly phase: number;
}

/** Pictures in the scene: 20 s. */
export const SCENE_FRAMES = 500;

// Nobody stands behind another while crossing the line: a count that nobody could make would be no truth.
const WALKS: readonly Walk[] = [
  { person: 'orange', path: 'far', from: 'right', entersAt: -2.98, speed: 1.1 },
  { person: 'yellow', path: 'middle', from: 'left', entersAt: -0.89, speed: 0.9 },
  { person: 'plaid', path: 'middle', from: 'right', entersAt: 0.91, speed: 0.9 },
  { person: 'scarf', path: 'far', from: 'left', entersAt: 1.52, speed: 1.1 },
  { person: 'red', path: 'near', from: 'right', entersAt: 4.21, speed: 0.75 },
  { person: 'yellow', path: 'far', from: 'right', entersAt: 6.5, speed: 1, turnsAt: 0.64 },
  { person: 'orange', path: 'middle', from: 'left', entersAt: 5.59, speed: 0.95 },
  { person: 'beanie', path: 'near', from: 'left', entersAt: 6.8, speed: 0.7, turnsAt: 0.36 },
  { person: 'jersey', path: 'near', from: 'right', entersAt: 8.21, speed: 0.75 },
  { person: 'scarf', path: 'middle', from: 'right', entersAt: 9.09, speed: 0.95 },
  { person: 'plaid', path: 'far', from: 'left', entersAt: 9.02, speed: 1.1 },
  { person: 'stripes', path: 'near', from: 'left', entersAt: 11.62, speed: 0.72 },
  { person: 'orange', path: 'far', from: 'right', entersAt: 11.72, speed: 1.1 },
  { person: 'yellow', path: 'middle', from: 'left', entersAt: 12.71, speed: 0.9 },
  { person: 'sweater', path: 'middle', from: 'right', entersAt: 14.09, speed: 0.95 },
  { person: 'hoodie', path: 'near', from: 'right', entersAt: 16.22, speed: 0.72 },
];

/** Who walks where: times and speeds vary a little with `seed`. */
export function planWalkers(seed: number): Walker[] {
  const met = new Map<string, number>();
  return WALKS.map((walk, i) => {
    const times = (met.get(walk.person) ?? 0) + 1;
    met.set(walk.person, times);
    const who: Person = PEOPLE[walk.person];
    const jitter = (n: number): number => hash(i * 4 + n, seed) - 0.5;
    const speed = walk.speed * (1 + 0.04 * jitter(0));
    return {
      ...walk,
      speed,
      entersAt: walk.entersAt + 0.3 * jitter(1),
      name: times === 1 ? walk.person : `${walk.person}-${times}`,
      who,
      lane: PATHS[walk.path],
      seen: who.shown * who.stature,
      // Longer legs take fewer steps; 0.42 of the stature is a common step.
      cadence: speed / (0.42 * who.stature),
      phase: jitter(2) + 0.5,
    };
  });
}

/** Where a walker is at one moment. */
export interface Whereabouts {
  /** Middle of the body, in pixels; the bob and sway of the gait not counted. */
  readonly x: number;
  /** Top of the head. */
  readonly top: number;
  /** Pixels that the head stands to the right of the hips. */
  readonly lean: number;
  /** 0: as the walker came; 1: turned round; between: in the middle of the turn. */
  readonly turned: number;
}

/** Seconds that turning round takes, from the first slower step to full pace. */
const TURN_SECONDS = 1.5;

/** Pixels walked since the edge, and pace as a share of the full one (negative on the way back), after `seconds`. */
function progress(seconds: number, pxPerSecond: number, turnAfterPx: number | undefined): { px: number; pace: number; turned: number } {
  if (turnAfterPx === undefined) return { px: pxPerSecond * seconds, pace: 1, turned: 0 };
  // Pace falls as a cosine from 1 to -1; the way covered until it stands still is the cosine's integral.
  const brakingPx = (pxPerSecond * TURN_SECONDS) / Math.PI;
  const start = (turnAfterPx - brakingPx) / pxPerSecond;
  const angle = (Math.PI * (seconds - start)) / TURN_SECONDS;
  if (angle <= 0) return { px: pxPerSecond * seconds, pace: 1, turned: 0 };
  if (angle < Math.PI) {
    const turned = Math.min(1, Math.max(0, (angle / Math.PI - 0.38) / 0.24));
    return { px: turnAfterPx - brakingPx + brakingPx * Math.sin(angle), pace: Math.cos(angle), turned };
  }
  return { px: turnAfterPx - brakingPx - pxPerSecond * (seconds - start - TURN_SECONDS), pace: -1, turned: 1 };
}

/** Where `walker` is `seconds` into the scene. Pure. */
export function whereabouts(walker: Walker, seconds: number): Whereabouts {
  const { lane, who, from, turnsAt, entersAt, speed, cadence, phase } = walker;
  const { width } = SCENE_SIZE;
  const turnPx = turnsAt === undefined ? undefined : (from === 'left' ? turnsAt : 1 - turnsAt) * width;
  const { px, pace, turned } = progress(seconds - entersAt, speed * lane.scale, turnPx);
  const gait = Math.PI * (cadence * seconds + 2 * phase);
  const lively = Math.abs(pace);
  // A head rises by about 4 cm over each step, and sways by about as much from foot to foot (Inman, "Human Walking").
  const bob = 0.034 * lane.scale * lively * (0.5 - 0.5 * Math.cos(2 * gait));
  return {
    x: from === 'left' ? px : width - px,
    top: lane.groundY - who.stature * lane.scale - bob,
    lean: 0.022 * lane.scale * lively * Math.sin(gait),
    turned,
  };
}

/** When the middle of a walker passes the line, in seconds, and which way; nothing for one who turns before it. */
export function crossingOf(walker: Walker): { readonly seconds: number; readonly towards: 'left' | 'right' } | undefined {
  const { from, turnsAt, entersAt, speed, lane } = walker;
  if (turnsAt !== undefined && (from === 'left' ? turnsAt * SCENE_SIZE.width <= LINE_X : turnsAt * SCENE_SIZE.width >= LINE_X)) return undefined;
  const distance = from === 'left' ? LINE_X : SCENE_SIZE.width - LINE_X;
  return { seconds: entersAt + distance / (speed * lane.scale), towards: from === 'left' ? 'right' : 'left' };
}
