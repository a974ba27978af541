import { type Pose, project, RIGID_MIDDLE } from './head-pose.js';
import { angleBetween, between, rotate } from './rotation.js';
import { lowPassShare, Steady } from './steady.js';

/** Centimetres: the noise of the place of a head that is told by 31 points. */
const PLACE = { calmHz: 1.5, slack: 0.06, eagerHz: 6 };
/** Natural logarithm: half a percent. */
const SIZE = { calmHz: 0.8, slack: 0.006, eagerHz: 3 };
/** Degrees. */
const TURN = { calmHz: 1.5, slack: 1, eagerHz: 5 };

/** Smooths the pose of one head: its place in centimetres, so that far and near faces are held equally still. */
export class PoseTrack {
  readonly #place = new Steady(PLACE);
  readonly #size = new Steady(SIZE);
  #pose: Pose | undefined;

  /** What is smoothed: place and size, turns. */
  constructor(
    private readonly places: boolean,
    private readonly turns: boolean,
  ) {}

  /** The smoothed pose; undefined before the first one. */
  get pose(): Pose | undefined {
    return this.#pose;
  }

  /** The next pose, `seconds` after the last. The first one is taken as it is. */
  next(raw: Pose, seconds: number): Pose {
    if (!this.places) this.#forgetPlace();
    const scale = Math.exp(this.#size.next([Math.log(raw.scale)], seconds)[0]!);
    const last = this.#pose?.rotation;
    const share = last && this.turns ? turnShare(angleBetween(last, raw.rotation), seconds) : 1;
    const rotation = last ? between(last, raw.rotation, share) : raw.rotation;
    // The middle of the points is what is seen best: a turn that is smoothed must not move it.
    const seen = project(raw, RIGID_MIDDLE);
    const [x, y] = this.#place.next([seen.x, seen.y], seconds, scale) as [number, number];
    const [rx, ry] = rotate(rotation, RIGID_MIDDLE);
    this.#pose = { rotation, scale, x: x - scale * rx, y: y + scale * ry };
    return this.#pose;
  }

  /** Forgets all: the next pose is taken as it is. */
  reset(): void {
    this.#forgetPlace();
    this.#pose = undefined;
  }

  #forgetPlace(): void {
    this.#place.reset();
    this.#size.reset();
  }
}

function turnShare(degrees: number, seconds: number): number {
  const beyond = Math.max(0, degrees - TURN.slack);
  return lowPassShare(TURN.calmHz + TURN.eagerHz * beyond, seconds);
}
