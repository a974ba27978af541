import type { PlanNode } from './run-report.js';

/** Nodes of a plan in layers: each stands in a later layer than all that it reads. */
export function planLayers(plan: readonly PlanNode[]): readonly (readonly PlanNode[])[] {
  const byName = new Map(plan.map((node) => [node.name, node]));
  const depths = new Map<string, number>();
  // A name on the way to itself counts as 0, so that a plan with a ring is still drawn.
  const depthOf = (node: PlanNode, way: ReadonlySet<string>): number => {
    const known = depths.get(node.name);
    if (known !== undefined) return known;
    const read = node.reads.flatMap((name) => (way.has(name) ? [] : (byName.get(name) ?? [])));
    const depth = read.length === 0 ? 0 : 1 + Math.max(...read.map((next) => depthOf(next, new Set([...way, node.name]))));
    depths.set(node.name, depth);
    return depth;
  };
  const layers: PlanNode[][] = [];
  for (const node of plan) (layers[depthOf(node, new Set([node.name]))] ??= []).push(node);
  return layers.filter((layer) => layer.length > 0);
}
