/** When a node worked on one frame. */
export interface TimedNode {
  readonly name: string;
  /** Nodes whose findings it waited for; names that are not among the nodes are passed over. */
  readonly reads: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A node on the critical path of a frame. */
export interface PathStep {
  readonly node: string;
  /** From the moment on which all that it reads was there to its start: for its turn, or for the event loop. */
  readonly waitMs: number;
  /** From its start to its end; for a model, its queue is in it. */
  readonly workMs: number;
}

function lastToFinish(nodes: readonly TimedNode[]): number {
  let last = nodes.length - 1;
  for (let at = last - 1; at >= 0; at--) if (nodes[at]!.endMs > nodes[last]!.endMs) last = at;
  return last;
}

/** The one of the nodes before `at` that it reads and that was done last; -1 where there is none. */
function lastRead(nodes: readonly TimedNode[], at: number): number {
  const { reads } = nodes[at]!;
  let last = -1;
  for (let before = 0; before < at; before++)
    if (reads.includes(nodes[before]!.name) && (last < 0 || nodes[before]!.endMs > nodes[last]!.endMs)) last = before;
  return last;
}

/**
 * What a frame's time went into: from the node that was done last back through the read that was done last, first node first. Making any other
 * node faster would not have brought the frame out sooner. Nodes are given in an order in which each stands behind those it reads. `takenMs`,
 * when the frame was taken, is what the first one's waiting counts from; it counts as none when absent.
 */
export function criticalPath(nodes: readonly TimedNode[], takenMs?: number): PathStep[] {
  const path: PathStep[] = [];
  let at = lastToFinish(nodes);
  while (at >= 0) {
    const { name, startMs, endMs } = nodes[at]!;
    const before = lastRead(nodes, at);
    const readyMs = before < 0 ? (takenMs ?? startMs) : nodes[before]!.endMs;
    path.push({ node: name, waitMs: Math.max(0, startMs - readyMs), workMs: endMs - startMs });
    at = before;
  }
  return path.toReversed();
}
