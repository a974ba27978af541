import type { FrameResult } from './frame-result.js';
import { type NodeResult, nodeResult } from './node-results.js';
import { ResultQueue } from './result-queue.js';

/** Which results of a node are wanted. */
export interface NodeReading {
  /** Of this stream only. */
  readonly stream?: string;
  /** Most results that wait for the reader, oldest dropped; without end when absent offline, 256 when absent in realtime. */
  readonly capacity?: number;
}

interface Reader {
  readonly node: string;
  readonly stream: string | undefined;
  readonly queue: ResultQueue<NodeResult>;
}

/** Results of a node as they come, and how many were lost to a reader that was too slow. */
export type NodeResults<N extends string = string> = AsyncIterableIterator<NodeResult<N>, undefined> & { readonly dropped: number };

/** Keeps the last result of each node on each stream, and hands results to those who read nodes. All of it outlives the run. */
export class ResultHub {
  readonly #latest = new Map<string, Map<string, FrameResult>>();
  readonly #readers = new Set<Reader>();

  constructor(readonly capacity: number) {}

  /** Takes note of a result; the frame itself is not needed. */
  take(result: FrameResult): void {
    const { stream, inferred } = result.meta;
    for (const node of Object.keys(inferred)) {
      if (!result.said(node)) continue;
      let streams = this.#latest.get(node);
      if (!streams) this.#latest.set(node, (streams = new Map()));
      // Set anew, so that the last in the map is the newest of all streams.
      streams.delete(stream);
      streams.set(stream, result);
    }
    for (const { node, stream: wanted, queue } of this.#readers)
      if ((wanted === undefined || wanted === stream) && result.said(node)) queue.push(nodeResult(result, node));
  }

  /** The newest result of a node, on one stream or on whichever was last. */
  latest<N extends string>(node: N, stream?: string): NodeResult<N> | undefined {
    const streams = this.#latest.get(node);
    const result = stream === undefined ? [...(streams?.values() ?? [])].at(-1) : streams?.get(stream);
    return result && nodeResult(result, node);
  }

  read<N extends string>(node: N, { stream, capacity = this.capacity }: NodeReading): NodeResults<N> {
    const reader: Reader = { node, stream, queue: new ResultQueue<NodeResult>(capacity, () => this.#readers.delete(reader)) };
    this.#readers.add(reader);
    return reader.queue as ResultQueue<NodeResult<N>>;
  }

  /** No more will come. */
  end(): void {
    for (const { queue } of this.#readers) queue.end();
    this.#readers.clear();
  }
}
