import { z } from 'zod';
import { Positions } from './close-pairs.js';
import type { Observation, Tracker, TrackerKind } from './port.js';
import { parseTrackerSettings } from './settings.js';
import { TrackTable } from './track-table.js';

/** Settings of {@link sort}. */
export const SortSettings = z
  .strictObject({
    minimumConfidence: z.number().min(0).max(1).default(0.4).describe('Detections below it are not looked at.'),
    minimumIou: z.number().min(0.01).max(1).default(0.3).describe('Least IoU of a track and a detection.'),
    lostAfterMs: z
      .number()
      .min(0)
      .default(1000)
      .describe('How long a track that is not seen is kept, in milliseconds; the next frame in turn always counts.'),
    confirmAfter: z.int().min(1).max(100).default(3).describe('Detections in a row before a track has an id; on the first frame one is enough.'),
    mixClasses: z.boolean().default(false).describe('Match whatever overlaps, although the class differs: for detectors that waver between classes.'),
  })
  .describe('SORT: one round of matching by predicted place.');

/** The type of {@link SortSettings}, defaults filled in. */
export type SortSettings = z.output<typeof SortSettings>;

/**
 * SORT (Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016), written from the paper: all tracks are matched with all
 * detections in one round. Of our own: a track is kept for `lostAfterMs`, where the paper keeps it for one frame.
 */
export function createSort(given: SortSettings): Tracker {
  let settings = given;
  let table = new TrackTable(settings.lostAfterMs);
  const tracksAt = new Positions();
  const detectionsAt = new Positions();
  return {
    update(seen: readonly Observation[], timeMs: number) {
      const { minimumConfidence, minimumIou, confirmAfter, mixClasses } = settings;
      table.advance(seen, timeMs);
      tracksAt.clear();
      for (let i = 0; i < table.tracks.length; i++) tracksAt.push(i);
      table.listFree(detectionsAt, minimumConfidence);
      table.associate(tracksAt, detectionsAt, { minimum: minimumIou, mixClasses });
      table.listFree(detectionsAt, minimumConfidence);
      for (let i = 0; i < detectionsAt.length; i++) table.begin(detectionsAt.items[i]!);
      table.settle(confirmAfter);
      return table.answers();
    },
    coast: (timeMs) => table.coast(timeMs),
    reset() {
      table = new TrackTable(settings.lostAfterMs);
    },
    tune(next) {
      settings = parseTrackerSettings('sort', SortSettings, next);
      table.lostAfterMs = settings.lostAfterMs;
    },
  };
}

/** SORT: for detectors whose confidences say little. */
export const sort: TrackerKind = {
  type: 'sort',
  summary: 'SORT: matches by predicted place, in one round, without regard to confidence.',
  settings: SortSettings,
  coasts: true,
  leastConfidence: (settings) => parseTrackerSettings('sort', SortSettings, settings).minimumConfidence,
  suitedTo: (settings, confidence) => ({ minimumConfidence: confidence, ...settings }),
  create: (settings) => createSort(parseTrackerSettings('sort', SortSettings, settings)),
};
