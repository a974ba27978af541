import { fail, toMs } from '../../core/index.js';
import { type Observation, type Tracker, createTracker } from '../../tracking/index.js';
import type { TrackNodeConfig } from '../config-nodes.js';
import { type Board, type Draft, NOTHING, type NodeFindings } from './board.js';
import type { GraphNode, StreamNode } from './port.js';

/** Classes of different nodes are different things to the tracker. */
const CLASSES_A_NODE = 1 << 20;

interface Class {
  readonly node: string;
  readonly classId: number;
  readonly label: string;
}

/** Numbers classes across the nodes that a tracker reads, and remembers their labels for objects that are only predicted. */
class Classes {
  readonly #known = new Map<number, Class>();

  constructor(readonly nodes: readonly string[]) {}

  idOf({ node, classId, label }: Draft): number {
    const id = this.nodes.indexOf(node) * CLASSES_A_NODE + classId;
    if (!this.#known.has(id)) this.#known.set(id, { node, classId, label });
    return id;
  }

  of(id: number): Class {
    return this.#known.get(id) ?? fail('INTERNAL', `a tracker made up the class ${id}`);
  }
}

class StreamTrack implements StreamNode {
  readonly #classes: Classes;

  constructor(
    readonly name: string,
    readonly reads: readonly string[],
    readonly labels: ReadonlySet<string> | null,
    readonly tracker: Tracker,
  ) {
    this.#classes = new Classes(reads);
  }

  look(board: Board): NodeFindings {
    const timeMs = toMs(board.frame.pts);
    const read = this.reads.map((node) => board.of(node));
    return read.some(({ inferred }) => inferred) ? this.#follow(read, timeMs) : this.#coast(timeMs);
  }

  #follow(read: readonly NodeFindings[], timeMs: number): NodeFindings {
    const strong = read.flatMap(({ objects }) => this.#wanted(objects));
    const weak = read.flatMap(({ weak: dim = NOTHING }) => this.#wanted(dim));
    const seen = [...strong, ...weak];
    const observations = seen.map((draft): Observation => ({ box: draft.box, confidence: draft.confidence, classId: this.#classes.idOf(draft) }));
    const ids = this.tracker.update(observations, timeMs);
    const tracked: Draft[] = [];
    const made: Draft[] = [];
    seen.forEach((draft, at) => {
      const trackId = ids[at];
      if (trackId === undefined) return;
      draft.trackId = trackId;
      tracked.push(draft);
      if (at >= strong.length) made.push(draft);
    });
    return { inferred: true, objects: tracked, made };
  }

  #coast(timeMs: number): NodeFindings {
    const predicted = this.tracker.coast(timeMs).map(({ trackId, box, confidence, classId: id }): Draft => {
      const { label, classId } = this.#classes.of(id);
      return { node: this.name, label, classId, confidence, box, trackId, attributes: NOTHING };
    });
    return { inferred: false, objects: predicted, made: predicted };
  }

  #wanted(drafts: readonly Draft[]): readonly Draft[] {
    const { labels } = this;
    return labels ? drafts.filter(({ label }) => labels.has(label)) : drafts;
  }
}

/** Follows objects: one tracker a stream. @throws Fault CONFIG_INVALID for an unknown kind or wrong settings */
export function openTrackNode(name: string, { track, on, settings }: TrackNodeConfig): GraphNode {
  // Made once, so that wrong settings are told before the first frame.
  createTracker(track, settings);
  const labels = on.labels ? new Set(on.labels) : null;
  return {
    name,
    reads: on.objects,
    ordered: true,
    summary: `follows objects with ${track}`,
    open: () => new StreamTrack(name, on.objects, labels, createTracker(track, settings)),
    [Symbol.asyncDispose]: async () => {},
  };
}
