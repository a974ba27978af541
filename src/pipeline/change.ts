import { isDeepStrictEqual } from 'node:util';
import { fail } from '../core/index.js';
import type { PipelineConfig } from './config.js';

/** What one configuration has that another has not. */
export interface ConfigChange {
  readonly sourcesAdded: readonly string[];
  readonly sourcesRemoved: readonly string[];
  /** Opened anew: their address, or how they are read, differs. */
  readonly sourcesReplaced: readonly string[];
  /** Only what nodes do on them differs. */
  readonly sourcesAdjusted: readonly string[];
  readonly nodesAdded: readonly string[];
  readonly nodesRemoved: readonly string[];
  readonly nodesChanged: readonly string[];
}

type Named = Readonly<Record<string, unknown>>;

const only = (a: Named, b: Named): string[] => Object.keys(a).filter((name) => !Object.hasOwn(b, name));
const both = (a: Named, b: Named): string[] => Object.keys(a).filter((name) => Object.hasOwn(b, name));

/** What stays for as long as a pipeline is open. */
const FIXED = ['version', 'mode', 'realtime', 'outputs', 'sinks', 'watchdogSeconds'] as const;

/** What becomes different. Pure. @throws Fault FAILED_PRECONDITION naming a part that cannot be changed while the pipeline is open */
export function configChange(before: PipelineConfig, after: PipelineConfig): ConfigChange {
  for (const key of FIXED)
    if (!isDeepStrictEqual(before[key], after[key]))
      fail(
        'FAILED_PRECONDITION',
        `${key}: cannot be changed while the pipeline is open; close it and open another. Sources, nodes and plan can be changed`,
      );
  const shared = both(before.sources, after.sources).map((name) => ({ name, was: before.sources[name]!, is: after.sources[name]! }));
  const replaced = shared.filter(({ was, is }) => !isDeepStrictEqual({ ...was, nodes: {} }, { ...is, nodes: {} })).map(({ name }) => name);
  return {
    sourcesAdded: only(after.sources, before.sources),
    sourcesRemoved: only(before.sources, after.sources),
    sourcesReplaced: replaced,
    sourcesAdjusted: shared
      .filter(({ name, was, is }) => !replaced.includes(name) && !isDeepStrictEqual(was.nodes, is.nodes))
      .map(({ name }) => name),
    nodesAdded: only(after.nodes, before.nodes),
    nodesRemoved: only(before.nodes, after.nodes),
    nodesChanged: both(before.nodes, after.nodes).filter((name) => !isDeepStrictEqual(before.nodes[name], after.nodes[name])),
  };
}
