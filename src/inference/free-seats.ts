/** A row of an instance that a sequence can hold. */
export interface Seat {
  readonly index: number;
  readonly slot: number;
}

/** Whether `a` is given out before `b`: low rows first, so that sequences spread over the instances. */
const before = (a: Seat, b: Seat): boolean => a.slot < b.slot || (a.slot === b.slot && a.index < b.index);

/** Seats that nobody holds; a binary heap. */
export class FreeSeats {
  #heap: Seat[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** Gives one back, or adds one. */
  put(seat: Seat): void {
    const heap = this.#heap;
    let at = heap.push(seat) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(seat, heap[up]!); at = up, up = (at - 1) >> 1) heap[at] = heap[up]!;
    heap[at] = seat;
  }

  /** The lowest row that is free. */
  take(): Seat | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down++;
      if (down >= heap.length || !before(heap[down]!, last)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return top;
  }

  /** Drops the seats of an instance. */
  drop(index: number): void {
    const kept = this.#heap.filter((seat) => seat.index !== index);
    this.#heap = [];
    for (const seat of kept) this.put(seat);
  }
}
