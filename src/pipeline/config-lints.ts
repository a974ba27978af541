import { BUILT_IN_TRACKERS, type TrackerKind } from '../tracking/index.js';
import { activeNodes } from './active-nodes.js';
import { type NodeConfig, type TrackNodeConfig, readsOf } from './config-nodes.js';
import { type ConfigProblem, pathText } from './config-problems.js';
import type { StreamNodeConfig } from './config-sources.js';
import type { PipelineConfig } from './config.js';

/** Something in a configuration that is allowed and hardly meant. */
export type ConfigLint = ConfigProblem;

type Nodes = Readonly<Record<string, NodeConfig>>;

/** What rules look at: the nodes that are at work, and everything. */
interface Linted {
  readonly config: PipelineConfig;
  readonly nodes: Nodes;
  readonly trackers: readonly TrackerKind[];
}

type Rule = (linted: Linted) => ConfigLint[];

const entriesOf = <K extends 'model' | 'track'>(nodes: Nodes, kind: K): [string, Extract<NodeConfig, Record<K, unknown>>][] =>
  Object.entries(nodes).flatMap(([name, node]) => (kind in node ? [[name, node as Extract<NodeConfig, Record<K, unknown>>]] : []));

/** How looks are spaced out, by the key that says so; undefined for a look at every frame. */
function spacingOf({ everyFrames = 1, everySeconds }: StreamNodeConfig): string | undefined {
  if (everySeconds !== undefined) return 'everySeconds';
  return everyFrames > 1 ? 'everyFrames' : undefined;
}

/** Where it is said that a model looks at some frames only: of the node itself, and of single streams. */
function gapsOf(name: string, { config, nodes }: Linted): string[][] {
  const node = nodes[name];
  if (!node || !('model' in node)) return [];
  const own = spacingOf(node);
  const ofStreams = Object.entries(config.sources).flatMap(([source, { nodes: overrides }]) => {
    const override = overrides[name];
    const key = override && override.enabled !== false ? spacingOf(override) : undefined;
    return key === undefined ? [] : [['sources', source, 'nodes', name, key]];
  });
  return own === undefined ? ofStreams : [['nodes', name, own], ...ofStreams];
}

const gapsBeforeTrackers: Rule = (linted) =>
  entriesOf(linted.nodes, 'track').flatMap(([name, { track, on }]) => {
    if (linted.trackers.find(({ type }) => type === track)?.coasts !== false) return [];
    const message = `${name} follows with ${track}, which carries nothing over the frames between: objects come and go. Look at every frame, or follow with another tracker`;
    return on.objects.flatMap((read) => gapsOf(read, linted).map((path) => ({ path, message })));
  });

/** Labels that a tracker leaves; null for all. */
const labelsOf = ({ on }: TrackNodeConfig): ReadonlySet<string> | null => (on.labels ? new Set(on.labels) : null);

function shareObjects(a: TrackNodeConfig, b: TrackNodeConfig): string | undefined {
  const [ofA, ofB] = [labelsOf(a), labelsOf(b)];
  if (ofA && ofB && ![...ofA].some((label) => ofB.has(label))) return undefined;
  return a.on.objects.find((read) => b.on.objects.includes(read));
}

const trackersOfOneNode: Rule = ({ nodes }) =>
  entriesOf(nodes, 'track').flatMap(([name, node], at, all) =>
    all.slice(0, at).flatMap(([other, before]) => {
      const read = shareObjects(before, node);
      const message = `${other} follows objects of ${read} too: each object has one trackId, and the later of the two overwrites it. Use one tracker, or give them different labels`;
      return read === undefined ? [] : [{ path: ['nodes', name, 'on', 'objects'], message }];
    }),
  );

/** A node and all that it reads, however far back. */
function withAncestors(name: string, nodes: Nodes, found: Set<string>): void {
  const node = nodes[name];
  if (!node || found.has(name)) return;
  found.add(name);
  for (const read of readsOf(node)) withAncestors(read, nodes, found);
}

