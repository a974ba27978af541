import { EyeAtlas } from './eye-atlas.js';
import { RingProfile } from './ring-profile.js';
import type { ShadeFit, ShadeModel } from './shade-model.js';

/** How much of each new frame the slow values take on. */
const SLOW = 0.15;

/** What is learnt of one eye of one person over a clip. */
export class SubjectEye {
  readonly profile = new RingProfile();
  readonly atlas = new EyeAtlas();
  /** Colour of the white, without shade. */
  readonly white = Float64Array.of(190, 180, 175);
  #shade: ShadeModel | undefined;
  #whiteSeen = false;
  #ratio: number | undefined;

  /** Takes on a frame's shade; one of few pixels leaves what was known. */
  settleShade(fit: ShadeFit): ShadeModel {
    const fresh = fit.solve();
    if (!this.#shade) {
      if (fit.pixels < 12) return fresh;
      this.#shade = fresh;
    } else if (fit.pixels >= 12) {
      const { weights } = this.#shade;
      fresh.weights.forEach((value, i) => (weights[i]! += SLOW * (value - weights[i]!)));
    }
    return this.#shade;
  }

  /** Takes on the white's colour of a frame. */
  settleWhite(colour: readonly number[]): void {
    colour.forEach((value, c) => (this.white[c]! += (this.#whiteSeen ? SLOW : 1) * (value - this.white[c]!)));
    this.#whiteSeen = true;
  }

  /** The iris' radius in pixels, steadied: it keeps a constant share of the distance of the eyes but for tracking noise and head turns. */
  settleRadius(radius: number, scale: number): number {
    const ratio = radius / scale;
    this.#ratio = this.#ratio === undefined ? ratio : this.#ratio + SLOW * (ratio - this.#ratio);
    return this.#ratio * scale;
  }
}
