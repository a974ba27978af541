import { createRandom } from '../../core/index.js';
import type { Direction } from '../eyes.js';
import { fade } from '../fade.js';
import type { ControlSettings } from './settings.js';

/** Seconds from the start of one moment to the next that no setting goes below: a saccade there, a fixation, and a saccade back. Shorter, eyes would twitch. */
export const LEAST_INTERVAL = 0.5;
/** Seconds that the eyes take to get there and back. */
const SACCADE = 0.05;
/** Seconds that they stay away: least, and most. */
const HOLD = [0.2, 0.35] as const;
/** Eyes wander less up and down than to the sides. */
const UPRIGHT = 0.6;

const AT_CAMERA: Direction = Object.freeze({ yaw: 0, pitch: 0 });

interface Moment {
  readonly from: number;
  readonly until: number;
  readonly offset: Direction;
}

/** When and where to the gaze leaves the camera: at times drawn by lot, for a moment, and back. One for each face. */
export class LookAway {
  readonly #random: () => number;
  #moment: Moment | undefined;
  #framesLeft: number;

  constructor(
    private readonly settings: Pick<ControlSettings, 'enableLookaway' | 'lookawayMaxOffset' | 'lookawayIntervalMin' | 'lookawayIntervalRange'>,
    seed: number,
  ) {
    this.#random = createRandom(seed);
    this.#framesLeft = this.#interval();
  }

  /** Degrees to add to where the eyes are to look on the next frame, at `seconds` in the video. */
  next(seconds: number): Direction {
    if (!this.settings.enableLookaway) return AT_CAMERA;
    this.#framesLeft--;
    const last = this.#moment;
    if (this.#framesLeft <= 0 && (!last || (seconds >= last.until && seconds >= last.from + LEAST_INTERVAL))) {
      this.#moment = this.#draw(seconds);
      this.#framesLeft = this.#interval();
    }
    return this.#moment ? offsetAt(this.#moment, seconds) : AT_CAMERA;
  }

  #interval(): number {
    const { lookawayIntervalMin, lookawayIntervalRange } = this.settings;
    return lookawayIntervalMin + this.#random() * lookawayIntervalRange;
  }

  #draw(seconds: number): Moment {
    const size = this.#random() * this.settings.lookawayMaxOffset;
    const angle = this.#random() * 2 * Math.PI;
    const hold = HOLD[0] + this.#random() * (HOLD[1] - HOLD[0]);
    return {
      from: seconds,
      until: seconds + 2 * SACCADE + hold,
      offset: { yaw: Math.cos(angle) * size, pitch: Math.sin(angle) * size * UPRIGHT },
    };
  }
}

function offsetAt({ from, until, offset }: Moment, seconds: number): Direction {
  const share = fade(from, from + SACCADE, seconds) * (1 - fade(until - SACCADE, until, seconds));
  return { yaw: offset.yaw * share, pitch: offset.pitch * share };
}
