/** A place in a {@link LinkedQueue}. */
export interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
  /** Whether it is still in the queue. */
  held: boolean;
}

/**
 * A queue from whose middle anything can be taken at once, by its link. A `Map` or `Set` would do but for its front: there it walks over what was
 * deleted, thousands of entries in a queue that moves on.
 */
export class LinkedQueue<T> implements Iterable<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that was pushed first of those still here. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** Puts `value` at the end; the link takes it out again. */
  push(value: T): Link<T> {
    const link: Link<T> = { value, before: this.#last, after: undefined, held: true };
    if (this.#last) this.#last.after = link;
    else this.#first = link;
    this.#last = link;
    this.#size++;
    return link;
  }

  /** Takes out what stands at `link`; nothing when that was done before. */
  delete(link: Link<T> | undefined): void {
    if (!link?.held) return;
    link.held = false;
    this.#size--;
    if (link.before) link.before.after = link.after;
    else this.#first = link.after;
    if (link.after) link.after.before = link.before;
    else this.#last = link.before;
  }

  /** From the first to the last; what is taken out on the way is left out. */
  *[Symbol.iterator](): Iterator<T> {
    for (let link = this.#first; link; link = link.after) if (link.held) yield link.value;
  }
}
