/** Longest interval that a timer takes. */
const FAR_AWAY_MS = 2 ** 31 - 1;

/**
 * Keeps the process running while somebody waits for an answer, and only then: threads and processes of instances never do by themselves,
 * so that a script that forgets to unload its models still ends.
 */
export class KeepAlive {
  #holds = 0;
  readonly #timer = setInterval(() => {}, FAR_AWAY_MS).unref();

  hold(): void {
    if (this.#holds++ === 0) this.#timer.ref();
  }

  release(): void {
    if (--this.#holds === 0) this.#timer.unref();
  }

  /** Lets go for good. */
  close(): void {
    clearInterval(this.#timer);
  }
}
