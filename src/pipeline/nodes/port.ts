import type { LoadedModel } from '../../inference/index.js';
import type { Board, NodeFindings } from './board.js';

/** A node at work on one stream. */
export interface StreamNode {
  /** Borrows the frame until it settles. */
  look(board: Board, signal: AbortSignal): NodeFindings | Promise<NodeFindings>;
  /** Called once when the stream ends, with no frame under way. */
  close?(): void | Promise<void>;
}

/** A node of the graph, for all streams. */
export interface GraphNode extends AsyncDisposable {
  readonly name: string;
  /** Nodes whose findings it needs. */
  readonly reads: readonly string[];
  /** True for one that must see the frames of a stream in their order, each when the one before is done. */
  readonly ordered: boolean;
  /** The model that it runs. */
  readonly model?: LoadedModel;
  /** Least confidence of the objects that it reports, where it finds objects. */
  readonly confidence?: number;
  /** Labels of the objects that others may read of it, as far as known; absent where it has no objects of its own to give. */
  readonly labels?: readonly string[];
  /** What it does, in a few words, for the plan. */
  readonly summary: string;
  /** What it counts, of all streams so far, by name. */
  counters?(): Readonly<Record<string, number>>;
  /** Its state for one stream. */
  open(stream: string): StreamNode;
}
