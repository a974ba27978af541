import type { FileHandle } from 'node:fs/promises';

/** Reads a file forwards in large pieces, and hands out small ones. */
export class FileWindow {
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(
    readonly file: FileHandle,
    /** Where the file ends for this reader, whatever is appended meanwhile. */
    readonly size: number,
    /** How much is read at once. */
    readonly windowBytes = 4 << 20,
  ) {}

  /** `length` bytes from `position` on, which share memory with the window; null where the file is shorter. */
  async read(position: number, length: number): Promise<Buffer | null> {
    if (position + length > this.size) return null;
    if (position < this.#start || position + length > this.#start + this.#bytes.length) await this.#fill(position, length);
    const at = position - this.#start;
    return at + length <= this.#bytes.length ? this.#bytes.subarray(at, at + length) : null;
  }

  async #fill(position: number, length: number): Promise<void> {
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(this.windowBytes, length), this.size - position));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.file.read(bytes, filled, bytes.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#start = position;
    this.#bytes = bytes.subarray(0, filled);
  }
}
