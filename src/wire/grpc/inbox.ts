import type { Http2Stream } from 'node:http2';
import { fail, Fault } from '../../core/index.js';
import { unpack, type Encoding } from './encoding.js';
import { FrameCutter, type Frame } from './frames.js';

const PAUSE_AT_FRAMES = 4;

/** The messages that come in over one stream, in order; while nobody takes them, the peer is held back by flow control. */
export class Inbox implements AsyncIterable<Uint8Array> {
  readonly #cutter: FrameCutter;
  readonly #frames: Frame[] = [];
  #ended = false;
  #failure: Fault | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly stream: Http2Stream,
    readonly encoding: () => Encoding,
    readonly maxBytes: number,
  ) {
    this.#cutter = new FrameCutter(maxBytes);
    stream.on('data', (chunk: Uint8Array) => this.#take(chunk));
    stream.on('end', () => this.#end());
  }

  /** Makes waiting and further takers fail. */
  fail(fault: Fault): void {
    this.#failure ??= fault;
    this.#wake?.();
  }

  #take(chunk: Uint8Array): void {
    if (this.#failure) return;
    try {
      this.#frames.push(...this.#cutter.push(chunk));
    } catch (error) {
      this.fail(error as Fault);
    }
    if (this.#frames.length >= PAUSE_AT_FRAMES) this.stream.pause();
    this.#wake?.();
  }

  #end(): void {
    if (this.#cutter.pendingBytes > 0)
      this.fail(new Fault('INTERNAL', `the stream ended in the middle of a message, after ${this.#cutter.pendingBytes} bytes of it`));
    this.#ended = true;
    this.#wake?.();
  }

  /** The next message, or undefined after the last. @throws Fault that the stream met */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#frames.length === 0 && !this.#ended && !this.#failure)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = undefined;
    if (this.#failure) throw this.#failure;
    const frame = this.#frames.shift();
    if (this.stream.isPaused() && this.#frames.length < PAUSE_AT_FRAMES) this.stream.resume();
    return frame && (frame.compressed ? unpack(frame.bytes, this.encoding(), this.maxBytes) : frame.bytes);
  }

  /** The one message of a unary call. @throws Fault INTERNAL when there is none, or more */
  async only(what: string): Promise<Uint8Array> {
    const message = await this.next();
    if (message === undefined) return fail('INTERNAL', `no ${what} message came`);
    if ((await this.next()) !== undefined) fail('INTERNAL', `more than one ${what} message came`);
    return message;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = await this.next();
      if (message === undefined) return;
      yield message;
    }
  }
}

/** Writes pieces as one; waits while the peer does not take more. @throws Fault CANCELLED when the stream is gone */
export async function writePieces(stream: Http2Stream, pieces: readonly Uint8Array[]): Promise<void> {
  if (stream.destroyed || stream.closed) fail('CANCELLED', 'the peer has closed the stream');
  stream.cork();
  let ready = true;
  for (const piece of pieces) ready = stream.write(piece);
  stream.uncork();
  if (ready) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
