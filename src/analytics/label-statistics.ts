import type { FrameMeta } from '../core/index.js';
import { type Histogram, type HistogramBuilder, createHistogram, emptyHistogram } from './histogram.js';
import { sightings } from './sighting.js';
import { createTrackMemory } from './track-memory.js';

/** What was seen of one class. Plain data. */
export interface LabelStatistics {
  readonly label: string;
  /** Objects on all frames together. */
  readonly objects: number;
  /** Most on one frame. */
  readonly peak: number;
  /** Different tracks; one whose class wavers belongs to the class it had most often. */
  readonly tracks: number;
  /** Seconds from the first to the last sight of each track. */
  readonly dwellSeconds: Histogram;
  readonly confidence: Histogram;
}

/** Accumulates what was seen by class. */
export interface LabelStatisticsBuilder {
  /** Answers how many objects of each class the frame has. */
  update(meta: FrameMeta, timeMs: number): ReadonlyMap<string, number>;
  /** Most objects first. */
  snapshot(): readonly LabelStatistics[];
}

/** Classes told apart; those that appear later are put together, so that a model of thousands of them stays bounded. */
const MOST_LABELS = 100;
const OTHERS = 'others';

const DWELL_EDGES = [0, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
const CONFIDENCE_EDGES = Array.from({ length: 20 }, (_, n) => n / 20);

interface Sums {
  objects: number;
  peak: number;
  tracks: number;
  dwell: HistogramBuilder;
  readonly confidence: HistogramBuilder;
}

interface Track {
  firstMs: number | undefined;
  lastMs: number;
  readonly labels: Map<string, number>;
}

const newSums = (): Sums => ({
  objects: 0,
  peak: 0,
  tracks: 0,
  dwell: createHistogram(emptyHistogram(DWELL_EDGES)),
  confidence: createHistogram(emptyHistogram(CONFIDENCE_EDGES)),
});

const plusOne = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Writes a track into the class that it had most often. */
function conclude({ labels, firstMs, lastMs }: Track, sums: ReadonlyMap<string, Pick<Sums, 'tracks' | 'dwell'>>): void {
  const [label] = [...labels].reduce((best, next) => (next[1] > best[1] ? next : best));
  const into = sums.get(label)!;
  into.tracks++;
  into.dwell.add((lastMs - firstMs!) / 1000);
}

/** Statistics by class in bounded memory: a track is remembered while it is about. */
export function createLabelStatistics(): LabelStatisticsBuilder {
  const sums = new Map<string, Sums>();
  const tracks = createTrackMemory<Track>({
    create: () => ({ firstMs: undefined, lastMs: 0, labels: new Map() }),
    onForget: (track) => conclude(track, sums),
  });
  const nameOf = (label: string): string => (sums.has(label) || sums.size < MOST_LABELS ? label : OTHERS);
  const sumsOf = (name: string): Sums => {
    const found = sums.get(name) ?? newSums();
    sums.set(name, found);
    return found;
  };

  const count = ({ objects }: FrameMeta): ReadonlyMap<string, number> => {
    const onFrame = new Map<string, number>();
    for (const { label, confidence } of objects) {
      const name = nameOf(label);
      plusOne(onFrame, name);
      const into = sumsOf(name);
      into.objects++;
      into.confidence.add(confidence);
      into.peak = Math.max(into.peak, onFrame.get(name)!);
    }
    return onFrame;
  };

  return {
    update(meta, timeMs) {
      tracks.prune(timeMs);
      const onFrame = count(meta);
      for (const { key, object } of sightings(meta)) {
        const track = tracks.touch(key, timeMs);
        track.firstMs ??= timeMs;
        track.lastMs = timeMs;
        plusOne(track.labels, nameOf(object.label));
      }
      return onFrame;
    },
    snapshot() {
      const withOpen = new Map([...sums].map(([name, { tracks, dwell }]) => [name, { tracks, dwell: createHistogram(dwell.snapshot()) }]));
      for (const track of tracks.values()) conclude(track, withOpen);
      const rows = [...sums].map(([label, { objects, peak, confidence }]) => {
        const { tracks, dwell } = withOpen.get(label)!;
        return { label, objects, peak, tracks, dwellSeconds: dwell.snapshot(), confidence: confidence.snapshot() };
      });
      return rows.toSorted((a, b) => b.objects - a.objects);
    },
  };
}
