import { Fault, fail, toFault } from '../../core/index.js';
import type { ModelConfig } from '../../wire/index.js';
import type { ServedVersion } from '../model/served-version.js';
import type { PreparedModel } from './prepare-model.js';

/** How a version is, as the index tells it. */
export interface VersionState {
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE' | 'LOADING' | 'UNLOADING';
  readonly reason: string;
}

interface Version {
  state: VersionState['state'];
  reason: string;
  served?: ServedVersion;
}

/** A model that was asked for: its versions, and what became of each. */
export class ModelEntry {
  readonly #versions = new Map<number, Version>();
  #prepared: PreparedModel | undefined;
  /** Why its configuration was refused, when no version is known. */
  #refusal: string | undefined;

  constructor(readonly name: string) {}

  /** The configuration that serves; undefined before the first. */
  get config(): ModelConfig | undefined {
    return this.#prepared?.config;
  }

  /** Versions that serve, ascending. */
  get ready(): readonly number[] {
    return [...this.#versions]
      .filter(([, { state, served }]) => state === 'READY' && served)
      .map(([version]) => version)
      .toSorted((a, b) => a - b);
  }

  get isServing(): boolean {
    return this.ready.length > 0;
  }

  /** Names of the models that it is made of, of an ensemble. */
  get dependencies(): readonly string[] {
    const choice = this.config?.schedulingChoice;
    return choice?.case === 'ensembleScheduling' ? [...new Set(choice.value.step.map(({ modelName }) => modelName))] : [];
  }

  states(): VersionState[] {
    const rows = [...this.#versions]
      .toSorted(([a], [b]) => a - b)
      .map(([version, { state, reason }]) => ({ version: String(version), state, reason }));
    if (rows.length > 0 || this.#refusal === undefined) return rows;
    return [{ version: '', state: 'UNAVAILABLE', reason: this.#refusal }];
  }

  /** @throws Fault NOT_FOUND, UNAVAILABLE in Triton's words */
  find(version: string): ServedVersion {
    const unknown = (text: string): never => fail('NOT_FOUND', `Request for unknown model: ${text}`);
    if (version === '') {
      return this.#newest() ?? unknown(`'${this.name}' has no available versions`);
    }
    const found = this.#versions.get(Number(version)) ?? unknown(`'${this.name}' version ${version} is not found`);
    if (found.state !== 'READY' || !found.served)
      return fail('UNAVAILABLE', `Request for unknown model: '${this.name}' version ${version} is not at ready state`);
    return found.served;
  }

  /** Asked for with every request: nothing is made on the way. */
  #newest(): ServedVersion | undefined {
    let newest = 0;
    let found: ServedVersion | undefined;
    for (const [version, { state, served }] of this.#versions)
      if (state === 'READY' && served && version > newest) {
        newest = version;
        found = served;
      }
    return found;
  }

  /** Its configuration cannot be used; what serves goes on. */
  refuse(reason: string): void {
    this.#refusal = reason;
  }

  /** Opens the versions of `prepared`, and lets the old ones go once all are ready. @throws Fault when one fails; the old ones go on then */
  async replace(prepared: PreparedModel, open: (version: number) => Promise<ServedVersion>): Promise<void> {
    for (const version of prepared.versions) if (!this.#versions.get(version)?.served) this.#versions.set(version, { state: 'LOADING', reason: '' });
    const opened = await Promise.allSettled(prepared.versions.map((version) => open(version)));
    const failures = opened.flatMap((result, i) => (result.status === 'rejected' ? [[prepared.versions[i]!, toFault(result.reason)] as const] : []));
    if (failures.length > 0) {
      await this.#abandon(prepared, opened, failures);
      throw new Fault(
        'INVALID_ARGUMENT',
        failures.map(([version, { message }]) => `version ${version} is at UNAVAILABLE state: ${message};`).join(''),
        { cause: failures[0]![1] },
      );
    }
    const [oldVersions, oldPrepared] = [new Map(this.#versions), this.#prepared];
    prepared.versions.forEach((version, i) => {
      const served = (opened[i] as PromiseFulfilledResult<ServedVersion>).value;
      this.#versions.set(version, { state: 'READY', reason: '', served });
    });
    this.#prepared = prepared;
    this.#refusal = undefined;
    await Promise.all(
      [...oldVersions].map(async ([version, { served }]) => {
        const now = this.#versions.get(version)!;
        if (now.served === served && served) Object.assign(now, { state: 'UNLOADING' });
        await served?.[Symbol.asyncDispose]();
        if (now.served === served && served) this.#versions.set(version, { state: 'UNAVAILABLE', reason: 'unloaded' });
      }),
    );
    await oldPrepared?.written?.[Symbol.asyncDispose]();
  }

  async #abandon(
    prepared: PreparedModel,
    opened: readonly PromiseSettledResult<ServedVersion>[],
    failures: readonly (readonly [number, Fault])[],
  ): Promise<void> {
    for (const result of opened) if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose]();
    for (const version of prepared.versions) {
      if (this.#versions.get(version)?.served) continue;
      const reason = failures.find(([failed]) => failed === version)?.[1].message ?? 'unloaded';
      this.#versions.set(version, { state: 'UNAVAILABLE', reason });
    }
    await prepared.written?.[Symbol.asyncDispose]();
  }

  /** Takes no further request, finishes those accepted, and lets every version go. */
  async unload(): Promise<void> {
    this.#refusal = undefined;
    await Promise.all(
      [...this.#versions].map(async ([version, found]) => {
        if (!found.served) return;
        found.state = 'UNLOADING';
        await found.served[Symbol.asyncDispose]();
        this.#versions.set(version, { state: 'UNAVAILABLE', reason: 'unloaded' });
      }),
    );
    await this.#prepared?.written?.[Symbol.asyncDispose]();
  }
}
