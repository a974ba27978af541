import type { PlanNode } from './run-report.js';

/** A place in a layer: a node's, or one that a link passes through on its way to a later layer. */
export interface PlanSlot {
  readonly node?: PlanNode;
}

/** A plan in layers: each node stands in a later one than all that it reads. */
export interface PlanLayers {
  readonly layers: readonly (readonly PlanSlot[])[];
  /** Slots that each link goes through, from what is read to who reads it. */
  readonly ways: readonly (readonly PlanSlot[])[];
}

/** What others read a node by. */
export const planId = ({ id, name }: PlanNode): string => id ?? name;

/** How many steps each node is from a source; outputs stand together at the end. */
function depths(plan: readonly PlanNode[]): ReadonlyMap<PlanNode, number> {
  const byName = new Map(plan.map((node) => [planId(node), node]));
  const found = new Map<PlanNode, number>();
  // A name on the way to itself is not followed, so that a plan with a ring is still drawn.
  const depthOf = (node: PlanNode, way: ReadonlySet<string>): number => {
    const known = found.get(node);
    if (known !== undefined) return known;
    const read = node.reads.flatMap((name) => (way.has(name) ? [] : (byName.get(name) ?? [])));
    const depth = read.length === 0 ? 0 : 1 + Math.max(...read.map((next) => depthOf(next, new Set([...way, planId(next)]))));
    found.set(node, depth);
    return depth;
  };
  for (const node of plan) depthOf(node, new Set([planId(node)]));
  const last = Math.max(0, ...found.values());
  for (const node of plan) if (node.kind === 'output') found.set(node, last);
  return found;
}

/** Sorts a layer so that what is joined lies near (the barycentre rule of Sugiyama's layered drawings). */
function sortLayer(layer: PlanSlot[], before: readonly PlanSlot[], ways: readonly (readonly PlanSlot[])[]): void {
  const place = (slot: PlanSlot): number => {
    const places = ways.flatMap((way) => (way.includes(slot) && way.indexOf(slot) > 0 ? [before.indexOf(way[way.indexOf(slot) - 1]!)] : []));
    return places.length === 0 ? 0 : places.reduce((sum, at) => sum + at, 0) / places.length;
  };
  const places = new Map(layer.map((slot) => [slot, place(slot)]));
  layer.sort((a, b) => places.get(a)! - places.get(b)!);
}

/** Puts a plan into layers, with a slot in each layer that a link passes. */
export function planLayers(plan: readonly PlanNode[]): PlanLayers {
  const depth = depths(plan);
  const slots = new Map(plan.map((node): [string, PlanSlot] => [planId(node), { node }]));
  const layers: PlanSlot[][] = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, () => []);
  for (const slot of slots.values()) layers[depth.get(slot.node!)!]!.push(slot);
  const ways = [...slots.values()].flatMap((to) =>
    to.node!.reads.flatMap((name) => {
      const from = slots.get(name);
      if (from === undefined) return [];
      const [start, end] = [depth.get(from.node!)!, depth.get(to.node!)!];
      if (start >= end) return [];
      const passed = layers.slice(start + 1, end).map((layer) => {
        const slot: PlanSlot = {};
        layer.push(slot);
        return slot;
      });
      return [[from, ...passed, to]];
    }),
  );
  layers.forEach((layer, n) => n > 0 && sortLayer(layer, layers[n - 1]!, ways));
  return { layers, ways };
}
