import { type Log, NULL_LOG, type Scope, fail, throwIfAborted } from '../../core/index.js';
import type { Engine } from '../../inference/index.js';
import type { ModelDefinition, ModelSource } from '../../models/index.js';
import { trackerKind } from '../../tracking/index.js';
import { type CustomModel, type NodeConfig, readsOf } from '../config-nodes.js';
import { planOrder } from '../plan.js';
import { openAlgorithmNode } from './algorithm-node.js';
import { openLinesNode } from './lines-node.js';
import { openModelNode } from './model-node.js';
import type { GraphNode } from './port.js';
import { openSecondaryNode } from './secondary-node.js';
import { openTrackNode } from './track-node.js';

/** What nodes are made with. */
export interface NodeMaterial {
  readonly engine: Engine;
  readonly models: ModelSource;
  /** Takes what is opened. */
  readonly scope: Scope;
  readonly signal?: AbortSignal;
  readonly log?: Log;
  /** Streams that are known by now: algorithms of one's own are made and initialized for each. */
  readonly streams?: readonly string[];
  /** Folders that code may be loaded from, links followed; none when absent. */
  readonly algorithmFolders?: readonly string[];
}

type Nodes = Readonly<Record<string, NodeConfig>>;

const ownDefinition = (name: string, { file, picture, head, labels }: CustomModel): ModelDefinition => {
  const { settings, ...rest } = head;
  return { name, weights: { runtime: 'onnx', path: file }, picture, head: settings ? { ...rest, settings } : rest, labels };
};

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

async function openNode(name: string, nodes: Nodes, opened: readonly GraphNode[], material: NodeMaterial): Promise<GraphNode> {
  const { engine, models, signal, log = NULL_LOG, streams = [], algorithmFolders = [] } = material;
  const node = nodes[name]!;
  if ('algorithm' in node) {
    const reads = readsOf(node).map((read) => objectsOf(read, name, opened).name);
    return openAlgorithmNode(name, node, {
      log,
      streams,
      folders: algorithmFolders,
      tracked: new Set(reads.filter((read) => isTracked(read, nodes))),
    });
  }
  if ('track' in node) return openTrackNode(name, node, node.on.objects.map((read) => objectsOf(read, name, opened))); // prettier-ignore
  if ('analytics' in node) return openLinesNode(name, node);
  const { model } = node;
  const definition = typeof model === 'string' ? await models.named(model, signal) : await models.own(ownDefinition(name, model), signal);
  const { on } = node;
  const needs = { weakFrom: weakFrom(name, nodes) };
  if (on === 'frame') return openModelNode(name, node, definition, engine, needs);
  return openSecondaryNode(name, { ...node, on }, definition, engine, { ...needs, read: objectsOf(on.objects, name, opened) });
}

/** Opens every node, in an order in which each stands behind those it reads. @throws Fault as each kind of node */
export async function openNodes(nodes: Nodes, material: NodeMaterial): Promise<GraphNode[]> {
  const opened: GraphNode[] = [];
  for (const name of planOrder(nodes).order ?? []) {
    throwIfAborted(material.signal);
    opened.push(material.scope.use(await openNode(name, nodes, opened, material)));
  }
  return opened;
}
