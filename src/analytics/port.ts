import type { EventMeta, FrameMeta, Point, Size } from '../core/index.js';

/** A line that is watched, in pixels of the displayed frame. */
export interface Line {
  readonly name: string;
  readonly from: Point;
  readonly to: Point;
}

/** Crossings of one line so far. */
export interface LineCount {
  readonly in: number;
  readonly out: number;
}

/** Watches the tracks of one stream. One closure per stream. */
export interface Analyser {
  /** The next frame in presentation order, tracks included. Answers what happened on it. */
  update(meta: FrameMeta): readonly EventMeta[];
  /** Counts by line. */
  counts(): Readonly<Record<string, LineCount>>;
  /** Takes over counts and tracks of the lines that lie where they lay in `before`, made for the same stream with other settings. */
  follow(before: Analyser): void;
}

/** A picture kept of an object, at its best. */
export interface BestShot {
  readonly stream: string;
  readonly trackId: number;
  readonly label: string;
  readonly confidence: number;
  readonly timeMs: number;
  /** JPEG. */
  readonly jpeg: Uint8Array;
  readonly size: Size;
}
