import { type Fault, toFault } from '../../core/index.js';

/** Bytes between one who writes and one who reads; the writer waits while the reader has enough. */
export class ByteChannel {
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #failure: Fault | undefined;
  #wake: (() => void)[] = [];

  constructor(readonly capacityBytes: number) {}

  /** Resolves when there is room for more. @throws Fault that the channel was failed with */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#pieces.push(bytes);
    this.#held += bytes.byteLength;
    this.#notify();
    while (this.#held >= this.capacityBytes && !this.#failure) await this.#changed();
    if (this.#failure) throw this.#failure;
  }

  /** No more bytes. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Both sides get the fault at once; what is held is dropped. */
  fail(error: unknown): void {
    this.#failure ??= toFault(error);
    this.#pieces.length = 0;
    this.#held = 0;
    this.#notify();
  }

  /** At most `most` bytes; undefined at the end, null when nothing came for `patienceMs`. */
  async take(most: number, patienceMs: number): Promise<Uint8Array | undefined | null> {
    const until = performance.now() + patienceMs;
    for (;;) {
      if (this.#failure) throw this.#failure;
      const first = this.#pieces[0];
      if (first) return this.#cut(first, most);
      if (this.#ended) return undefined;
      const left = until - performance.now();
      if (left <= 0) return null;
      await this.#changed(left);
    }
  }

  #cut(first: Uint8Array, most: number): Uint8Array {
    const piece = first.subarray(0, most);
    if (piece.byteLength === first.byteLength) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(most);
    this.#held -= piece.byteLength;
    this.#notify();
    return piece;
  }

  #changed(patienceMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = patienceMs === undefined ? undefined : setTimeout(resolve, patienceMs);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
