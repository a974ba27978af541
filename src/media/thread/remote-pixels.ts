import { type PictureRequest, type Pixels, pictureBytes, fail } from '../../core/index.js';
import type { MediaThread } from './media-thread.js';
import type { FrameNotice } from './protocol.js';

const keys = new WeakMap<PictureRequest, string>();

/** Two requests for the same picture have the same key. Fits are made once a stream, so that this is looked up, not written. */
function keyOf(request: PictureRequest): string {
  const known = keys.get(request);
  if (known !== undefined) return known;
  const key = JSON.stringify(request);
  keys.set(request, key);
  return key;
}

/** Pixels that the media thread holds. Pictures come in memory that both threads see, often made before they are asked for. */
export class RemotePixels implements Pixels {
  readonly #made: Map<string, Uint8Array<SharedArrayBuffer>>;
  readonly #unused: Set<string>;

  constructor(
    readonly thread: MediaThread,
    readonly notice: FrameNotice,
  ) {
    this.#made = new Map(notice.pictures.map((ref) => [ref.key, thread.picture(ref)]));
    this.#unused = new Set(this.#made.keys());
  }

  get label(): string {
    return this.notice.label;
  }

  get bytes(): number {
    return this.notice.bytes;
  }

  async render(request: PictureRequest, into: Uint8Array): Promise<void> {
    into.set(await this.borrow(request));
  }

  borrow(request: PictureRequest): Promise<Uint8Array> {
    const key = keyOf(request);
    const made = this.#made.get(key);
    if (!made) return this.#ask(key, request);
    this.#unused.delete(key);
    return Promise.resolve(made);
  }

  async #ask(key: string, request: PictureRequest): Promise<Uint8Array> {
    const ref = await this.thread.render({ frame: this.notice.frame, key, request });
    const made = this.thread.picture(ref);
    this.#made.set(key, made);
    return made.length === pictureBytes(request) ? made : fail('INTERNAL', `${this.label}: a picture of the wrong size came back`);
  }

  free(): void {
    this.thread.closed({ frame: this.notice.frame, unused: [...this.#unused] });
  }
}
