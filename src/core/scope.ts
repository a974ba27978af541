import { Fault } from './fault.js';

type Closer = () => void | PromiseLike<void>;

/** Closes what was opened, in reverse order. Node 20 has no AsyncDisposableStack; this is the part of it that we need. */
export class Scope implements AsyncDisposable {
  #closers: Closer[] = [];

  /** Keeps `resource` until the scope closes; returns it. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()));
    return resource;
  }

  /** Runs `closer` when the scope closes. */
  defer(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Hands everything over to a new scope, and leaves this one empty: the last line of a function that opens and returns. */
  move(): Scope {
    const moved = new Scope();
    moved.#closers = this.#closers;
    this.#closers = [];
    return moved;
  }

  /** Closes each resource even when another fails. @throws the only failure, or a Fault whose cause is an AggregateError of all */
  async close(): Promise<void> {
    const closers = this.#closers.toReversed();
    this.#closers = [];
    const failures: unknown[] = [];
    for (const closer of closers) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new Fault('INTERNAL', `${failures.length} resources failed to close`, { cause: new AggregateError(failures) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
