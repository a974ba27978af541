import type { Engine, HostOptions, LoadedModel } from '../inference/index.js';
import type { ModelDefinition } from '../models/index.js';
import { Held } from './held.js';

/** A model at work, for as long as its holder needs it. */
export interface ModelLease {
  readonly model: LoadedModel;
  /** Gives it back; the last holder's closes the model. May be called again. */
  release(): Promise<void>;
}

interface Entry {
  readonly held: Promise<Held<LoadedModel>>;
  leases: number;
}

/**
 * Loads the same definition with the same options once: nodes that run one model share its instances and its batches, and a node whose
 * thresholds change keeps its model.
 */
export class ModelPool {
  readonly #entries = new Map<string, Entry>();

  /** What `shared` says goes for every model. */
  constructor(
    readonly engine: Engine,
    readonly shared: Pick<HostOptions, 'answersInPairs'> = {},
  ) {}

  /** @throws Fault as `Engine.load` */
  async lease(definition: ModelDefinition, own: HostOptions): Promise<ModelLease> {
    const options = { ...this.shared, ...own };
    const key = JSON.stringify([definition, options]);
    const known = this.#entries.get(key);
    const entry = known ?? { held: this.engine.load(definition, options).then((model) => new Held(model)), leases: 0 };
    this.#entries.set(key, entry);
    entry.leases++;
    let held: Held<LoadedModel>;
    try {
      held = await entry.held;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
    if (known) held.retain();
    let released: Promise<void> | undefined;
    return { model: held.value, release: () => (released ??= this.#release(key, entry, held)) };
  }

  async #release(key: string, entry: Entry, held: Held<LoadedModel>): Promise<void> {
    // Forgotten before it is closed: whoever comes now loads it anew.
    if (--entry.leases === 0 && this.#entries.get(key) === entry) this.#entries.delete(key);
    await held.release();
  }
}
