import type { Socket } from 'node:net';

const JOIN_BELOW_BYTES = 65_536;

/** Gathers what is written in one turn of the event loop: answers that are ready together leave together, by one call of the system. */
export class FrameWriter {
  #out: Uint8Array[] = [];
  #bytes = 0;

  constructor(readonly socket: Socket) {}

  /** Bytes that have not left. */
  get waitingBytes(): number {
    return this.#bytes + this.socket.writableLength;
  }

  /** Adds bytes; they are not copied, so leave them alone. */
  write(bytes: Uint8Array): void {
    if (this.#out.length === 0) process.nextTick(this.flush);
    this.#out.push(bytes);
    this.#bytes += bytes.byteLength;
  }

  /** Lets go of what has been gathered. */
  readonly flush = (): void => {
    const out = this.#out;
    const bytes = this.#bytes;
    if (bytes === 0 || this.socket.destroyed || this.socket.writableEnded) return;
    this.#out = [];
    this.#bytes = 0;
    if (out.length === 1) this.socket.write(out[0]!);
    else if (bytes < JOIN_BELOW_BYTES) this.socket.write(Buffer.concat(out, bytes));
    else {
      this.socket.cork();
      for (const piece of out) this.socket.write(piece);
      this.socket.uncork();
    }
  };
}
