/** The best few of many looks at one face, by score: what to show of it, or to enrol it with. */
export class BestLooks<L extends { readonly score: number; readonly timeMs: number }> {
  readonly #looks: L[] = [];

  /** Keeps at most `limit` looks, each at least `apartMs` of media time from the others, so that they differ. */
  constructor(
    private readonly limit: number,
    private readonly apartMs: number,
  ) {}

  /** Offers a look; answers whether it was kept. Of looks close in time the better stays. */
  offer(look: L): boolean {
    const near = this.#looks.filter(({ timeMs }) => Math.abs(timeMs - look.timeMs) < this.apartMs);
    if (near.some(({ score }) => score >= look.score)) return false;
    const kept = [...this.#looks.filter((other) => !near.includes(other)), look].toSorted((a, b) => b.score - a.score).slice(0, this.limit);
    this.#looks.splice(0, this.#looks.length, ...kept);
    return kept.includes(look);
  }

  /** Best first. */
  get looks(): readonly L[] {
    return [...this.#looks];
  }
}
