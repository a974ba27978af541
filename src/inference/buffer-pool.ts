import type { Tensor } from '../core/index.js';
import type { BufferPool } from './port.js';

/** Buffers by exact size. Idle memory is bounded; sizes not asked for any more make room first. */
export class SizedBufferPool implements BufferPool {
  #idle = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;
  #lent = new WeakSet<ArrayBuffer>();

  /** Keeps at most `limitBytes` of idle buffers. */
  constructor(readonly limitBytes: number) {}

  /** Bytes held by buffers that nobody uses at present. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  take(bytes: number): ArrayBuffer {
    const reused = this.#idle.get(bytes)?.pop();
    if (reused) this.#idleBytes -= bytes;
    const buffer = reused ?? new ArrayBuffer(bytes);
    this.#lent.add(buffer);
    return buffer;
  }

  /** Whether `buffer` was taken here and has not come back. */
  isLent(buffer: ArrayBufferLike): boolean {
    return this.#lent.has(buffer as ArrayBuffer);
  }

  /** Whether a tensor lies in a buffer that was taken here. */
  isAnyLent(tensors: readonly Tensor[]): boolean {
    return tensors.some(({ data }) => 'buffer' in data && this.isLent(data.buffer));
  }

  /** Gives back a buffer taken here; one given twice, or taken elsewhere, is ignored. */
  give(buffer: ArrayBuffer): void {
    if (this.#lent.delete(buffer)) this.adopt(buffer);
  }

  /** Gives back the buffers of `tensors` that were taken here. */
  giveTensors(tensors: readonly Tensor[]): void {
    for (const { data } of tensors) if ('buffer' in data && this.isLent(data.buffer)) this.give(data.buffer as ArrayBuffer);
  }

  /** Keeps a buffer that came back from another thread, where it travelled under another identity. */
  adopt(buffer: ArrayBuffer): void {
    const bytes = buffer.byteLength;
    if (bytes === 0 || bytes > this.limitBytes) return;
    const shelf = this.#idle.get(bytes);
    if (shelf) shelf.push(buffer);
    else this.#idle.set(bytes, [buffer]);
    this.#idleBytes += bytes;
    if (this.#idleBytes > this.limitBytes) this.#makeRoom(bytes);
  }

  /** Lets everything idle go. */
  clear(): void {
    this.#idle.clear();
    this.#idleBytes = 0;
  }

  #makeRoom(newest: number): void {
    const others = [...this.#idle.keys()].filter((bytes) => bytes !== newest);
    for (const bytes of [...others, newest]) {
      const shelf = this.#idle.get(bytes)!;
      while (this.#idleBytes > this.limitBytes && shelf.pop()) this.#idleBytes -= bytes;
      if (shelf.length === 0) this.#idle.delete(bytes);
    }
  }
}
