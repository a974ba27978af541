import type { PictureRequest } from '../../core/index.js';

/** Frames in a row that ignored a picture made ahead, after which it is made ahead no more. */
const PATIENCE_FRAMES = 8;

/** Pictures asked for once that are remembered: crops of single objects, which come by the thousand and hardly ever again. */
const MOST_SINGLES = 64;

interface Wanted {
  readonly key: string;
  readonly request: PictureRequest;
  asked: number;
  ignored: number;
}

/** Learns which pictures a reader asks of every frame, so that they can be made before it asks. */
export class WantedPictures {
  readonly #wanted = new Map<string, Wanted>();
  /** Keys of those asked for once, oldest first. */
  readonly #singles = new Set<string>();

  /** Pictures remembered. */
  get remembered(): number {
    return this.#wanted.size;
  }

  /** A picture was asked for. */
  asked(key: string, request: PictureRequest): void {
    const known = this.#wanted.get(key);
    if (known) {
      known.asked++;
      this.#singles.delete(key);
      return;
    }
    this.#wanted.set(key, { key, request, asked: 1, ignored: 0 });
    this.#singles.add(key);
    if (this.#singles.size > MOST_SINGLES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#singles;
    this.#singles.delete(oldest!);
    this.#wanted.delete(oldest!);
  }

  /** A frame went; `made` were ready for it, of which `unused` were not looked at. */
  closed(made: readonly string[], unused: readonly string[]): void {
    for (const key of made) {
      const known = this.#wanted.get(key);
      if (!known) continue;
      known.ignored = unused.includes(key) ? known.ignored + 1 : 0;
      if (known.ignored >= PATIENCE_FRAMES) this.drop(key);
    }
  }

  /** A picture could not be made: it is not tried again by itself. */
  drop(key: string): void {
    this.#singles.delete(key);
    this.#wanted.delete(key);
  }

  /** What to make ahead: whatever was asked for on two frames, crops of single objects thus left out. */
  get ahead(): readonly { readonly key: string; readonly request: PictureRequest }[] {
    return [...this.#wanted.values()].filter(({ asked }) => asked >= 2);
  }
}
