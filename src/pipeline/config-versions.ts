import type { ConfigProblem } from './config-problems.js';

/** The version of the grammar that this release reads and writes. */
export const CONFIG_VERSION = 1;

type Path = readonly (string | number)[];
type Data = Readonly<Record<string, unknown>>;

/** How a configuration of one version becomes one of the next. */
export interface ConfigMigration {
  readonly from: number;
  readonly to: number;
  /** What changed, as people are told. */
  readonly words: string;
  /** Whether data without a `version` is of this one. */
  readonly isUnversioned: (data: Data) => boolean;
  /** Plain data in, plain data out; what it does not know stays as it is, for the check to complain of. */
  readonly migrate: (data: Data) => Data;
  /** Where a key of the new data stood in the old, so that complaints name what was written. */
  readonly origin: (path: Path) => Path;
}

const isData = (value: unknown): value is Data => value !== null && typeof value === 'object' && !Array.isArray(value);

function renamed(data: Data, from: string, to: string, change: (value: unknown) => unknown = (value) => value): Data {
  if (!Object.hasOwn(data, from) || Object.hasOwn(data, to)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => (key === from ? [to, change(value)] : [key, value])));
}

/** Skipped frames between two looks, as DeepStream counts, become a look at every n-th frame. */
const everyFrames = (interval: unknown): unknown => (typeof interval === 'number' ? interval + 1 : interval);

function nodesOfModels(models: unknown): unknown {
  if (!isData(models)) return models;
  const node = (model: unknown): unknown => (isData(model) ? renamed(model, 'interval', 'everyFrames', everyFrames) : model);
  return Object.fromEntries(Object.entries(models).map(([name, model]) => [name, node(model)]));
}

const NEW_TO_OLD: Readonly<Record<string, string>> = { sources: 'streams', nodes: 'models' };

/** Every migration; one for each version that came before. */
export const CONFIG_MIGRATIONS: readonly ConfigMigration[] = Object.freeze([
  {
    from: 0,
    to: 1,
    words: '`streams:` is now `sources:`, `models:` is now `nodes:`, and `interval: n` (frames left out) is now `everyFrames: n + 1`',
    isUnversioned: (data: Data) => Object.hasOwn(data, 'streams') && !Object.hasOwn(data, 'sources'),
    migrate: (data: Data) => ({ ...renamed(renamed(data, 'streams', 'sources'), 'models', 'nodes', nodesOfModels), version: 1 }),
    origin: ([top, name, key, ...rest]: Path) =>
      [NEW_TO_OLD[top!] ?? top, name, top === 'nodes' && key === 'everyFrames' ? 'interval' : key, ...rest].filter((part) => part !== undefined),
  },
]);

/** What came of {@link migratedConfig}. */
export interface MigratedConfig {
  /** Data of the present version, yet to be checked. */
  readonly data: unknown;
  /** What people are to be told: a sentence for each step. */
  readonly notes: readonly string[];
  /** A version that nobody knows; the data is then as it was. */
  readonly problem?: ConfigProblem;
  /** Where a key stood in the data that was given. */
  readonly origin: (path: Path) => Path;
}

/**
 * Brings the plain data of a configuration to the present version, step by step. Data of the present version, and what is no configuration at
 * all, come back as they are.
 */
export function migratedConfig(raw: unknown, migrations = CONFIG_MIGRATIONS): MigratedConfig {
  const unchanged = { data: raw, notes: [], origin: (path: Path): Path => path };
  if (!isData(raw)) return unchanged;
  const unversioned = raw['version'] === undefined ? migrations.find(({ isUnversioned }) => isUnversioned(raw)) : undefined;
  const version = unversioned?.from ?? raw['version'];
  const known = [...migrations.map(({ from }) => from), CONFIG_VERSION];
  if (Number.isInteger(version) && !known.includes(version as number)) {
    const message = `${version as number} is not known here; this release reads ${known.join(' and ')}`;
    return { ...unchanged, problem: { path: ['version'], message } };
  }
  let data: Data = raw;
  const steps: ConfigMigration[] = [];
  for (let step = migrations.find(({ from }) => from === version); step; step = migrations.find(({ from }) => from === steps.at(-1)!.to)) {
    data = step.migrate(data);
    steps.push(step);
  }
  return {
    data,
    notes: steps.map(
      ({ from, to, words }) =>
        `read as version ${from} of the grammar and taken over to version ${to}: ${words}; \`ocellus validate FILE --json\` prints it anew`,
    ),
    origin: (path) => steps.toReversed().reduce((at, { origin }) => origin(at), path),
  };
}
