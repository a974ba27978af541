import type { Fault } from '../../../core/index.js';
import type { Connection } from './connection.js';
import { DEFAULT_FRAME_BYTES, FLAG, FRAME, frameHead, headersFrames, HEAD_BYTES, numbersFrame, writeFrameHead } from './frames.js';
import type { RequestHead } from './request-head.js';

/** What a stream tells of its request. */
export interface StreamEvents {
  /** Bytes of the request; a view of what came, or of memory of its own. */
  data(bytes: Uint8Array): void;
  /** The request is whole. */
  end(): void;
  /** The stream is gone before it was answered. Told once. */
  aborted(fault: Fault): void;
}

/** Something that waits for the window, or for what waits before it. */
type Pending = { readonly bytes: Uint8Array } | { readonly trailers: Uint8Array };

/** One request and its answer on a connection. */
export class Stream {
  events: StreamEvents | undefined;
  /** Bytes that may still be sent. */
  sendWindow: number;
  /** Bytes that the peer may still send. */
  receiveWindow: number;
  /** The request is whole. */
  remoteEnded = false;
  /** The answer is whole, up to what waits for the window. */
  localEnded = false;
  /** Headers of the answer have been sent. */
  begun = false;
  closed = false;
  readonly #pending: Pending[] = [];
  #drained: (() => void)[] = [];
  #consumed = 0;

  constructor(
    readonly connection: Connection,
    readonly id: number,
    readonly head: RequestHead,
    windows: { readonly send: number; readonly receive: number },
  ) {
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  /** Sends the start of an answer. @param endStream it is all of it */
  respond(block: Uint8Array, endStream: boolean): void {
    if (this.closed || this.localEnded) return;
    this.begun = true;
    this.localEnded = endStream;
    for (const frame of headersFrames(block, this.id, endStream)) this.connection.writer.write(frame);
    if (endStream) this.connection.finished(this);
  }

  /** A whole answer of small size, as one piece. @param message the content of its one DATA frame */
  answer(head: Uint8Array, message: readonly Uint8Array[], size: number, trailers: Uint8Array): void {
    if (this.closed || this.localEnded) return;
    if (this.begun || size > DEFAULT_FRAME_BYTES || size > this.sendWindow || size > this.connection.sendWindow || this.#pending.length > 0) {
      if (!this.begun) this.respond(head, false);
      for (const piece of message) this.send(piece);
      this.trailers(trailers);
      return;
    }
    const all = Buffer.allocUnsafe(head.byteLength + size + trailers.byteLength + 3 * HEAD_BYTES);
    let at = writeFrameHead(all, 0, head.byteLength, FRAME.HEADERS, FLAG.END_HEADERS, this.id);
    all.set(head, at);
    at = writeFrameHead(all, at + head.byteLength, size, FRAME.DATA, 0, this.id);
    for (const piece of message) {
      all.set(piece, at);
      at += piece.byteLength;
    }
    at = writeFrameHead(all, at, trailers.byteLength, FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, this.id);
    all.set(trailers, at);
    this.sendWindow -= size;
    this.connection.sendWindow -= size;
    this.begun = true;
    this.localEnded = true;
    this.connection.writer.write(all);
    this.connection.finished(this);
  }

  /** Sends a piece of the answer's content as the windows allow; it is not copied. */
  send(bytes: Uint8Array): void {
    if (this.closed || this.localEnded || bytes.byteLength === 0) return;
    this.#pending.push({ bytes });
    this.pump();
  }

  /** Ends the answer, after what waits. */
  trailers(block: Uint8Array): void {
    if (this.closed || this.localEnded) return;
    this.localEnded = true;
    this.#pending.push({ trailers: block });
    this.pump();
  }

  /** Resolves once all that was sent has left, or never will. */
  drained(): Promise<void> | undefined {
    if (this.closed || (this.#pending.length === 0 && !this.connection.congested)) return undefined;
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Sends what waits, as far as the windows allow. */
  pump(): void {
    const { connection } = this;
    while (this.#pending.length > 0) {
      const next = this.#pending[0]!;
      if ('trailers' in next) {
        this.#pending.shift();
        for (const frame of headersFrames(next.trailers, this.id, true)) connection.writer.write(frame);
        connection.finished(this);
        break;
      }
      const room = Math.min(this.sendWindow, connection.sendWindow);
      if (room <= 0) {
        connection.blocked.add(this);
        return;
      }
      const rest = this.#sendSome(next.bytes, room);
      if (rest.byteLength > 0) this.#pending[0] = { bytes: rest };
      else this.#pending.shift();
    }
    connection.blocked.delete(this);
    if (!connection.congested) this.wake();
  }

  #sendSome(bytes: Uint8Array, room: number): Uint8Array {
    const { connection } = this;
    const size = Math.min(bytes.byteLength, room);
    for (let at = 0; at < size; at += connection.maxFrameBytes) {
      const piece = bytes.subarray(at, Math.min(size, at + connection.maxFrameBytes));
      connection.writer.write(frameHead(piece.byteLength, FRAME.DATA, 0, this.id));
      connection.writer.write(piece);
    }
    this.sendWindow -= size;
    connection.sendWindow -= size;
    return bytes.subarray(size);
  }

  /** Whoever waits for room goes on. */
  wake(): void {
    if (this.#drained.length === 0 || (this.#pending.length > 0 && !this.closed)) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }

  /** So many bytes of the request have been dealt with: the peer may send as many more. */
  consumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.closed || this.remoteEnded || this.#consumed < this.connection.refillBytes) return;
    this.connection.writer.write(numbersFrame(FRAME.WINDOW_UPDATE, 0, this.id, this.#consumed));
    this.receiveWindow += this.#consumed;
    this.#consumed = 0;
  }

  /** Ends it at once. */
  reset(reason: number): void {
    if (this.closed) return;
    this.connection.writer.write(numbersFrame(FRAME.RST_STREAM, 0, this.id, reason));
    this.connection.forget(this);
  }

  /** It is over. For the connection. */
  over(fault: Fault | undefined): void {
    this.closed = true;
    this.#pending.length = 0;
    this.connection.blocked.delete(this);
    this.wake();
    if (fault && !this.localEnded) this.events?.aborted(fault);
    this.localEnded = true;
  }
}
