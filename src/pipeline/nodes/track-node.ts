import { isDeepStrictEqual } from 'node:util';
import { fail, toMs } from '../../core/index.js';
import { type Observation, type Tracker, createTracker, trackerKind } from '../../tracking/index.js';
import type { TrackNodeConfig } from '../config-nodes.js';
import { trackSummary } from '../node-summary.js';
import { type Board, type Draft, NOTHING, type NodeFindings } from './board.js';
import type { GraphNode, StreamNode } from './port.js';

/** Numbers of the tracks of one stream, from 1. */
class TrackNumbers {
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}

/** Follows what one node finds on one stream. Nodes look at frames at rates of their own, so each has a tracker of its own. */
class NodeTrack {
  readonly #labels = new Map<number, string>();
  readonly #ids = new Map<number, number>();

  constructor(
    readonly node: string,
    readonly wanted: ReadonlySet<string> | null,
    readonly tracker: Tracker,
    public numbers: TrackNumbers,
  ) {}

  /** Whether it follows the same objects: of the same node, and of the same classes. */
  isAs({ node, wanted }: NodeTrack): boolean {
    return node === this.node && isDeepStrictEqual(wanted, this.wanted);
  }

  look(findings: NodeFindings, timeMs: number, tracked: Draft[], made: Draft[]): void {
    if (findings.inferred) this.#follow(findings, timeMs, tracked, made);
    else this.#coast(timeMs, tracked, made);
  }

  #follow({ objects, weak = NOTHING }: NodeFindings, timeMs: number, tracked: Draft[], made: Draft[]): void {
    const strong = this.#wantedOf(objects);
    const seen = [...strong, ...this.#wantedOf(weak)];
    const ids = this.tracker.update(seen.map(observation), timeMs);
    for (const [at, draft] of seen.entries()) {
      const id = ids[at];
      if (id === undefined) continue;
      this.#labels.set(draft.classId, draft.label);
      draft.trackId = this.#idOf(id);
      tracked.push(draft);
      if (at >= strong.length) made.push(draft);
    }
  }

  #coast(timeMs: number, tracked: Draft[], made: Draft[]): void {
    for (const { trackId: id, box, confidence, classId } of this.tracker.coast(timeMs)) {
      const label = this.#labels.get(classId) ?? fail('INTERNAL', `a tracker made up the class ${classId}`);
      const draft = { node: this.node, label, classId, confidence, box, trackId: this.#idOf(id), attributes: NOTHING, predicted: true };
      tracked.push(draft);
      made.push(draft);
    }
  }

  #idOf(id: number): number {
    let known = this.#ids.get(id);
    if (known === undefined) this.#ids.set(id, (known = this.numbers.next()));
    return known;
  }

  #wantedOf(drafts: readonly Draft[]): readonly Draft[] {
    const { wanted } = this;
    return wanted ? drafts.filter(({ label }) => wanted.has(label)) : drafts;
  }
}

const observation = ({ box, confidence, classId }: Draft): Observation => ({ box, confidence, classId });

/** Settings for what one node finds. */
type SettingsOf = (node: string) => Readonly<Record<string, unknown>>;

class StreamTrack implements StreamNode {
  #numbers = new TrackNumbers();
  #tracks: readonly NodeTrack[];

  constructor(
    readonly kind: string,
    nodes: readonly string[],
    wanted: ReadonlySet<string> | null,
    readonly settingsOf: SettingsOf,
    /** Called when the stream is over. */
    readonly onClosed: (track: StreamTrack) => void,
  ) {
    this.#tracks = nodes.map((node) => new NodeTrack(node, wanted, createTracker(kind, settingsOf(node)), this.#numbers));
  }

  /** Tracks of the same objects keep their numbers. */
  follow(before: StreamNode): void {
    if (!(before instanceof StreamTrack) || before.kind !== this.kind) return;
    this.#numbers = before.#numbers;
    this.#tracks = this.#tracks.map((track) => before.#tracks.find((known) => known.isAs(track)) ?? track);
    for (const track of this.#tracks) track.numbers = this.#numbers;
    this.tune();
  }

  /** The settings may be others now. */
  tune(): void {
    for (const { node, tracker } of this.#tracks) tracker.tune(this.settingsOf(node));
  }

  close(): void {
    this.onClosed(this);
  }

  look({ frame, of }: Board): NodeFindings {
    const timeMs = toMs(frame.pts);
    const tracked: Draft[] = [];
    const made: Draft[] = [];
    let inferred = false;
    for (const track of this.#tracks) {
      const findings = of(track.node);
      if (findings.inferred) inferred = true;
      track.look(findings, timeMs, tracked, made);
    }
    return { inferred, objects: tracked, made };
  }
}

/** None are known where those of one node are not. */
function labelsOf(reads: readonly GraphNode[]): readonly string[] {
  const known = reads.map(({ labels = NOTHING }) => labels);
  return known.some((labels) => labels.length === 0) ? NOTHING : [...new Set(known.flat())];
}

/** Follows objects; tracks are numbered from 1 in each stream. @throws Fault CONFIG_INVALID for an unknown kind or wrong settings */
export function openTrackNode(name: string, { track, on, settings }: TrackNodeConfig, reads: readonly GraphNode[]): GraphNode {
  // Made once, so that wrong settings are told before the first frame.
  createTracker(track, settings);
  const labels = on.labels ? new Set(on.labels) : null;
  const open = new Set<StreamTrack>();
  let read = reads;
  const settingsOf: SettingsOf = (node) => {
    const confidence = read.find((each) => each.name === node)?.confidence;
    return confidence === undefined ? settings : trackerKind(track).suitedTo(settings, confidence);
  };
  return {
    name,
    reads: on.objects,
    ordered: true,
    labels: on.labels ?? labelsOf(reads),
    summary: trackSummary({ track }),
    open() {
      const stream = new StreamTrack(track, on.objects, labels, settingsOf, (gone) => open.delete(gone));
      open.add(stream);
      return stream;
    },
    reread(now) {
      read = now;
      for (const stream of open) stream.tune();
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