/** Records of events come of analytics, and an algorithm of one's own may do anything: where nothing else is written, what leads to none of them is for nothing. */
const workForNothing: Rule = ({ config, nodes }) => {
  const sinks = Object.values(config.sinks);
  if (Object.keys(config.outputs).length > 0 || sinks.length === 0 || sinks.some(({ of }) => of !== 'events')) return [];
  const wanted = new Set<string>();
  for (const [name, node] of Object.entries(nodes)) if ('analytics' in node || 'algorithm' in node) withAncestors(name, nodes, wanted);
  return Object.keys(nodes)
    .filter((name) => !wanted.has(name))
    .map((name) => ({
      path: ['nodes', name],
      message: 'nothing shows what it finds: only events are written, and it leads to none. Add an output or a sink of results, or take the node out',
    }));
};

const unlimitedLooks: Rule = ({ nodes }) =>
  entriesOf(nodes, 'model').flatMap(([name, { on, reinferEvery }]) => {
    if (on === 'frame' || !reinferEvery || on.limit !== undefined) return [];
    const message = `a frame on which many objects come at once makes as many runs, which later frames wait for. Write on: { objects: ${on.objects}, limit: N } to spread them`;
    return [{ path: ['nodes', name, 'reinferEvery'], message }];
  });

const waitsForNobody: Rule = ({ nodes }) =>
  entriesOf(nodes, 'model').flatMap(([name, { maxBatch, maxDelayMs, on, model, engine }]) => {
    const served = engine !== undefined || (typeof model === 'object' && model.url !== undefined);
    const message = 'a run takes one picture (maxBatch is 1), so that no other is waited for. Raise maxBatch, or take maxDelayMs out';
    return maxDelayMs > 0 && (maxBatch ?? (on === 'frame' || served ? 1 : undefined)) === 1 ? [{ path: ['nodes', name, 'maxDelayMs'], message }] : [];
  });

/** Labels that a node is known to give; undefined where only its model knows. */
function givenLabels(name: string, nodes: Nodes): readonly string[] | undefined {
  const node = nodes[name];
  if (!node || 'analytics' in node || 'algorithm' in node) return undefined;
  if ('model' in node) return node.labels;
  if (node.on.labels) return node.on.labels;
  const given = node.on.objects.map((read) => givenLabels(read, nodes));
  return given.includes(undefined) ? undefined : given.flatMap((labels) => labels ?? []);
}

function wantedLabels(node: NodeConfig): { readonly labels: readonly string[]; readonly path: readonly string[] }[] {
  if ('analytics' in node)
    return Object.entries(node.lines).flatMap(([line, { labels }]) => (labels ? [{ labels, path: ['lines', line, 'labels'] }] : []));
  return node.on === 'frame' || !node.on.labels ? [] : [{ labels: node.on.labels, path: ['on', 'labels'] }];
}

const labelsNobodyGives: Rule = ({ nodes }) =>
  Object.entries(nodes).flatMap(([name, node]) => {
    const given = readsOf(node).map((read) => givenLabels(read, nodes));
    if (given.length === 0 || given.includes(undefined)) return [];
    const known = new Set(given.flatMap((labels) => labels ?? []));
    return wantedLabels(node).flatMap(({ labels, path }) => {
      const missing = labels.filter((label) => !known.has(label));
      const message = `${readsOf(node).join(', ')} gives ${[...known].join(', ')} only, never ${missing.join(', ')}`;
      return missing.length > 0 ? [{ path: ['nodes', name, ...path], message }] : [];
    });
  });

/** Every rule; a new one is one row. */
const RULES: readonly Rule[] = [gapsBeforeTrackers, trackersOfOneNode, labelsNobodyGives, unlimitedLooks, waitsForNobody, workForNothing];

/** Looks for what is allowed and hardly meant. Never fails, and changes nothing. */
export function configLints(config: PipelineConfig, trackers: readonly TrackerKind[] = BUILT_IN_TRACKERS): ConfigLint[] {
  const linted = { config, nodes: activeNodes(config.nodes), trackers };
  return RULES.flatMap((rule) => rule(linted));
}

/** `nodes.people.maxDelayMs: a run takes ...` */
export const lintText = ({ path, message }: ConfigLint): string => `${pathText(path)}: ${message}`;
