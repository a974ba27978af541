import { type Clock, Fault, fail, type Log, toFault } from '../../core/index.js';
import { create, type RepositoryIndexResponse_ModelIndex, RepositoryIndexResponse_ModelIndexSchema } from '../../wire/index.js';
import type { MeteredVersion } from '../metrics/metrics-text.js';
import type { ServedVersion } from '../model/served-version.js';
import type { LoadOverrides } from '../port.js';
import { readLayout, signatureOf } from './layout.js';
import { ModelEntry } from './model-entry.js';
import { type ConfigRules, prepareModel, type PreparedModel } from './prepare-model.js';

/** Who decides what is loaded: all at the start, the folders as they change, or clients. */
export type ControlMode = 'none' | 'poll' | 'explicit';

/** How a repository is kept. */
export interface RepositoryOptions extends ConfigRules {
  readonly repositories: readonly string[];
  readonly mode: ControlMode;
  /** Of `explicit`: what the start loads; `*` alone is everything. */
  readonly startModels: readonly string[];
  readonly pollMs: number;
  /** Further tries after a load failed. */
  readonly retries: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens a version of a model. */
  readonly open: (model: PreparedModel, version: number) => Promise<ServedVersion>;
}

const DUPLICATE = 'model appears in two or more repositories';

/** The models of some folders: which are loaded, which are not and why. A model that fails takes nothing with it. */
export class ModelRepository implements AsyncDisposable {
  readonly #entries = new Map<string, ModelEntry>();
  readonly #changes = new Map<string, Promise<unknown>>();
  readonly #signatures = new Map<string, string>();
  #callOffPoll: (() => void) | undefined;
  #closed = false;

  constructor(readonly options: RepositoryOptions) {}

  /** Loads what the mode says the start loads. @throws Fault INVALID_ARGUMENT for start models that do not go together, NOT_FOUND (repository) */
  async start(): Promise<void> {
    const { mode, startModels, repositories } = this.options;
    if (startModels.includes('*') && startModels.length > 1)
      fail('INVALID_ARGUMENT', "Wildcard model name '*' must be the ONLY startup model if specified at all.");
    const { folders, duplicates } = await readLayout(repositories);
    const all = mode !== 'explicit' || startModels.includes('*');
    const names = all ? [...folders.keys()].filter((name) => !duplicates.has(name)) : startModels;
    await Promise.all(names.map((name) => this.#change(name, () => this.#load(name, {}, [])).catch(() => {})));
    if (mode === 'poll') {
      for (const [name, folder] of folders) this.#signatures.set(name, await signatureOf(folder));
      this.#pollLater();
    }
  }

  /** Models whose load was asked for, by name. */
  get entries(): readonly ModelEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Versions that serve, with their counters. */
  metered(): MeteredVersion[] {
    return this.entries.flatMap((entry) =>
      entry.ready.map((version) => {
        const served = entry.find(String(version));
        const { config } = served;
        return { model: entry.name, version: String(version), tags: config.metricTags, statistics: served.statistics() };
      }),
    );
  }

  /** The version that serves `name`; of '' the newest. @throws Fault INVALID_ARGUMENT, NOT_FOUND, UNAVAILABLE in Triton's words */
  find(name: string, version: string): ServedVersion {
    const entry = this.#entries.get(name) ?? fail('INVALID_ARGUMENT', `Request for unknown model: '${name}' is not found`);
    return entry.find(version);
  }

  async index(readyOnly: boolean): Promise<RepositoryIndexResponse_ModelIndex[]> {
    const { folders, duplicates } = await readLayout(this.options.repositories);
    const names = [...new Set([...folders.keys(), ...this.#entries.keys()])].toSorted();
    return names.flatMap((name) => {
      const row = (more: Partial<Pick<RepositoryIndexResponse_ModelIndex, 'version' | 'state' | 'reason'>>): RepositoryIndexResponse_ModelIndex =>
        create(RepositoryIndexResponse_ModelIndexSchema, { name, ...more });
      if (duplicates.has(name)) return [row({ state: 'UNAVAILABLE', reason: DUPLICATE })];
      const rows = this.#entries.get(name)?.states() ?? [];
      if (rows.length === 0) return readyOnly ? [] : [row({})];
      return rows.filter(({ state }) => !readyOnly || state === 'READY').map(({ version, state, reason }) => row({ version, state, reason }));
    });
  }

  /** Whether every model that should serve does. */
  get allReady(): boolean {
    return this.entries.every((entry) => entry.states().every(({ state, reason }) => state === 'READY' || reason === 'unloaded'));
  }

  /** A client's wish. @throws Fault */
  async load(name: string, overrides: LoadOverrides): Promise<void> {
    this.#checkControl();
    checkName(name);
    try {
      await this.#change(name, () => this.#load(name, overrides, []));
    } catch (error) {
      const { code, message } = toFault(error);
      if (code === 'INTERNAL') throw error;
      throw new Fault('INVALID_ARGUMENT', `load failed for model '${name}': ${message}\n`, { cause: error });
    }
  }

  /** A client's wish. @throws Fault UNAVAILABLE where the mode is another */
  async unload(name: string, dependents: boolean): Promise<void> {
    this.#checkControl();
    const entry = this.#entries.get(name);
    // One that was never loaded is unloaded already.
    if (!entry) return;
    const parts = dependents ? entry.dependencies : [];
    await this.#change(name, () => entry.unload());
    for (const part of parts) {
      const needed = this.entries.some((other) => other.name !== name && other.isServing && other.dependencies.includes(part));
      if (!needed) await this.#change(part, async () => this.#entries.get(part)?.unload());
    }
  }

  #checkControl(): void {
    if (this.options.mode !== 'explicit') fail('UNAVAILABLE', 'explicit model load / unload is not allowed if polling is enabled');
  }

  /** Changes of one model come one after the other. */
  #change<T>(name: string, run: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(name) ?? Promise.resolve();
    const change = before.then(run, run);
    this.#changes.set(name, change);
    return change;
  }

  #entryOf(name: string): ModelEntry {
    const entry = this.#entries.get(name) ?? new ModelEntry(name);
    this.#entries.set(name, entry);
    return entry;
  }

  async #load(name: string, overrides: LoadOverrides, path: readonly string[]): Promise<void> {
    const { repositories, log, retries } = this.options;
    const { folders, duplicates } = await readLayout(repositories);
    if (duplicates.has(name)) fail('INVALID_ARGUMENT', `failed to load '${name}': ${DUPLICATE}`);
    if (!folders.has(name) && !overrides.files) fail('INTERNAL', `failed to load '${name}', failed to poll from model repository`);
    for (let tries = 0; ; tries++)
      try {
        await this.#open(name, folders.get(name), overrides, path);
        return;
      } catch (error) {
        const { message } = toFault(error);
        log.error(`model ${name}: cannot be loaded: ${message}`);
        if (tries >= retries) throw error;
      }
  }

  async #open(name: string, folder: string | undefined, overrides: LoadOverrides, path: readonly string[]): Promise<void> {
    let prepared: PreparedModel;
    try {
      prepared = await prepareModel(name, folder, overrides, this.options);
    } catch (error) {
      const { message } = toFault(error);
      this.#entryOf(name).refuse(message);
      // Triton's text, which ends before it says why.
      throw new Fault('INTERNAL', `failed to load '${name}', failed to poll from model repository: ${message}`, { cause: error });
    }
    try {
      await this.#openParts(prepared, path);
    } catch (error) {
      this.#entryOf(name).refuse(toFault(error).message);
      throw error;
    }
    const entry = this.#entryOf(name);
    await entry.replace(prepared, (version) => this.options.open(prepared, version));
    this.options.log.info(`model ${name}: version ${prepared.versions.join(', ')} is ready`);
  }

