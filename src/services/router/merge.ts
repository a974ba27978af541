import type { ModelStatistics } from '../../wire/index.js';

/** A row of a repository's index. */
export interface IndexRow {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** What one server answered; undefined when it did not. */
export interface ServerIndex {
  readonly server: string;
  readonly rows: readonly IndexRow[] | undefined;
}

const shown = ({ state, reason }: IndexRow): string => (state === '' ? 'not loaded' : reason === '' ? state : `${state} (${reason})`);

function mergedRow(name: string, version: string, servers: readonly ServerIndex[]): IndexRow {
  const found = servers.map(({ server, rows }) => {
    const own = rows?.find((row) => row.name === name && row.version === version);
    const told = own ? shown(own) : rows ? (rows.some((row) => row.name === name) ? 'not loaded' : 'not there') : 'no answer';
    return { server, own, told };
  });
  const states = found.flatMap(({ own }) => own?.state ?? []);
  // One server that has it is enough to serve it.
  const state = states.includes('READY') ? 'READY' : (states[0] ?? '');
  if (new Set(found.map(({ told }) => told)).size === 1) return { name, version, state, reason: found[0]?.own?.reason ?? '' };
  return { name, version, state, reason: found.map(({ server, told }) => `${server}: ${told}`).join('; ') };
}

/** One index of all servers; where they differ, the reason has the state at each. */
export function mergeIndex(servers: readonly ServerIndex[]): IndexRow[] {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of servers.flatMap(({ rows }) => rows ?? [])) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return [...versions].flatMap(([name, all]) => {
    const loaded = [...all].filter((version) => version !== '');
    return (loaded.length > 0 ? loaded : ['']).map((version) => mergedRow(name, version, servers));
  });
}

/** Members that say what is counted, not how often. */
const LABELS = new Set(['batchSize', 'id']);

/** Adds up whatever counts in two messages of the same kind; everything else is the first's. */
function added(a: unknown, b: unknown, name = ''): unknown {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (LABELS.has(name)) return a;
    return name === 'lastInference' ? (a > b ? a : b) : a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) return addedRows(a as Row[], b as Row[]);
  if (typeof a !== 'object' || a === null) return a;
  const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return Object.fromEntries([...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => [key, added(left[key], right[key], key)]));
}

type Row = Readonly<Record<string, unknown>>;
const labelOf = (row: Row): string => `${String(row['batchSize'])} ${String(row['type'])} ${String(row['id'])}`;

function addedRows(a: readonly Row[], b: readonly Row[]): unknown[] {
  const rows = new Map(a.map((row) => [labelOf(row), row]));
  for (const row of b) rows.set(labelOf(row), added(rows.get(labelOf(row)), row) as Row);
  return [...rows.values()];
}

/** The counters of all servers, added up by model and version. */
export function mergeStatistics(servers: readonly (readonly ModelStatistics[])[]): ModelStatistics[] {
  const all = new Map<string, ModelStatistics>();
  for (const row of servers.flat()) {
    const key = `${row.name}\n${row.version}`;
    all.set(key, added(all.get(key), row) as ModelStatistics);
  }
  return [...all.values()];
}
