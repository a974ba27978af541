/** Plain results on their way to one reader, who may come late: what is queued can be read after the run has ended. */
export class ResultQueue<T> implements AsyncIterableIterator<T, undefined> {
  #items: T[] = [];
  #ended = false;
  #dropped = 0;
  #wake = (): void => {};

  constructor(
    /** Most results that wait; the oldest goes when one more comes. */
    readonly capacity: number,
    /** The reader left. */
    readonly onLeft: () => void,
  ) {}

  /** Results lost since the reader did not come for them. */
  get dropped(): number {
    return this.#dropped;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    if (this.#items.length > this.capacity) {
      this.#items.shift();
      this.#dropped++;
    }
    this.#wake();
  }

  /** No more will come; what is queued stays to be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#items.length > 0) return { done: false, value: this.#items.shift()! };
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#items = [];
    this.end();
    this.onLeft();
    return { done: true, value: undefined };
  }
}
