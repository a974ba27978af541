import { EyeAtlas } from './eye-atlas.js';
import { RingProfile } from './ring-profile.js';
import type { ShadeFit, ShadeModel } from './shade-model.js';

/** How much of each new frame the slow values take on. */
const SLOW = 0.15;
/** Pixels of white from which a frame counts whole; of fewer, it counts less. */
const WHOLE_PIXELS = 12;

/** What is learnt of one eye of one person over a clip. */
export class SubjectEye {
  readonly profile = new RingProfile();
  readonly atlas = new EyeAtlas();
  /** Colour of the white, without shade. */
  readonly white = Float64Array.of(190, 180, 175);
  #shade: ShadeModel | undefined;
  #whiteSeen = false;
  #ratio: number | undefined;

  /** Takes on a frame's shade; one of few pixels moves what was known less. */
  settleShade(fit: ShadeFit): ShadeModel {
    const fresh = fit.solve();
    const share = SLOW * Math.min(1, fit.pixels / WHOLE_PIXELS);
    if (this.#shade) {
      const { weights, range } = this.#shade;
      fresh.weights.forEach((value, i) => (weights[i]! += share * (value - weights[i]!)));
      fresh.range.forEach((value, i) => (range[i]! += share * (value - range[i]!)));
    } else if (fit.pixels > 0) this.#shade = fresh;
    return this.#shade ?? fresh;
  }

  /** Takes on the white's colour of a frame, the mean of some pixels. A guess counts until white was seen. */
  settleWhite(colour: readonly number[], pixels: number): void {
    const share = this.#whiteSeen ? SLOW * Math.min(1, pixels / WHOLE_PIXELS) : 1;
    colour.forEach((value, c) => (this.white[c]! += share * (value - this.white[c]!)));
    this.#whiteSeen ||= pixels > 0;
  }

  /** Whether the white was ever seen. */
  get knowsWhite(): boolean {
    return this.#whiteSeen;
  }

  /** The iris' radius in pixels, steadied: it keeps a constant share of the distance of the eyes but for tracking noise and head turns. */
  settleRadius(radius: number, scale: number): number {
    const ratio = radius / scale;
    this.#ratio = this.#ratio === undefined ? ratio : this.#ratio + SLOW * (ratio - this.#ratio);
    return this.#ratio * scale;
  }
}
