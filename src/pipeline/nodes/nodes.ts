import { isDeepStrictEqual } from 'node:util';
import { type Log, fail, throwIfAborted } from '../../core/index.js';
import { type ModelDefinition, type ModelSource, catalogueDefinition, remoteWeights } from '../../models/index.js';
import { trackerKind } from '../../tracking/index.js';
import { activeNodes } from '../active-nodes.js';
import { type CustomModel, type ModelNodeConfig, type NodeConfig, readsOf } from '../config-nodes.js';
import { Graph } from '../graph.js';
import { Held } from '../held.js';
import type { ModelPool } from '../model-pool.js';
import { planOrder } from '../plan.js';
import { openAlgorithmNode } from './algorithm-node.js';
import { openLinesNode } from './lines-node.js';
import { openModelNode } from './model-node.js';
import type { GraphNode } from './port.js';
import { openSecondaryNode } from './secondary-node.js';
import { openTrackNode } from './track-node.js';

/** What nodes are made with. */
export interface NodeMaterial {
  readonly pool: ModelPool;
  readonly models: ModelSource;
  /** Told of what closing a node that was replaced throws. */
  readonly onFault: (error: unknown) => void;
  readonly log: Log;
  /** Streams that are known when the pipeline is opened: algorithms of one's own are made and initialized for each. */
  readonly streams: readonly string[];
  /** Folders that code may be loaded from. */
  readonly algorithmFolders: readonly string[];
  readonly signal?: AbortSignal;
}

type Nodes = Readonly<Record<string, NodeConfig>>;

const ownDefinition = (name: string, { file, url, picture, head, labels }: CustomModel, engine: string | undefined): ModelDefinition => {
  const { settings, ...rest } = head;
  const server = engine ?? url;
  const weights = server === undefined ? { runtime: 'onnx', path: file! } : remoteWeights(server, name);
  return { name, weights, picture, head: settings ? { ...rest, settings } : rest, labels };
};

/** What the node's model is, and where it runs. A model that a server runs is not fetched. @throws Fault as {@link ModelSource} */
async function definitionOf(
  node: string,
  { model, engine }: ModelNodeConfig,
  models: ModelSource,
  signal: AbortSignal | undefined,
): Promise<ModelDefinition> {
  if (typeof model !== 'string') return models.own(ownDefinition(node, model, engine), signal);
  return engine === undefined ? models.named(model, signal) : catalogueDefinition(model, (name) => remoteWeights(engine, name));
}

/** Least confidence that the trackers behind a node make use of; 1 when there is none. */
function weakFrom(name: string, nodes: Nodes): number {
  const followers = Object.values(nodes).flatMap((node) => ('track' in node && node.on.objects.includes(name) ? [node] : []));
  return Math.min(1, ...followers.map(({ track, settings }) => trackerKind(track).leastConfidence(settings)));
}

/** The opened node, if it gives objects. Whether a model finds any is known when its definition is. @throws Fault CONFIG_INVALID */
function objectsOf(read: string, name: string, opened: readonly GraphNode[]): GraphNode {
  const node = opened.find((each) => each.name === read);
  if (node?.labels) return node;
  const others = opened.filter(({ labels }) => labels).map((each) => each.name);
  return fail('CONFIG_INVALID', `nodes.${name}.on.objects: "${read}" finds no objects: it ${node?.summary}. There are: ${others.join(', ')}`);
}

/** Whether the objects of a node have the numbers of their tracks when it is done. */
const isTracked = (name: string, nodes: Nodes): boolean => 'track' in nodes[name]! || readsOf(nodes[name]!).some((read) => isTracked(read, nodes));

const trackedReads = (name: string, nodes: Nodes): readonly string[] => readsOf(nodes[name]!).filter((read) => isTracked(read, nodes));

async function openNode(name: string, nodes: Nodes, opened: readonly GraphNode[], material: NodeMaterial): Promise<GraphNode> {
  const { pool, models, signal, log, streams, algorithmFolders: folders } = material;
  const node = nodes[name]!;
  if ('algorithm' in node) {
    for (const read of readsOf(node)) objectsOf(read, name, opened);
    return openAlgorithmNode(name, node, { log, streams, folders, tracked: new Set(trackedReads(name, nodes)) });
  }
  if ('track' in node) return openTrackNode(name, node, node.on.objects.map((read) => objectsOf(read, name, opened))); // prettier-ignore
  if ('analytics' in node) return openLinesNode(name, node);
  const definition = await definitionOf(name, node, models, signal);
  const { on } = node;
  const needs = { weakFrom: weakFrom(name, nodes) };
  if (on === 'frame') return openModelNode(name, node, definition, pool, needs);
  return openSecondaryNode(name, { ...node, on }, definition, pool, { ...needs, read: objectsOf(on.objects, name, opened) });
}

/** What a node is opened from: while this is the same, so is the node. */
const groundOf = (name: string, nodes: Nodes, opened: readonly GraphNode[]): unknown => [
  nodes[name],
  weakFrom(name, nodes),
  trackedReads(name, nodes),
  readsOf(nodes[name]!).map((read) => opened.find((each) => each.name === read)?.labels),
];

/** A graph and what each of its nodes was opened from. */
export interface OpenedGraph {
  readonly graph: Graph;
  readonly grounds: ReadonlyMap<string, unknown>;
}

/**
 * Opens every node that is at work, in an order in which each stands behind those it reads; those that `before` has just so are taken from it.
 * When one fails, those that were opened for it are closed. @throws Fault as each kind of node
 */
export async function openGraph(config: Nodes, material: NodeMaterial, before?: OpenedGraph): Promise<OpenedGraph> {
  const nodes = activeNodes(config);
  const held: Held<GraphNode>[] = [];
  const grounds = new Map<string, unknown>();
  const kept: Held<GraphNode>[] = [];
  try {
    for (const name of planOrder(nodes).order ?? []) {
      throwIfAborted(material.signal);
      const opened = held.map(({ value }) => value);
      const ground = groundOf(name, nodes, opened);
      grounds.set(name, ground);
      const known = before?.graph.held.find(({ value }) => value.name === name);
      const same = known && isDeepStrictEqual(before?.grounds.get(name), ground);
      if (same) kept.push(known);
      held.push(same ? known.retain() : new Held(await openNode(name, nodes, opened, material)));
    }
  } catch (error) {
    for (const each of held.toReversed()) await each.release().catch(material.onFault);
    throw error;
  }
  const opened = held.map(({ value }) => value);
  for (const { value } of kept) value.reread?.(opened.filter(({ name }) => value.reads.includes(name)));
  const inactive = Object.keys(config).filter((name) => !Object.hasOwn(nodes, name));
  return { graph: new Graph(held, inactive, material.onFault), grounds };
}
