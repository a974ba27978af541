import { type Scope, fail, throwIfAborted } from '../../core/index.js';
import type { Engine } from '../../inference/index.js';
import { type ModelDefinition, type ModelSource, catalogueDefinition, remoteWeights } from '../../models/index.js';
import { trackerKind } from '../../tracking/index.js';
import type { CustomModel, ModelNodeConfig, NodeConfig } from '../config-nodes.js';
import { planOrder } from '../plan.js';
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

async function openNode(name: string, nodes: Nodes, opened: readonly GraphNode[], { engine, models, signal }: NodeMaterial): Promise<GraphNode> {
  const node = nodes[name]!;
  if ('track' in node) return openTrackNode(name, node, node.on.objects.map((read) => objectsOf(read, name, opened))); // prettier-ignore
  if ('analytics' in node) return openLinesNode(name, node);
  const definition = await definitionOf(name, node, models, signal);
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
