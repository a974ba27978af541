import { Frame } from '../../core/index.js';
import { flatShapes } from '../../vision/index.js';
import type { Composer, Composition, PicturePart } from '../composition.js';
import type { MediaThread } from './media-thread.js';
import type { FlatNotice, SentPart } from './protocol.js';
import { RemotePixels } from './remote-pixels.js';
import { memoryOf, sentPicture } from './sent-picture.js';

/** A composer on the media thread: only places and shapes travel, and the composed picture stays there too. */
export class RemoteComposer implements Composer {
  #closed: Promise<void> | null = null;

  constructor(
    readonly thread: MediaThread,
    readonly composer: number,
  ) {
    thread.hold();
  }

  async compose(parts: readonly PicturePart[], { ground, ...info }: Composition): Promise<Frame> {
    const held = parts.map(({ frame }) => frame?.retain('composer'));
    try {
      const sent = await Promise.all(parts.map((part, i) => this.#sent(part, held[i])));
      const transfer = memoryOf(sent.map(({ picture }) => picture));
      const call = { op: 'compose', composer: this.composer, parts: sent, composition: { ...info, ground } } as const;
      const notice = this.thread.adopt(await this.thread.call<FlatNotice>(call, { transfer }));
      return Frame.of(new RemotePixels(this.thread, notice), info, 'composer');
    } finally {
      for (const frame of held) frame?.close();
    }
  }

  async #sent({ at, fill, shade, shapes }: PicturePart, frame: Frame | undefined): Promise<SentPart> {
    return {
      at,
      ...(fill ? { fill } : {}),
      ...(shade === undefined ? {} : { shade }),
      ...(shapes && shapes.length > 0 ? { shapes: flatShapes(shapes) } : {}),
      ...(frame ? { picture: await sentPicture(this.thread, frame, { width: at.width, height: at.height }) } : {}),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.thread.call<void>({ op: 'close-composer', composer: this.composer }).finally(() => this.thread.release());
    return this.#closed;
  }
}
