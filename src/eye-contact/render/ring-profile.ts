/** Rings from the pupil's middle to well outside the limbus. */
const RINGS = 30;
/** The outermost ring's edge, in radii of the limbus. */
export const PROFILE_REACH = 1.5;

/** The mean colour of an eye by its distance from the pupil. */
export class RingProfile {
  readonly #rgb = new Float64Array(RINGS * 3);
  readonly #known = new Uint8Array(RINGS);
  readonly #levels: number[][] = Array.from({ length: RINGS }, () => []);

  /** Adds a pixel: its distance in radii of the limbus, and its colour. */
  add(radius: number, red: number, green: number, blue: number): void {
    const ring = Math.floor((radius / PROFILE_REACH) * RINGS);
    if (ring < RINGS) this.#levels[ring]!.push(red, green, blue);
  }

  /** Works the rings out of what was added since the last time: each the mean of its middle half by brightness, so that glints and lashes don't count; in a pupil, that a glint may half fill, of its darker half. Rings without enough pixels keep what they had. */
  settle(): void {
    this.#levels.forEach((levels, ring) => {
      const count = levels.length / 3;
      if (count >= 3) {
        const order = Array.from({ length: count }, (_, i) => i).toSorted((a, b) => brightness(levels, a) - brightness(levels, b));
        const [from, to] = ring < (0.26 / PROFILE_REACH) * RINGS ? [0.1, 0.5] : [0.25, 0.75];
        const first = Math.floor(count * from);
        const middle = order.slice(first, Math.max(first + 1, Math.ceil(count * to)));
        for (let c = 0; c < 3; c++) this.#rgb[ring * 3 + c] = middle.reduce((sum, i) => sum + levels[i * 3 + c]!, 0) / middle.length;
        this.#known[ring] = 1;
      }
      levels.length = 0;
    });
  }

  /** Writes the colour at a distance. What was never seen takes the nearest ring's, but a pupil is black. */
  at(radius: number, into: Float64Array): void {
    const place = Math.min(RINGS - 1.001, Math.max(0, (radius / PROFILE_REACH) * RINGS - 0.5));
    const low = Math.floor(place);
    const mix = place - low;
    for (let c = 0; c < 3; c++) into[c] = this.#ring(low, c) * (1 - mix) + this.#ring(low + 1, c) * mix;
  }

  #ring(ring: number, channel: number): number {
    if (this.#known[ring]) return this.#rgb[ring * 3 + channel]!;
    // A pupil is about a third of the iris wide.
    if (ring < (0.34 / PROFILE_REACH) * RINGS) return 14;
    for (let off = 1; off < RINGS; off++) {
      if (ring - off >= 0 && this.#known[ring - off] && ring - off >= (0.34 / PROFILE_REACH) * RINGS) return this.#rgb[(ring - off) * 3 + channel]!;
      if (ring + off < RINGS && this.#known[ring + off]) return this.#rgb[(ring + off) * 3 + channel]!;
    }
    return 60;
  }
}

const brightness = (levels: readonly number[], i: number): number => levels[i * 3]! + 2 * levels[i * 3 + 1]! + levels[i * 3 + 2]!;