  /** What an ensemble is made of comes first. */
  async #openParts({ config }: PreparedModel, path: readonly string[]): Promise<void> {
    if (config.schedulingChoice.case !== 'ensembleScheduling') return;
    const { name } = config;
    for (const { modelName } of config.schedulingChoice.value.step) {
      if (modelName === name || path.includes(modelName))
        fail('INVALID_ARGUMENT', `circular dependency between ensembles: ${modelName} -> ... -> ${name} -> ${modelName}`);
      if (this.#entries.get(modelName)?.isServing) continue;
      try {
        await this.#change(modelName, async () => {
          if (!this.#entries.get(modelName)?.isServing) await this.#load(modelName, {}, [...path, name]);
        });
      } catch (error) {
        fail(
          'INVALID_ARGUMENT',
          `ensemble '${name}' depends on '${modelName}' which has no loaded version. Model '${modelName}' loading failed with error: ${toFault(error).message}`,
          error,
        );
      }
    }
  }

  #pollLater(): void {
    if (this.#closed) return;
    const { clock, pollMs, log } = this.options;
    this.#callOffPoll = clock.after(pollMs, () => {
      this.poll()
        .catch((error: unknown) => log.error(`the model repository cannot be polled: ${toFault(error).message}`))
        .finally(() => this.#pollLater());
    });
  }

  /** Compares the folders with what was there before, and follows them. */
  async poll(): Promise<void> {
    const { folders, duplicates } = await readLayout(this.options.repositories);
    const changes: Promise<unknown>[] = [];
    for (const [name, folder] of folders) {
      const signature = await signatureOf(folder);
      if (this.#signatures.get(name) === signature || duplicates.has(name)) continue;
      this.#signatures.set(name, signature);
      changes.push(this.#change(name, () => this.#load(name, {}, [])).catch(() => {}));
    }
    for (const name of this.#signatures.keys()) {
      if (folders.has(name)) continue;
      this.#signatures.delete(name);
      changes.push(this.#change(name, async () => this.#entries.get(name)?.unload()));
    }
    await Promise.all(changes);
  }

  /** Unloads everything, ensembles before what they are made of. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#callOffPoll?.();
    await Promise.allSettled(this.#changes.values());
    const entries = this.entries.toSorted((a, b) => b.dependencies.length - a.dependencies.length);
    for (const entry of entries) await entry.unload();
  }
}

function checkName(name: string): void {
  if (name.trim() === '') fail('INVALID_ARGUMENT', 'Model name cannot be empty. Please enter a valid name to deploy.');
  if (name.trim() === '..' || name.includes('/'))
    fail('INVALID_ARGUMENT', `invalid model name '${name}', model name must not contain path traversal characters`);
}
