import { Fault } from '../../core/index.js';
import type { SocketConnection } from './socket-connection.js';

const PAUSE_AT_PIECES = 16;

/** A body that is read as it comes; while nobody reads, the server is held back. Leaving the loop ends the connection. */
export class BodyQueue implements AsyncIterable<Uint8Array> {
  readonly #pieces: Uint8Array[] = [];
  #ended = false;
  #fault: Fault | undefined;
  #wake: (() => void) | undefined;
  #paused = false;

  constructor(readonly connection: Pick<SocketConnection, 'pause' | 'resume' | 'fail'>) {}

  /** Takes a piece. */
  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    if (this.#pieces.length >= PAUSE_AT_PIECES && !this.#paused) {
      this.#paused = true;
      this.connection.pause();
    }
    this.#wake?.();
  }

  /** The body is whole. */
  end(): void {
    this.#ended = true;
    // The connection goes on to the next exchange.
    if (this.#paused) this.connection.resume();
    this.#wake?.();
  }

  /** The body will not be whole. */
  fail(fault: Fault): void {
    this.#fault ??= fault;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece) {
          this.#goOn();
          yield piece;
        } else if (this.#fault) throw this.#fault;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      if (!this.#ended && !this.#fault) this.connection.fail(new Fault('CANCELLED', 'the answer was left'));
    }
  }

  #goOn(): void {
    if (!this.#paused || this.#ended || this.#pieces.length > 0) return;
    this.#paused = false;
    this.connection.resume();
  }
}
