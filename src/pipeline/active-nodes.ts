import { type NodeConfig, readsOf } from './config-nodes.js';
import type { StreamNodeConfig } from './config-sources.js';

type Nodes = Readonly<Record<string, NodeConfig>>;

/**
 * The nodes that are at work: those that are enabled and read frames, or at least one node that is at work. What they read is cut to what is
 * at work, so that a tracker of two detectors goes on with one. In the order of the configuration.
 */
export function activeNodes(nodes: Nodes): Nodes {
  const active = new Set(Object.keys(nodes).filter((name) => nodes[name]!.enabled));
  const lives = (name: string): boolean => {
    const reads = readsOf(nodes[name]!);
    return reads.length === 0 || reads.some((read) => active.has(read));
  };
  for (let gone = [...active].filter((name) => !lives(name)); gone.length > 0; gone = [...active].filter((name) => !lives(name)))
    for (const name of gone) active.delete(name);
  return Object.fromEntries([...active].map((name) => [name, cut(nodes[name]!, active)]));
}

function cut(node: NodeConfig, active: ReadonlySet<string>): NodeConfig {
  if (!('track' in node || 'algorithm' in node) || node.on === 'frame' || node.on.objects.every((read) => active.has(read))) return node;
  const objects = node.on.objects.filter((read) => active.has(read));
  return 'track' in node ? { ...node, on: { ...node.on, objects } } : { ...node, on: { ...node.on, objects } };
}

/** Names of the nodes that are at work on one stream. */
export function activeOnStream(nodes: Nodes, overrides: Readonly<Record<string, StreamNodeConfig>>): ReadonlySet<string> {
  const here = Object.entries(nodes).map(([name, node]) => [name, { ...node, enabled: node.enabled && overrides[name]?.enabled !== false }] as const);
  return new Set(Object.keys(activeNodes(Object.fromEntries(here))));
}
