/** Latencies of one window, in milliseconds. */
export class Latencies {
  #values = new Float64Array(4096);
  #count = 0;
  #sorted = true;

  /** Adds one. */
  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(this.#count * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#count++] = ms;
    this.#sorted = false;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Their mean; 0 of none. */
  get mean(): number {
    let sum = 0;
    for (let i = 0; i < this.#count; i++) sum += this.#values[i]!;
    return this.#count === 0 ? 0 : sum / this.#count;
  }

  /** The least one that at least `percent` of a hundred do not exceed; 0 of none. */
  percentile(percent: number): number {
    if (!this.#sorted) this.#values.subarray(0, this.#count).sort();
    this.#sorted = true;
    return this.#values[Math.max(0, Math.ceil((percent / 100) * this.#count) - 1)]!;
  }

  /** All of `windows` as one. */
  static joined(windows: readonly Latencies[]): Latencies {
    const all = new Latencies();
    for (const window of windows) for (let i = 0; i < window.#count; i++) all.add(window.#values[i]!);
    return all;
  }
}
