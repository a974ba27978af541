/** The bytes after the JSON, handed out in order. */
export class BinarySection {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}

  /** Bytes not yet taken. */
  get left(): number {
    return this.bytes.byteLength - this.#at;
  }

  /** The next `count` bytes, as a view; fewer when there are not so many. */
  take(count: number): Uint8Array {
    const from = this.#at;
    this.#at = Math.min(this.bytes.byteLength, from + count);
    return this.bytes.subarray(from, this.#at);
  }
}
