import type { Direction, TrackedFace } from '../eyes.js';
import { fade } from '../fade.js';
import { smooths } from '../track/temporal.js';
import { LookAway } from './look-away.js';
import type { ControlSettings } from './settings.js';
import { DOUBTED, redirectionWeight, TRUSTED } from './weight.js';

/** What is to be done with one eye. */
export interface EyeAim {
  /** Where the drawn eye looks, in degrees relative to the camera. */
  readonly gaze: Direction;
  /** How much the drawn eye covers the old one, 0 to 1: 0 leaves it untouched, as when it is closed or already looks there. */
  readonly opacity: number;
  /** How far the lids are closed, 0 to 1. */
  readonly closure: number;
}

/** What is to be done with a face. */
export interface GazeAim {
  /** Share of the way to the camera that the eyes are taken, 0 to 1. */
  readonly weight: number;
  readonly eyes: readonly [EyeAim, EyeAim];
}

/** Changes of the weight that are smaller do nothing: at the edge of a threshold, eyes would swim. */
const DEAD_BAND = 0.05;
/** A second: how much the weight may change, and how many degrees the eyes may be taken by it. */
const MOST_WEIGHT = 4;
const MOST_DEGREES = 22;
/** Degrees of a correction below which nothing is drawn, and from which on all is. */
const NOTHING = 0.3;
const ALL = 1;
/** Closure at which drawing stops, while the lids still hide it, and is over. */
const CLOSING = 0.6;
const CLOSED = 0.85;

type Pair<T> = readonly [T, T];

/** Decides for one face, frame after frame, where its eyes are drawn to look. Pure but for what it remembers: no clock, no chance that is not seeded. */
export class GazeControl {
  readonly #lookAway: LookAway;
  #trusts: Pair<number> | undefined;
  #weight: number | undefined;
  #lastAt: number | undefined;

  /** @param faceId the face's, so that two people do not look away together */
  constructor(
    private readonly settings: ControlSettings,
    faceId = 1,
  ) {
    this.#lookAway = new LookAway(settings, ((settings.seed ?? 0) + faceId * 0x9e3779b1) >>> 0);
  }

  /** The next frame on which the face is seen, at `seconds` in the video. */
  next(face: TrackedFace, seconds: number): GazeAim {
    const passed = Math.max(1e-3, seconds - (this.#lastAt ?? seconds - 1 / 25));
    this.#lastAt = seconds;
    const away = this.#lookAway.next(seconds);
    const source = meanGaze(face);
    const weight = this.#slewed(redirectionWeight(face, source, this.settings), Math.hypot(away.yaw - source.yaw, away.pitch - source.pitch), passed);
    const closures = this.#closed(face);
    const trusts = this.#trusted(face, passed);
    const eyes = face.eyes.map((eye, k) => aimOf(eye.gaze, away, weight * this.settings.strength, closures[k]!, trusts[k]!));
    return { weight, eyes: eyes as unknown as Pair<EyeAim> };
  }

  #slewed(wanted: number, degrees: number, seconds: number): number {
    const last = this.#weight ?? wanted;
    const most = Math.min(MOST_WEIGHT, MOST_DEGREES / Math.max(1, degrees)) * seconds;
    const held = Math.abs(wanted - last) < DEAD_BAND && wanted > 0 && wanted < 1;
    this.#weight = held ? last : last + Math.max(-most, Math.min(most, wanted - last));
    return this.#weight;
  }

  /** A covered eye fades and comes back; it does not flicker. */
  #trusted({ eyes }: TrackedFace, seconds: number): Pair<number> {
    if (!this.settings.detectClosure) return [1, 1];
    const wanted = eyes.map(({ confidence }) => fade(DOUBTED, TRUSTED, confidence));
    const last = this.#trusts ?? wanted;
    const most = MOST_WEIGHT * seconds;
    this.#trusts = wanted.map((value, k) => last[k]! + Math.max(-most, Math.min(most, value - last[k]!))) as unknown as Pair<number>;
    return this.#trusts;
  }

  /** People blink with both eyes: with the mask's bit, each says something of the other. */
  #closed({ eyes: [left, right] }: TrackedFace): Pair<number> {
    if (!smooths(this.settings.temporal, 'closure')) return [left.closure, right.closure];
    const [a, b] = [left.confidence + 1e-3, right.confidence + 1e-3];
    const both = (a * left.closure + b * right.closure) / (a + b);
    return [(left.closure + both) / 2, (right.closure + both) / 2];
  }
}

/** Where the eyes look together, by how far each is trusted. */
export function meanGaze({ eyes: [left, right] }: TrackedFace): Direction {
  const [a, b] = [left.confidence + 1e-3, right.confidence + 1e-3];
  const mean = (of: (gaze: Direction) => number): number => (a * of(left.gaze) + b * of(right.gaze)) / (a + b);
  return { yaw: mean(({ yaw }) => yaw), pitch: mean(({ pitch }) => pitch) };
}

function aimOf(source: Direction, away: Direction, share: number, closure: number, trust: number): EyeAim {
  // A gaze that ends a little below the camera is hardly seen, one that ends beside it is: what the share leaves out, it leaves out of the pitch first.
  const sideways = share * (2 - share);
  const gaze = { yaw: source.yaw + (away.yaw - source.yaw) * sideways, pitch: source.pitch + (away.pitch - source.pitch) * share };
  const moved = Math.hypot(gaze.yaw - source.yaw, gaze.pitch - source.pitch);
  return { gaze, closure, opacity: fade(NOTHING, ALL, moved) * (1 - fade(CLOSING, CLOSED, closure)) * trust };
}
