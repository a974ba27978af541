import { LIMBUS_RADIUS } from '../globe.js';
import type { RingProfile } from './ring-profile.js';

/** In radii of the limbus: beyond it, rings of the eye say nothing of each other. */
export const FILL_REACH = 1.6;
/** A ring farther out whose white was not seen is left to the white's colour. */
const PROFILE_FILLS = 1.3;

/** Tells the albedo that is clearly seen at a place of the eye (millimetres of its own axes), or returns false. */
export type SeenAlbedo = (x: number, y: number, into: Float64Array) => boolean;

/**
 * The iris and the white around it as rings: what a lid hides of a ring is filled from what is seen of the same ring to both sides of it. Fibres are kept
 * near to where they are seen, farther round the ring's mean takes over.
 */
export class PolarFill {
  readonly #rings: number;
  readonly #angles: number;
  readonly #rgb: Float32Array;
  readonly #filled: Uint8Array;

  /** Looks at `seen` about once a pixel; `radius` is the limbus' in pixels. */
  constructor(radius: number, seen: SeenAlbedo, profile: RingProfile) {
    this.#rings = Math.min(64, Math.max(12, Math.ceil(FILL_REACH * radius)));
    this.#angles = Math.min(200, Math.max(32, Math.ceil(2 * Math.PI * radius)));
    this.#rgb = new Float32Array(this.#rings * this.#angles * 3);
    this.#filled = new Uint8Array(this.#rings);
    const known = new Uint8Array(this.#angles);
    const colour = new Float64Array(3);
    for (let ring = 0; ring < this.#rings; ring++) {
      const far = ((ring + 0.5) / this.#rings) * FILL_REACH;
      let any = false;
      for (let i = 0; i < this.#angles; i++) {
        const angle = (2 * Math.PI * (i + 0.5)) / this.#angles;
        const isSeen = seen(far * LIMBUS_RADIUS * Math.cos(angle), far * LIMBUS_RADIUS * Math.sin(angle), colour);
        known[i] = isSeen ? 1 : 0;
        if (isSeen) this.#rgb.set(colour, (ring * this.#angles + i) * 3);
        any ||= isSeen;
      }
      if (!any && far > PROFILE_FILLS) continue;
      this.#filled[ring] = 1;
      profile.at(far, colour);
      this.#fillRing(ring, known, any, colour);
    }
  }

  /** Fills what is not known of a ring from both sides. */
  #fillRing(ring: number, known: Uint8Array, any: boolean, mean: Float64Array): void {
    const n = this.#angles;
    const from = ring * n;
    for (let i = 0; i < n; i++) {
      if (known[i]) continue;
      let [left, right] = [1, 1];
      while (any && !known[(i - left + n) % n]) left++;
      while (any && !known[(i + right) % n]) right++;
      const share = left / (left + right);
      const far = any ? Math.min(1, (0.15 + Math.min(left, right) / (n / 8)) * 0.85) : 1;
      for (let c = 0; c < 3; c++) {
        const beside = any
          ? this.#rgb[(from + ((i - left + n) % n)) * 3 + c]! * (1 - share) + this.#rgb[(from + ((i + right) % n)) * 3 + c]! * share
          : 0;
        this.#rgb[(from + i) * 3 + c] = beside * (1 - far) + mean[c]! * far;
      }
    }
  }

  /** Writes the albedo at a place of the eye; false where its ring was hidden all round or lies too far out. */
  at(x: number, y: number, into: Float64Array): boolean {
    const far = Math.hypot(x, y) / LIMBUS_RADIUS;
    const ring = (far / FILL_REACH) * this.#rings - 0.5;
    const low = Math.max(0, Math.floor(ring));
    if (low + 1 >= this.#rings || !this.#filled[low] || !this.#filled[low + 1]) return false;
    const angle = (Math.atan2(y, x) / (2 * Math.PI) + 1) * this.#angles - 0.5;
    const first = Math.floor(angle);
    const [fr, fa] = [Math.max(0, ring - low), angle - first];
    const [a, b] = [first % this.#angles, (first + 1) % this.#angles];
    for (let c = 0; c < 3; c++) {
      const value = (row: number): number =>
        this.#rgb[(row * this.#angles + a) * 3 + c]! * (1 - fa) + this.#rgb[(row * this.#angles + b) * 3 + c]! * fa;
      into[c] = value(low) * (1 - fr) + value(low + 1) * fr;
    }
    return true;
  }
}
