import type { MediaLosses } from '../media/index.js';
import type { FaultCode } from '../core/index.js';
import type { FrameResult } from './frame-result.js';
import type { OutputFile } from './outputs/port.js';
import type { StreamState } from './stream-state.js';

/** How many of one label were seen. */
export interface LabelSummary {
  /** Boxes over all frames. */
  readonly objects: number;
  /** Different tracks; 0 where nothing follows them. */
  readonly tracks: number;
}

/** What was seen on one stream. */
export interface SeenSummary {
  readonly frames: number;
  readonly objects: number;
  readonly labels: Readonly<Record<string, LabelSummary>>;
  /** Crossings by line; two nodes with a line of the same name keep theirs apart as `node.line`. */
  readonly lines: Readonly<Record<string, { readonly in: number; readonly out: number }>>;
  readonly losses: MediaLosses;
}

/** What came of one stream. */
export interface StreamSummary extends SeenSummary {
  readonly state: StreamState;
  /** Why it failed; the other streams went on. */
  readonly fault?: { readonly code: FaultCode; readonly message: string };
  /** Frames that came too fast for a realtime pipeline, or while a live source was paused. */
  readonly dropped: number;
  /** Frames that no result came of, since a node failed on them or they were given up. */
  readonly failedFrames: number;
  /** Times that its source was opened again. */
  readonly restarts: number;
}

/** What a run did. */
export interface RunSummary {
  readonly frames: number;
  readonly objects: number;
  readonly elapsedMs: number;
  readonly streams: Readonly<Record<string, StreamSummary>>;
  /** Files of each output. */
  readonly outputs: Readonly<Record<string, readonly OutputFile[]>>;
}

/** Counts the results of one stream. Memory grows with the number of tracks, by a few bytes each. */
export class StreamTally {
  frames = 0;
  objects = 0;
  readonly #labels = new Map<string, { objects: number; readonly tracks: Set<number> }>();
  #lines: FrameResult['lines'] = [];

  add({ meta, lines }: FrameResult): void {
    this.frames++;
    this.objects += meta.objects.length;
    for (const { label, trackId } of meta.objects) {
      let of = this.#labels.get(label);
      if (!of) this.#labels.set(label, (of = { objects: 0, tracks: new Set() }));
      of.objects++;
      if (trackId !== undefined) of.tracks.add(trackId);
    }
    this.#lines = lines;
  }

  summary(losses: MediaLosses): SeenSummary {
    const labels = [...this.#labels].toSorted(([, a], [, b]) => b.objects - a.objects);
    const twice = (name: string): boolean => this.#lines.filter((line) => line.name === name).length > 1;
    return {
      frames: this.frames,
      objects: this.objects,
      labels: Object.fromEntries(labels.map(([label, { objects, tracks }]) => [label, { objects, tracks: tracks.size }])),
      lines: Object.fromEntries(
        this.#lines.map((line) => [twice(line.name) ? `${line.node}.${line.name}` : line.name, { in: line.in, out: line.out }]),
      ),
      losses,
    };
  }
}
