interface Node<T> {
  readonly value: T;
  before: Node<T> | undefined;
  after: Node<T> | undefined;
}

/**
 * A queue from whose middle anything can be taken at once. A `Map` or `Set` would do but for its front: there it walks over what was deleted,
 * thousands of entries in a queue that moves on.
 */
export class LinkedQueue<T> implements Iterable<T> {
  readonly #nodes = new Map<T, Node<T>>();
  #first: Node<T> | undefined;
  #last: Node<T> | undefined;

  get size(): number {
    return this.#nodes.size;
  }

  /** The one that was pushed first of those still here. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** Puts `value` at the end, wherever it was before. */
  push(value: T): void {
    this.delete(value);
    const node: Node<T> = { value, before: this.#last, after: undefined };
    if (this.#last) this.#last.after = node;
    else this.#first = node;
    this.#last = node;
    this.#nodes.set(value, node);
  }

  /** Takes `value` out; false when it is not here. */
  delete(value: T): boolean {
    const node = this.#nodes.get(value);
    if (!node) return false;
    this.#nodes.delete(value);
    if (node.before) node.before.after = node.after;
    else this.#first = node.after;
    if (node.after) node.after.before = node.before;
    else this.#last = node.before;
    return true;
  }

  /** Empties it. */
  clear(): void {
    this.#nodes.clear();
    this.#first = this.#last = undefined;
  }

  /** From the first to the last; what is taken out on the way is left out, unless it is the very next. */
  *[Symbol.iterator](): Iterator<T> {
    for (let node = this.#first; node;) {
      const { after } = node;
      yield node.value;
      node = after;
    }
  }
}
