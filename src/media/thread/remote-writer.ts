import type { Frame } from '../../core/index.js';
import { type Shape, flatShapes } from '../../vision/index.js';
import type { VideoWriter } from '../port.js';
import type { MediaThread } from './media-thread.js';
import { memoryOf, sentPicture } from './sent-picture.js';

/** A video that the media thread writes. Its own frames are encoded where they are; others travel there as RGB. */
export class RemoteWriter implements VideoWriter {
  #closed: Promise<void> | null = null;

  constructor(
    readonly thread: MediaThread,
    readonly writer: number,
  ) {
    thread.hold();
  }

  async write(frame: Frame, shapes: readonly Shape[] = []): Promise<void> {
    const { pts, number } = frame;
    using held = frame.retain('writer');
    const picture = await sentPicture(this.thread, held);
    const drawn = shapes.length > 0 ? { shapes: flatShapes(shapes) } : {};
    await this.thread.call({ op: 'write', writer: this.writer, pts, number, picture, ...drawn }, { transfer: memoryOf([picture]) });
  }

  finish(): ReturnType<VideoWriter['finish']> {
    return this.thread.call({ op: 'finish-writer', writer: this.writer });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.thread.call<void>({ op: 'close-writer', writer: this.writer }).finally(() => this.thread.release());
    return this.#closed;
  }
}
