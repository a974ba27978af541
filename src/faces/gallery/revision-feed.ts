/** Tells listeners that a gallery changed. */
export class RevisionFeed {
  readonly #listeners = new Set<(revision: number) => void>();
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /** Calls `listener` after each change; returns the way to stop it. */
  watch(listener: (revision: number) => void): () => void {
    const own = (revision: number): void => listener(revision);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Moves on to `revision`, and tells it; an old one that comes late is passed over. */
  moveTo(revision: number): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    for (const listener of this.#listeners) listener(revision);
  }
}
