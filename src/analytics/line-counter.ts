import { isDeepStrictEqual } from 'node:util';
import { type CrossingDirection, type EventMeta, type FrameMeta, type Size, toMs } from '../core/index.js';
import { type LineCounterSettings, resolveLines } from './line-counter-settings.js';
import { type Passage, advance, newPassage } from './line-passage.js';
import type { Analyser, Line, LineCount } from './port.js';
import { type Sighting, anchorOf, sightings } from './sighting.js';
import { type TrackMemory, createTrackMemory } from './track-memory.js';

/** Who a line counter works for: both names stand in its events. */
export interface AnalyserPlace {
  readonly stream: string;
  readonly node: string;
}

/** One line, the tracks near it and its counts. */
interface WatchedLine {
  line: Line;
  readonly labels: ReadonlySet<string> | undefined;
  readonly tracks: TrackMemory<Passage>;
  readonly count: Record<CrossingDirection, number>;
}

/** What of a counter another may take over. */
interface Watching {
  readonly settings: LineCounterSettings;
  readonly watched: readonly WatchedLine[];
  readonly size: Size | undefined;
}

const watching = new WeakMap<Analyser, () => Watching>();

const sameSize = (a: Size | undefined, b: Size): boolean => a?.width === b.width && a.height === b.height;

/**
 * Counts the tracks of one stream that cross lines, each crossing once: {@link advance} says when.
 *
 * Objects without a track never count. Memory is bounded: a track is forgotten a minute after it was last seen. When the frame's
 * size changes, lines given in fractions move with it and tracks start afresh, since nobody can say how they got there.
 */
export function createLineCounter(settings: LineCounterSettings, { stream, node }: AnalyserPlace): Analyser {
  const watched: WatchedLine[] = resolveLines(settings, { width: 1, height: 1 }).map((line) => {
    const labels = settings.lines[line.name]?.labels;
    return { line, labels: labels && new Set(labels), tracks: createTrackMemory({ create: newPassage }), count: { in: 0, out: 0 } };
  });
  let size: Size | undefined;

  const resize = (to: Size): void => {
    size = to;
    resolveLines(settings, to).forEach((line, n) => {
      watched[n]!.line = line;
      watched[n]!.tracks.clear();
    });
  };

  const look = (watch: WatchedLine, { key, trackId, object }: Sighting, { frame, pts }: FrameMeta, timeMs: number): EventMeta[] => {
    const { label, box } = object;
    if (watch.labels && !watch.labels.has(label)) return [];
    const at = anchorOf(box);
    const direction = advance(watch.tracks.touch(key, timeMs), watch.line, at, box.y2 - box.y1);
    if (direction === undefined) return [];
    watch.count[direction]++;
    return [{ type: 'line-crossing', stream, frame, pts, node, line: watch.line.name, direction, trackId, label, at }];
  };

  const follow = (before: Watching): void => {
    watched.forEach((watch, n) => {
      const { name } = watch.line;
      const known = before.watched.find(({ line }) => line.name === name);
      if (known && isDeepStrictEqual(settings.lines[name], before.settings.lines[name])) watched[n] = known;
    });
    size = before.size;
    // New lines are laid into the picture by hand: the size is not new to the others.
    if (size) resolveLines(settings, size).forEach((line, n) => (watched[n]!.line = line));
  };

  const counter: Analyser = {
    update(meta) {
      if (!sameSize(size, meta.size)) resize(meta.size);
      const timeMs = toMs(meta.pts);
      for (const { tracks } of watched) tracks.prune(timeMs);
      const seen = sightings(meta);
      return watched.flatMap((watch) => seen.flatMap((sighting) => look(watch, sighting, meta, timeMs)));
    },
    counts: () => Object.fromEntries(watched.map(({ line, count }): [string, LineCount] => [line.name, { ...count }])),
    follow(before) {
      const known = watching.get(before);
      if (known) follow(known());
    },
  };
  watching.set(counter, () => ({ settings, watched, size }));
  return counter;
}
