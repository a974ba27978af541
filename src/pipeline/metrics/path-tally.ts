import type { PathStep } from './critical-path.js';

/** How a node held frames up. */
export interface CriticalNode {
  readonly node: string;
  /** Frames for which it was the last of all to finish. */
  readonly frames: number;
  /** Those frames as a share of all, 0 to 1. */
  readonly share: number;
  /** Frames on whose critical path it was, last or not. */
  readonly onPath: number;
  /** Mean over the frames on whose path it was, in milliseconds. */
  readonly meanWorkMs: number;
  /** Mean over the frames on whose path it was, in milliseconds. */
  readonly meanWaitMs: number;
}

/** A way that frames took, and how many took it. */
export interface CriticalChain {
  /** Such as `detector > tracker > looks`. */
  readonly chain: string;
  readonly frames: number;
  /** 0 to 1. */
  readonly share: number;
}

/** What held frames up. */
export interface CriticalReading {
  /** The node that was last most often comes first. */
  readonly nodes: readonly CriticalNode[];
  /** The commonest chain comes first. */
  readonly chains: readonly CriticalChain[];
}

/** A node on the way back from the end of a path. */
interface Branch {
  readonly node: string;
  frames: number;
  workMs: number;
  waitMs: number;
  /** Frames whose path begins here. */
  begun: number;
  readonly before: Map<string, Branch>;
}

/** Graphs that are changed while they run would otherwise add branches for ever. */
const MOST_BRANCHES = 256;

const byFrames = (a: { readonly frames: number }, b: { readonly frames: number }): number => b.frames - a.frames;

/** Counts critical paths: a step of a path costs one look-up, and no text is made before it is asked for. */
export class PathTally {
  readonly #ends = new Map<string, Branch>();
  #branches = 0;
  #frames = 0;

  /** A frame's path, first node first. Of paths beyond the 256th branch only the known end is counted. */
  add(path: readonly PathStep[]): void {
    this.#frames++;
    let branches = this.#ends;
    let branch: Branch | undefined;
    for (let at = path.length - 1; at >= 0; at--) {
      const { node, workMs, waitMs } = path[at]!;
      const next = branches.get(node) ?? this.#grown(branches, node);
      if (!next) break;
      next.frames++;
      next.workMs += workMs;
      next.waitMs += waitMs;
      branch = next;
      branches = next.before;
    }
    if (branch) branch.begun++;
  }

  reading(): CriticalReading {
    const sums = new Map<string, { frames: number; onPath: number; workMs: number; waitMs: number }>();
    const chains: CriticalChain[] = [];
    const visit = (branch: Branch, behind: string, isLast: boolean): void => {
      const { node, frames, workMs, waitMs, begun, before } = branch;
      const sum = sums.get(node) ?? { frames: 0, onPath: 0, workMs: 0, waitMs: 0 };
      sums.set(node, sum);
      if (isLast) sum.frames += frames;
      sum.onPath += frames;
      sum.workMs += workMs;
      sum.waitMs += waitMs;
      const chain = `${node}${behind}`;
      if (begun > 0) chains.push({ chain, frames: begun, share: begun / this.#frames });
      for (const next of before.values()) visit(next, ` > ${chain}`, false);
    };
    for (const end of this.#ends.values()) visit(end, '', true);
    const nodes = [...sums].map(([node, { frames, onPath, workMs, waitMs }]) => ({
      node,
      frames,
      share: frames / this.#frames,
      onPath,
      meanWorkMs: workMs / onPath,
      meanWaitMs: waitMs / onPath,
    }));
    return { nodes: nodes.toSorted((a, b) => byFrames(a, b) || b.onPath - a.onPath), chains: chains.toSorted(byFrames) };
  }

  #grown(branches: Map<string, Branch>, node: string): Branch | undefined {
    if (this.#branches >= MOST_BRANCHES) return undefined;
    this.#branches++;
    const branch: Branch = { node, frames: 0, workMs: 0, waitMs: 0, begun: 0, before: new Map() };
    branches.set(node, branch);
    return branch;
  }
}
