import { type Log, fail, toFault } from '../../core/index.js';
import type { AlgorithmContext, AlgorithmMaker } from '../algorithms/algorithm.js';
import { allowedFile } from '../algorithms/allowed-file.js';
import { openInline } from '../algorithms/inline-algorithm.js';
import type { AlgorithmInstance } from '../algorithms/instance.js';
import { openIsolated } from '../algorithms/isolated-algorithm.js';
import { loadAlgorithm } from '../algorithms/load-algorithm.js';
import { type AlgorithmCounters, type AlgorithmRules, StreamAlgorithm, noCounters } from '../algorithms/stream-algorithm.js';
import { tellError } from '../algorithms/thrown-at.js';
import type { AlgorithmNodeConfig } from '../config-nodes.js';
import { algorithmSummary } from '../node-summary.js';
import { NOTHING } from './board.js';
import type { GraphNode, StreamNode } from './port.js';

/** What an algorithm node is made with. */
export interface AlgorithmNodeMaterial {
  readonly log: Log;
  /** Streams that are known by now. */
  readonly streams: readonly string[];
  /** Folders that code may be loaded from. */
  readonly folders: readonly string[];
  /** Nodes that it reads whose objects have the numbers of their tracks. */
  readonly tracked: ReadonlySet<string>;
}

/** Makes the instance for one stream. */
type Opener = (context: AlgorithmContext) => Promise<AlgorithmInstance>;

async function openerOf(name: string, config: AlgorithmNodeConfig, folders: readonly string[]): Promise<Opener> {
  const { algorithm, export: exportName, settings, isolate, wait } = config;
  const frameHasGone = !wait;
  const inline =
    (maker: AlgorithmMaker): Opener =>
    (context) =>
      openInline(maker, settings, context, frameHasGone);
  if (typeof algorithm !== 'string') return inline(algorithm);
  const file = await allowedFile(algorithm, folders);
  if (!isolate) return inline(await loadAlgorithm(file, exportName));
  return (context) => openIsolated({ file, exportName, settings, stream: context.stream, node: name, frameHasGone }, context);
}

function rulesOf(name: string, config: AlgorithmNodeConfig, { log, tracked }: AlgorithmNodeMaterial): AlgorithmRules {
  const { frameCount, frameStep, interval, firstRun, whenShort, on, onError, timeoutMs, wait } = config;
  const { objects = [], labels = null } = on === 'frame' ? {} : on;
  return {
    node: name,
    sampling: { frameCount, frameStep, interval, firstRun, whenShort },
    sight: { nodes: objects, tracked, labels: labels && new Set(labels) },
    breaker: onError === 'fail' ? null : { breakAfter: onError.breakAfter, retryAfterMs: onError.retryAfterSeconds * 1000 },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    wait,
    log,
  };
}

function total(all: readonly AlgorithmCounters[], before: AlgorithmCounters): AlgorithmCounters {
  const sum = { ...before };
  for (const counters of all) for (const key of Object.keys(sum) as (keyof AlgorithmCounters)[]) sum[key] += counters[key];
  return sum;
}

/** A node with code of one's own: an instance a stream. */
class AlgorithmNode implements GraphNode {
  readonly ordered = true;
  /** What it adds may have any label. */
  readonly labels = NOTHING;
  readonly reads: readonly string[];
  readonly summary: string;
  readonly #prepared = new Map<string, StreamAlgorithm>();
  #opened: StreamAlgorithm[] = [];
  /** Of streams that have ended. */
  #past = noCounters();

  constructor(
    readonly name: string,
    config: AlgorithmNodeConfig,
    readonly rules: AlgorithmRules,
    readonly opener: Opener,
  ) {
    this.reads = rules.sight.nodes;
    this.summary = algorithmSummary(config);
  }

  /** Makes the instance that the next {@link open} of the stream gives. @throws Fault CONFIG_INVALID where `init` throws, and as the file's loading */
  async prepare(stream: string): Promise<void> {
    const algorithm = this.#make(stream);
    this.#prepared.set(stream, algorithm);
    await algorithm.instance;
  }

  open(stream: string): StreamNode {
    const prepared = this.#prepared.get(stream);
    this.#prepared.delete(stream);
    return prepared ?? this.#make(stream);
  }

  counters(): Readonly<Record<keyof AlgorithmCounters, number>> {
    return total(
      this.#opened.map(({ counters }) => counters),
      this.#past,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((algorithm) => algorithm.close()));
  }

  #make(stream: string): StreamAlgorithm {
    this.#settle();
    const stop = new AbortController();
    const log = this.rules.log.child({ stream, node: this.name });
    const instance = this.opener({ stream, node: this.name, log, signal: stop.signal });
    const algorithm = new StreamAlgorithm({ ...this.rules, log }, instance, stop);
    this.#opened.push(algorithm);
    return algorithm;
  }

  /** Streams come and go; of one that is gone only its numbers are kept. */
  #settle(): void {
    this.#past = total(
      this.#opened.filter(({ closed }) => closed).map(({ counters }) => counters),
      this.#past,
    );
    this.#opened = this.#opened.filter(({ closed }) => !closed);
  }
}

/** Loads an algorithm and makes an instance for every known stream. @throws Fault CONFIG_INVALID, NOT_FOUND, PERMISSION_DENIED, naming the node and the file */
export async function openAlgorithmNode(name: string, config: AlgorithmNodeConfig, material: AlgorithmNodeMaterial): Promise<GraphNode> {
  try {
    const opener = await openerOf(name, config, material.folders);
    const node = new AlgorithmNode(name, config, rulesOf(name, config, material), opener);
    try {
      for (const stream of material.streams) await node.prepare(stream);
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
    return node;
  } catch (error) {
    return fail(toFault(error, 'CONFIG_INVALID').code, `nodes.${name}.algorithm: ${tellError(error)}`, error);
  }
}
