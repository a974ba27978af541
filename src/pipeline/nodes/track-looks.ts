import type { Answer } from '../../vision/index.js';
import type { Answered } from './board.js';
import type { Saying } from './sayings.js';

/** When an object that is followed is looked at again: as soon as one of these holds. */
export interface Reinference {
  /** Frames since the last look. */
  readonly frames?: number | undefined;
  /** Media time since the last look, in seconds. */
  readonly seconds?: number | undefined;
  /** Share by which the box's area has grown since. */
  readonly grownBy?: number | undefined;
}

/** One look at an object. */
export interface Look {
  readonly frame: number;
  readonly timeMs: number;
  readonly areaPx: number;
}

/** Trackers forget sooner: a number that was not seen for so long does not come back. */
const FORGET_AFTER_MS = 60_000;

interface Track {
  seenMs: number;
  look?: Look;
  /** Last answers, oldest first. */
  answers: readonly Promise<Answer>[];
  /** What the last look says. */
  saying?: Promise<Saying>;
  /** The same, marked as of an earlier frame. */
  kept?: Promise<Saying>;
}

function marked(saying: Saying, fromFrame: number): Saying {
  return { ...saying, attributes: saying.attributes.map((attribute) => ({ ...attribute, fromFrame })) };
}

/** A failure that nobody asks for any more, since its frame failed too, is no failure of the process. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

const isDue = ({ frames = Infinity, seconds = Infinity, grownBy = Infinity }: Reinference, last: Look, now: Look): boolean =>
  now.frame - last.frame >= frames || now.timeMs - last.timeMs >= seconds * 1000 || now.areaPx >= last.areaPx * (1 + grownBy);

/**
 * What was said of the objects of one stream that are followed. Frames come in their order, looks are decided as they come, and answers may
 * come in any order: what is said of a frame is made of the looks up to it, whichever was answered first. Forgets tracks that are gone.
 */
export class TrackLooks {
  /** By track number, the longest unseen first. */
  readonly #tracks = new Map<number, Track>();
  #nowMs = -Infinity;

  constructor(
    /** Every frame is looked at when absent. */
    readonly reinference: Reinference | undefined,
    /** Looks that make up what is said. */
    readonly over: number,
    /** Puts answers into words, oldest first. */
    readonly word: (answers: readonly Answer[]) => Saying,
  ) {}

  /** Tracks remembered. */
  get size(): number {
    return this.#tracks.size;
  }

  /** Begins a frame, with the tracks that are on it. Time that goes back, as after a seek, forgets everything. */
  begin(timeMs: number, tracks: readonly number[]): void {
    if (timeMs < this.#nowMs) this.#tracks.clear();
    this.#nowMs = timeMs;
    for (const id of tracks) {
      const track = this.#tracks.get(id) ?? { seenMs: timeMs, answers: [] };
      track.seenMs = timeMs;
      this.#tracks.delete(id);
      this.#tracks.set(id, track);
    }
    for (const [id, { seenMs }] of this.#tracks) {
      if (seenMs >= timeMs - FORGET_AFTER_MS) break;
      this.#tracks.delete(id);
    }
  }

  /** Whether the track should be looked at, if `now` is what a look would be. */
  isDue(id: number, now: Look): boolean {
    const last = this.#tracks.get(id)?.look;
    return !last || !this.reinference || isDue(this.reinference, last, now);
  }

  /** Frame of the last look; -1 where there was none. */
  lookedAt(id: number): number {
    return this.#tracks.get(id)?.look?.frame ?? -1;
  }

  /** Notes a look at a track of this frame. */
  add(id: number, look: Look, answered: Promise<Answered>): void {
    const track = this.#tracks.get(id)!;
    track.look = look;
    track.answers = [...track.answers, heard(answered.then(({ answer }) => answer))].slice(-this.over);
    track.saying = heard(Promise.all(track.answers).then(this.word));
    delete track.kept;
  }

  /** What is to be said of the track on `frame`; nothing where it was never looked at. */
  saying(id: number, frame: number): Promise<Saying> | undefined {
    const track = this.#tracks.get(id);
    const { look, saying } = track ?? {};
    if (!track || !look || !saying || look.frame === frame) return saying;
    return (track.kept ??= heard(saying.then((said) => marked(said, look.frame))));
  }
}
