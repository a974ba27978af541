import { type NodeConfig, readsOf } from './config-nodes.js';

/** Nodes in an order in which each comes after those it reads; or a loop, which has none. */
export type PlanOrder =
  | { readonly order: readonly string[]; readonly loop?: undefined }
  | { readonly loop: readonly string[]; readonly order?: undefined };

/** Sorts nodes topologically, otherwise as written, so that results list them as the configuration does. Unknown names are left aside. */
export function planOrder(nodes: Readonly<Record<string, NodeConfig>>): PlanOrder {
  const order: string[] = [];
  const done = new Set<string>();
  let waiting = Object.keys(nodes);
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => readsOf(nodes[name]!).every((read) => done.has(read) || !Object.hasOwn(nodes, read)));
    if (ready.length === 0) return { loop: loopIn(waiting, nodes) };
    for (const name of ready) done.add(name);
    order.push(...ready);
    waiting = waiting.filter((name) => !done.has(name));
  }
  return { order };
}

/** Follows what waits for what until a name comes again. Every name of `waiting` waits for another of them. */
function loopIn(waiting: readonly string[], nodes: Readonly<Record<string, NodeConfig>>): string[] {
  const way: string[] = [];
  let at = waiting[0]!;
  while (!way.includes(at)) {
    way.push(at);
    at = readsOf(nodes[at]!).find((read) => waiting.includes(read))!;
  }
  return way.slice(way.indexOf(at));
}
