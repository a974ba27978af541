import { type Pts, fail, toMs } from '../core/index.js';
import type { FrameResult } from './frame-result.js';
import { type NodeResult, nodeResult } from './node-results.js';

/** Where in which stream a result belongs. */
export interface Position {
  readonly stream: string;
  /** 0-based. */
  readonly frame: number;
  readonly pts: Pts;
  /** Presentation time in milliseconds. */
  readonly timeMs: number;
}

/** A sink of one method. */
export interface Collector {
  /**
   * Takes what one node said of one frame: of an algorithm, its value; of a node that finds or follows, its objects; of a line counter, `{ lines, events }`. Only for frames
   * of which the node has something to say. What it returns is awaited, which is the back-pressure. What it throws fails the stream.
   */
  collect(position: Position, name: string, result: unknown): void | Promise<void>;
}

/** An algorithm's value, a counter's lines, or objects. */
function wordOf({ value, objects, lines, events }: NodeResult): unknown {
  if (value !== undefined) return value;
  return lines.length > 0 ? { lines, events } : objects;
}

/** Hands a result to a collector, node by node in the order of the plan. */
export async function collectInto(collector: Collector, result: FrameResult): Promise<void> {
  const { stream, frame, pts, inferred } = result.meta;
  const position: Position = { stream, frame, pts, timeMs: toMs(pts) };
  for (const node of Object.keys(inferred)) {
    if (!result.said(node)) continue;
    const taken = collector.collect(position, node, wordOf(nodeResult(result, node)));
    if (taken) await taken;
  }
}

/** One collected result. */
export interface Collected {
  readonly position: Position;
  readonly result: unknown;
}

/** Keeps what nodes said, each result under its own position, for as long as it lives. */
export interface MemoryCollector extends Collector {
  /** Results of a node, oldest first. */
  results(name: string): readonly Collected[];
  /** The newest of them. */
  last(name: string): Collected | undefined;
  /** Forgets all. */
  clear(): void;
}

/** A collector for tests and small jobs. `limit` is the most results kept of each node, oldest dropped; without end when absent. */
export function memoryCollector({ limit = Infinity }: { readonly limit?: number } = {}): MemoryCollector {
  if (!(limit >= 1)) fail('INVALID_ARGUMENT', `limit is ${limit}, wanted 1 or more`);
  const kept = new Map<string, Collected[]>();
  return {
    collect(position, name, result) {
      const list = kept.get(name) ?? [];
      kept.set(name, list);
      list.push({ position, result });
      if (list.length > limit) list.shift();
    },
    results: (name) => [...(kept.get(name) ?? [])],
    last: (name) => kept.get(name)?.at(-1),
    clear: () => kept.clear(),
  };
}
