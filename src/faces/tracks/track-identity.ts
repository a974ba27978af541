import { z } from 'zod';
import type { Identity } from '../recognition/identity.js';

/** How the name of a followed face comes about. */
export const TrackVoting = z.strictObject({
  window: z.int().min(1).default(15).describe('Looks that count: the last ones of the track whose quality was good enough.'),
  minVotes: z.int().min(1).default(2).describe('Looks that must agree on a name before it is given; one of a single picture is no proof.'),
  minShare: z.number().min(0).max(1).default(0.5).describe('Part of the votes, by weight, that a name needs to be given.'),
  keepShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('Part of the votes, by weight, below which a given name is taken back: lower than minShare, so that it does not flicker.'),
});

/** {@link TrackVoting} with nothing left open. */
export type TrackVoting = z.output<typeof TrackVoting>;

/** One look at a followed face. */
export interface FaceLook {
  readonly identity: Identity;
  /** `FaceQuality.score`, 0 to 1: how much the look counts. */
  readonly score: number;
}

/** Whose face a track shows. */
export interface TrackName {
  /** Undefined while nobody is known well enough. */
  readonly name: string | undefined;
  /** Part of the votes for the name, by weight, 0 to 1; for no name, the part of looks that knew nobody. */
  readonly share: number;
  /** Looks that counted. */
  readonly looks: number;
}

/** Least weight of a look: even a poor one counts a little. */
const LEAST = 0.05;

/**
 * The name of one followed face, voted over its looks, so that it does not change with every frame: a name comes when several good looks agree,
 * stays through doubtful ones, and goes when another wins or hardly any look supports it any more. Looks too poor to be compared do not count.
 */
export class TrackIdentity {
  readonly #looks: FaceLook[] = [];
  #name: string | undefined;

  constructor(private readonly voting: TrackVoting = TrackVoting.parse({})) {}

  /** Counts a look, in the order of the frames, and answers the name from then on. */
  add(look: FaceLook): TrackName {
    const { identity } = look;
    if (identity.kind === 'known' || identity.reason !== 'poor-quality') {
      this.#looks.push(look);
      if (this.#looks.length > this.voting.window) this.#looks.shift();
      this.#vote();
    }
    return this.current;
  }

  /** The name at present. */
  get current(): TrackName {
    return { name: this.#name, share: this.#shareOf(this.#name), looks: this.#looks.length };
  }

  #vote(): void {
    const { minVotes, minShare, keepShare } = this.voting;
    const names = new Map<string, number>();
    for (const { identity } of this.#looks) if (identity.kind === 'known') names.set(identity.name, (names.get(identity.name) ?? 0) + 1);
    // Of equals the present name stays.
    const best = [...names.keys()].toSorted((a, b) => this.#shareOf(b) - this.#shareOf(a) || Number(b === this.#name) - Number(a === this.#name))[0];
    const wins = best !== undefined && names.get(best)! >= minVotes && this.#shareOf(best) >= minShare;
    if (wins) this.#name = best;
    else if (this.#shareOf(this.#name) < keepShare) this.#name = undefined;
  }

  #shareOf(name: string | undefined): number {
    let [sum, all] = [0, 0];
    for (const { identity, score } of this.#looks) {
      const weight = Math.max(LEAST, score);
      all += weight;
      if ((identity.kind === 'known' ? identity.name : undefined) === name) sum += weight;
    }
    return all > 0 ? sum / all : 0;
  }
}
