import { type Box, type FrameMeta, type Rect, type Size, toMs } from '../core/index.js';
import type { BestShot } from './port.js';
import { type Sighting, sightings } from './sighting.js';
import { createTrackMemory } from './track-memory.js';

/** A crop that is worth rendering: `rect` of the frame, scaled to `size`. */
export interface WantedCrop {
  readonly stream: string;
  readonly trackId: number;
  readonly label: string;
  readonly confidence: number;
  readonly timeMs: number;
  /** Whole pixels of the displayed frame, inside it. */
  readonly rect: Rect;
  /** What the crop is to be scaled to: as it is, or smaller. */
  readonly size: Size;
  /** 0 to 1; higher is better. */
  readonly score: number;
  /** Names the track among those of its stream. */
  readonly key: string;
}

/** Decides which crops show the objects of a stream at their best. One closure per stream. */
export interface BestShots {
  /** The next frame, tracks included. Answers the crops that the caller should render of it and hand to `keep`; often none. */
  consider(meta: FrameMeta): readonly WantedCrop[];
  /** A crop that was wanted, as a JPEG. Takes the bytes; a picture that was outdone meanwhile is dropped. */
  keep(crop: WantedCrop, jpeg: Uint8Array): void;
  /** The pictures kept, best first. */
  shots(): readonly BestShot[];
}

/** How much is kept, and how often a crop is asked for. */
export interface BestShotOptions {
  /** Most pictures kept. */
  readonly limit?: number;
  /** Least time between two crops of a track, in milliseconds. */
  readonly everyMs?: number;
  /** Longer side of a crop at most, in pixels. */
  readonly longestSidePx?: number;
}

/** A new crop has to be better by this factor: rendering one costs more than it is worth for a hair's breadth. */
const BETTER_BY = 1.15;
/** Sightings before the first crop: what is seen once or twice is often a mistake of the detector. */
const FIRST_AT_SIGHTING = 3;
/** Room around the box, as a share of its sides. */
const MARGIN = 0.08;
/** A box of this height, in pixels, shows all there is to see; more does not score more, or lorries would oust people. */
const LARGE_PX = 240;
/** What is left of the score of a box that is cut by the picture's edge. */
const CUT_SCORE = 0.35;

/**
 * How well an object can be seen, 0 to 1: the square root of its size (up to {@link LARGE_PX}) times its confidence squared, times
 * what is not hidden by others, and a third of that when the picture's edge cuts it. Of two boxes that overlap, the one whose lower
 * edge is lower is taken to be in front.
 */
export function shotScore(box: Box, confidence: number, frame: Size, others: readonly Box[]): number {
  const size = Math.sqrt(Math.min(1, Math.max(box.x2 - box.x1, box.y2 - box.y1) / LARGE_PX));
  const inside = box.x1 > 1 && box.y1 > 1 && box.x2 < frame.width - 1 && box.y2 < frame.height - 1;
  const hidden = Math.max(0, ...others.map((other) => (other.y2 > box.y2 ? coveredShare(box, other) : 0)));
  return size * confidence ** 2 * (inside ? 1 : CUT_SCORE) * (1 - hidden);
}

function coveredShare(box: Box, other: Box): number {
  const width = Math.min(box.x2, other.x2) - Math.max(box.x1, other.x1);
  const height = Math.min(box.y2, other.y2) - Math.max(box.y1, other.y1);
  return width > 0 && height > 0 ? (width * height) / ((box.x2 - box.x1) * (box.y2 - box.y1)) : 0;
}

/** Least width of a crop by its height: a walker's box is far narrower, and a gallery of slivers is hard to look at. */
const NARROWEST = 2 / 3;

/** The box with some room, in whole pixels inside the frame; undefined when nothing of it is. */
function cropRect({ x1, y1, x2, y2 }: Box, { width, height }: Size): Rect | undefined {
  const my = (y2 - y1) * MARGIN;
  const mx = Math.max((x2 - x1) * MARGIN, ((y2 - y1 + 2 * my) * NARROWEST - (x2 - x1)) / 2);
  const left = Math.max(0, Math.floor(x1 - mx));
  const top = Math.max(0, Math.floor(y1 - my));
  const rect = { x: left, y: top, width: Math.min(width, Math.ceil(x2 + mx)) - left, height: Math.min(height, Math.ceil(y2 + my)) - top };
  const isInside = x2 > 1 && y2 > 1 && x1 < width - 1 && y1 < height - 1;
  return isInside && rect.width >= 2 && rect.height >= 2 ? rect : undefined;
}

function fittedSize({ width, height }: Rect, longestSidePx: number): Size {
  const scale = Math.min(1, longestSidePx / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

interface Candidate {
  sightings: number;
  askedMs: number;
  askedScore: number;
}

const leastScore = (kept: ReadonlyMap<string, { crop: WantedCrop }>): number => Math.min(...[...kept.values()].map(({ crop }) => crop.score));

/** One picture of each track, the best of it, of at most `limit` tracks; the decision is pure, the caller renders and encodes. */
export function createBestShots({ limit = 12, everyMs = 500, longestSidePx = 320 }: BestShotOptions = {}): BestShots {
  const candidates = createTrackMemory<Candidate>({ create: () => ({ sightings: 0, askedMs: -Infinity, askedScore: 0 }) });
  const kept = new Map<string, { crop: WantedCrop; jpeg: Uint8Array }>();

  const wanted = (candidate: Candidate, key: string, score: number, timeMs: number): boolean => {
    if (++candidate.sightings < FIRST_AT_SIGHTING || timeMs - candidate.askedMs < everyMs) return false;
    if (score < candidate.askedScore * BETTER_BY) return false;
    return kept.has(key) || kept.size < limit || score > leastScore(kept);
  };

  const look = ({ key, trackId, object }: Sighting, meta: FrameMeta, timeMs: number): WantedCrop[] => {
    const candidate = candidates.touch(key, timeMs);
    const others = meta.objects.filter((other) => other !== object && other.parentId !== object.id).map(({ box }) => box);
    const score = shotScore(object.box, object.confidence, meta.size, others);
    if (!wanted(candidate, key, score, timeMs)) return [];
    const rect = cropRect(object.box, meta.size);
    if (rect === undefined) return [];
    candidate.askedMs = timeMs;
    candidate.askedScore = score;
    const { label, confidence } = object;
    return [{ stream: meta.stream, trackId, label, confidence, timeMs, rect, size: fittedSize(rect, longestSidePx), score, key }];
  };

  return {
    consider(meta) {
      const timeMs = toMs(meta.pts);
      candidates.prune(timeMs);
      return sightings(meta).flatMap((sighting) => look(sighting, meta, timeMs));
    },
    keep(crop, jpeg) {
      const before = kept.get(crop.key);
      if (before && before.crop.score >= crop.score) return;
      kept.set(crop.key, { crop, jpeg });
      if (kept.size <= limit) return;
      const least = leastScore(kept);
      for (const [key, { crop }] of kept) if (crop.score === least && kept.size > limit) kept.delete(key);
    },
    shots: () =>
      [...kept.values()]
        .toSorted((a, b) => b.crop.score - a.crop.score)
        .map(({ crop: { stream, trackId, label, confidence, timeMs, size }, jpeg }) => ({ stream, trackId, label, confidence, timeMs, jpeg, size })),
  };
}
