import type { PictureRequest } from '../../core/index.js';

/** Frames in a row that ignored a picture made ahead, after which it is made ahead no more. */
const PATIENCE_FRAMES = 8;

interface Wanted {
  readonly key: string;
  readonly request: PictureRequest;
  asked: number;
  ignored: number;
}

/** Learns which pictures a reader asks of every frame, so that they can be made before it asks. */
export class WantedPictures {
  readonly #wanted = new Map<string, Wanted>();

  /** A picture was asked for. */
  asked(key: string, request: PictureRequest): void {
    const known = this.#wanted.get(key);
    if (known) known.asked++;
    else this.#wanted.set(key, { key, request, asked: 1, ignored: 0 });
  }

  /** A frame went; `made` were ready for it, of which `unused` were not looked at. */
  closed(made: readonly string[], unused: readonly string[]): void {
    for (const key of made) {
      const known = this.#wanted.get(key);
      if (!known) continue;
      known.ignored = unused.includes(key) ? known.ignored + 1 : 0;
      if (known.ignored >= PATIENCE_FRAMES) this.#wanted.delete(key);
    }
  }

  /** A picture could not be made: it is not tried again by itself. */
  drop(key: string): void {
    this.#wanted.delete(key);
  }

  /** What to make ahead: whatever was asked for on two frames, crops of single objects thus left out. */
  get ahead(): readonly { readonly key: string; readonly request: PictureRequest }[] {
    return [...this.#wanted.values()].filter(({ asked }) => asked >= 2);
  }
}
