import type { LoadedModel } from '../../inference/index.js';
import type { Rate } from '../schedule.js';
import type { Board, NodeFindings } from './board.js';

/** A node at work on one stream. */
export interface StreamNode {
  /** Borrows the frame until it settles. */
  look(board: Board, signal: AbortSignal): NodeFindings | Promise<NodeFindings>;
  /** Takes over what still holds of what another, of a node of the same name, knows of the stream: its settings were changed while it ran. */
  follow?(before: StreamNode): void;
  /** The stream is over; nothing is under way. */
  close?(): void | Promise<void>;
}

/** A node of the graph, for all streams. */
export interface GraphNode extends AsyncDisposable {
  readonly name: string;
  /** Nodes whose findings it needs. */
  readonly reads: readonly string[];
  /** True for one that must see the frames of a stream in their order, each when the one before is done. */
  readonly ordered: boolean;
  /** True for one that must begin with the frames of a stream in their order, though several may be under way. */
  readonly startsInOrder?: boolean;
  /** The model that it runs. */
  readonly model?: LoadedModel;
  /** Least confidence of the objects that it reports, where it finds objects. */
  readonly confidence?: number;
  /** Labels of the objects that others may read of it, as far as known; absent where it has no objects of its own to give. */
  readonly labels?: readonly string[];
  /** How often it looks at a stream, unless the stream says otherwise; every frame when absent. */
  readonly rate?: Rate;
  /** What it counts, of all streams so far, by name. */
  counters?(): Readonly<Record<string, number>>;
  /** What it does, in a few words, for the plan. */
  readonly summary: string;
  /** Told when nodes that it reads were replaced by others with the same labels, such as a detector whose confidence changed. */
  reread?(reads: readonly GraphNode[]): void;
  /** Its state for one stream. */
  open(stream: string): StreamNode;
}
