import type { Held } from './held.js';
import type { GraphNode } from './nodes/port.js';

/**
 * The nodes at work, as of one configuration, in an order in which each stands behind those it reads. Frames under way hold their graph; a graph
 * that was replaced closes what the next one does not share with it when its last frame is done.
 */
export class Graph {
  #holders = 1;
  #closed: Promise<void> | undefined;

  constructor(
    readonly held: readonly Held<GraphNode>[],
    /** Names of nodes that the configuration has but that are switched off. */
    readonly inactive: readonly string[],
    /** Told of what closing throws. */
    readonly onFault: (error: unknown) => void,
  ) {}

  /** The nodes. */
  get nodes(): readonly GraphNode[] {
    return this.held.map(({ value }) => value);
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#closed = this.#close();
  }

  /** Resolves when everything that only this graph held is closed; at once while it is held. */
  get closed(): Promise<void> {
    return this.#closed ?? Promise.resolve();
  }

  /** In reverse order: nobody is closed before those that read it. */
  async #close(): Promise<void> {
    for (const held of this.held.toReversed()) await held.release().catch(this.onFault);
  }
}
