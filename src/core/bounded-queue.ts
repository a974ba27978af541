/** What a full queue does with one item more. */
export type Overflow = 'block' | 'drop-oldest' | 'drop-newest';

/** Size and overflow rule of a queue; plain data. */
export interface QueuePolicy {
  readonly capacity: number;
  readonly overflow: Overflow;
}

/** Lose nothing: the producer waits. */
export const FILE_QUEUE: QueuePolicy = Object.freeze({ capacity: 4, overflow: 'block' });

/** Stay current: the newest frame wins. */
export const LIVE_QUEUE: QueuePolicy = Object.freeze({ capacity: 1, overflow: 'drop-oldest' });

/** A queue between two paces. It owns what it holds: an item is handed to the reader, or disposed and counted. */
export class BoundedQueue<T extends Disposable> implements AsyncIterable<T> {
  #items: T[] = [];
  #closed = false;
  #failure: { readonly error: unknown } | null = null;
  #wake: (() => void)[] = [];
  #dropped = 0;

  constructor(readonly policy: QueuePolicy) {}

  /** Items lost to the overflow rule so far. */
  get dropped(): number {
    return this.#dropped;
  }
  get length(): number {
    return this.#items.length;
  }

  /** Takes ownership of `item` in every case. Answers false once the reader has left. */
  async push(item: T): Promise<boolean> {
    while (!this.#closed && this.#items.length >= this.policy.capacity) {
      if (this.policy.overflow === 'block') {
        await this.#changed();
        continue;
      }
      const loser = this.policy.overflow === 'drop-oldest' ? this.#items.shift()! : item;
      loser[Symbol.dispose]();
      this.#dropped++;
      if (loser === item) return true;
    }
    if (this.#closed) {
      item[Symbol.dispose]();
      return false;
    }
    this.#items.push(item);
    this.#notify();
    return true;
  }

  /** No more items; the reader gets what is queued, then the end. */
  end(): void {
    this.#closed = true;
    this.#notify();
  }

  /** The reader gets what is queued, then `error`. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  /** The reader leaves: what is queued is disposed, and the producer is told by `push` answering false. */
  close(): void {
    for (const item of this.#items.splice(0)) item[Symbol.dispose]();
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#notify();
          yield item;
        } else if (this.#closed) {
          if (this.#failure) throw this.#failure.error;
          return;
        } else await this.#changed();
      }
    } finally {
      this.close();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
