import { IOContext } from 'node-av/lib';
import { toFault, type Fault } from '../../../core/index.js';
import type { ByteSource } from '../../rewrite.js';

const BUFFER_BYTES = 64 * 1024;

/** Bytes that come, as libav reads them. While it waits for more, it holds a thread of libuv's pool. */
export class ByteInput {
  readonly io = new IOContext();
  readonly #bytes: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);
  #ended = false;
  #failure: Fault | undefined;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#bytes = source[Symbol.asyncIterator]();
    const gone = new Promise<undefined>((resolve) => {
      if (signal?.aborted) resolve(undefined);
      signal?.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    this.io.allocContextWithCallbacks(BUFFER_BYTES, 0, (most) => this.#read(most, gone));
  }

  /** What the source met; to libav it is an end. */
  get failure(): Fault | undefined {
    return this.#failure;
  }

  async #read(most: number, gone: Promise<undefined>): Promise<Buffer | null> {
    try {
      while (this.#left.byteLength === 0 && !this.#ended) {
        const next = await Promise.race([this.#bytes.next(), gone]);
        if (!next || next.done) this.#ended = true;
        else this.#left = next.value;
      }
    } catch (error) {
      this.#failure = toFault(error);
      this.#ended = true;
    }
    if (this.#left.byteLength === 0) return null;
    const piece = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(piece.byteLength);
    return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  }

  /** Tells the source that nothing more is wanted; not while libav reads. */
  async close(): Promise<void> {
    this.io.freeContext();
    if (!this.#ended) await this.#bytes.return?.();
  }
}
