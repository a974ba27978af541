import type { ModelConfig } from '../../wire/index.js';

interface Known {
  readonly config: Promise<ModelConfig>;
  settled: boolean;
}

/** Configurations of models, kept from one look at the servers to the next. Failures are not kept. */
export class ModelConfigs {
  readonly #known = new Map<string, Known>();

  constructor(readonly ask: (model: string, version: string) => Promise<ModelConfig>) {}

  /** @throws Fault of the server that was asked */
  of(model: string, version: string): Promise<ModelConfig> {
    const key = `${version}\n${model}`;
    const known = this.#known.get(key);
    if (known) return known.config;
    const config = this.ask(model, version);
    const asked: Known = { config, settled: false };
    this.#known.set(key, asked);
    config.then(
      () => (asked.settled = true),
      () => this.#known.delete(key),
    );
    return config;
  }

  /** Forgets what is known; those who wait for an answer get it before those who ask later. */
  forget(): void {
    for (const [key, { settled }] of this.#known) if (settled) this.#known.delete(key);
  }
}
