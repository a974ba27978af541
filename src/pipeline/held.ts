/** Something that several hold; the last to let go closes it. */
export class Held<T extends AsyncDisposable> {
  #holders = 1;

  constructor(readonly value: T) {}

  /** One holder more. */
  retain(): this {
    this.#holders++;
    return this;
  }

  /** One holder less. @throws what closing throws */
  async release(): Promise<void> {
    if (--this.#holders === 0) await this.value[Symbol.asyncDispose]();
  }
}
