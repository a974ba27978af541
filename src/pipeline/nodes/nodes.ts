import { type Scope, throwIfAborted } from '../../core/index.js';
import type { Engine } from '../../inference/index.js';
import type { ModelDefinition, ModelSource } from '../../models/index.js';
import { trackerKind } from '../../tracking/index.js';
import type { CustomModel, NodeConfig } from '../config-nodes.js';
import { planOrder } from '../plan.js';
import { openLinesNode } from './lines-node.js';
import { openModelNode } from './model-node.js';
import type { GraphNode } from './port.js';
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

const ownDefinition = (name: string, { file, picture, head, labels }: CustomModel): ModelDefinition => {
  const { settings, ...rest } = head;
  return { name, weights: { runtime: 'onnx', path: file }, picture, head: settings ? { ...rest, settings } : rest, labels };
};

/** Least confidence that the trackers behind a node make use of; 1 when there is none. */
function weakFrom(name: string, nodes: Nodes): number {
  const followers = Object.values(nodes).flatMap((node) => ('track' in node && node.on.objects.includes(name) ? [node] : []));
  return Math.min(1, ...followers.map(({ track, settings }) => trackerKind(track).leastConfidence(settings)));
}

async function openNode(name: string, nodes: Nodes, opened: readonly GraphNode[], { engine, models, signal }: NodeMaterial): Promise<GraphNode> {
  const node = nodes[name]!;
  if ('track' in node) return openTrackNode(name, node, (read) => opened.find((each) => each.name === read)?.confidence);
  if ('analytics' in node) return openLinesNode(name, node);
  const { model } = node;
  const definition = typeof model === 'string' ? await models.named(model, signal) : await models.own(ownDefinition(name, model), signal);
  return openModelNode(name, node, definition, engine, { weakFrom: weakFrom(name, nodes) });
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
