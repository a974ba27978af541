import { z } from 'zod';
import { type Gate, Positions } from './close-pairs.js';
import type { Observation, PredictedTrack, Tracker, TrackerKind } from './port.js';
import { parseTrackerSettings } from './settings.js';
import { TrackTable } from './track-table.js';

const Part = z.number().min(0).max(1);
/** An IoU of 0 would match boxes that do not touch. */
const Overlap = z.number().min(0.01).max(1);

/** Settings of {@link byteTrack}. */
export const ByteTrackSettings = z
  .strictObject({
    highConfidence: Part.default(0.4).describe('Detections from here on are matched first, with all tracks, lost ones too.'),
    lowConfidence: Part.default(0.1).describe(
      'Detections from here up to `highConfidence` only keep tracks alive that were seen on the frame before.',
    ),
    activation: Part.optional().describe('Least confidence that begins a new track; `highConfidence` + 0.1 when absent.'),
    minimumIou: Overlap.default(0.2).describe('Least IoU, times the confidence, of a track and a detection of high confidence.'),
    minimumIouLow: Overlap.default(0.5).describe('Least IoU of a track and a detection of low confidence.'),
    minimumIouNew: Overlap.default(0.3).describe('Least IoU, times the confidence, of a track that is not confirmed yet and a detection.'),
    lostAfterMs: z
      .number()
      .min(0)
      .default(1000)
      .describe('How long a track that is not seen is kept, in milliseconds; the next frame in turn always counts.'),
    confirmAfter: z.int().min(1).max(100).default(2).describe('Detections in a row before a track has an id; on the first frame one is enough.'),
    mixClasses: z.boolean().default(false).describe('Match whatever overlaps, although the class differs: for detectors that waver between classes.'),
  })
  .describe('ByteTrack: two rounds of matching by predicted place, the second for detections of low confidence.');

/** The type of {@link ByteTrackSettings}, defaults filled in. */
export type ByteTrackSettings = z.output<typeof ByteTrackSettings>;

/** Above this IoU a track that is seen and one that is not are one object (15 % distance in the authors' program). */
const DOUBLE_IOU = 0.85;
/** How far above `highConfidence` a detection begins a track, as in the authors' program. */
const ACTIVATION_STEP = 0.1;

/**
 * ByteTrack (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022), written from the paper.
 * Of our own: time in milliseconds instead of frames, ids given on confirmation, so that they are dense; of two tracks of one
 * object the one in sight stays, so that an id that was given does not change under the object.
 */
export function createByteTrack(given: ByteTrackSettings): Tracker {
  let settings = given;
  let follower = new ByteFollower(settings);
  return {
    update: (seen, timeMs) => follower.update(seen, timeMs),
    coast: (timeMs) => follower.coast(timeMs),
    reset() {
      follower = new ByteFollower(settings);
    },
    tune(next) {
      settings = parseTrackerSettings('bytetrack', ByteTrackSettings, next);
      follower.tune(settings);
    },
  };
}

class ByteFollower {
  #settings!: ByteTrackSettings;
  #activation!: number;
  readonly #table: TrackTable;
  readonly #tracksAt = new Positions();
  readonly #detectionsAt = new Positions();

  constructor(settings: ByteTrackSettings) {
    this.#table = new TrackTable(settings.lostAfterMs);
    this.tune(settings);
  }

  tune(settings: ByteTrackSettings): void {
    this.#settings = settings;
    this.#activation = Math.max(settings.highConfidence, settings.activation ?? Math.min(1, settings.highConfidence + ACTIVATION_STEP));
    this.#table.lostAfterMs = settings.lostAfterMs;
  }

  update(seen: readonly Observation[], timeMs: number): (number | undefined)[] {
    const table = this.#table;
    table.advance(seen, timeMs);
    this.#matchHigh();
    this.#matchLow();
    this.#matchNew();
    this.#begin();
    table.settle(this.#settings.confirmAfter);
    table.dropDoubles({ minimum: DOUBLE_IOU, mixClasses: this.#settings.mixClasses });
    return table.answers();
  }

  coast(timeMs: number): PredictedTrack[] {
    return this.#table.coast(timeMs);
  }

  /** First round: every confirmed track, lost ones too, with detections of high confidence. */
  #matchHigh(): void {
    this.#table.listFree(this.#detectionsAt, this.#settings.highConfidence);
    this.#tracksAt.clear();
    const { tracks } = this.#table;
    for (let i = 0; i < tracks.length; i++) if (tracks[i]!.id !== 0) this.#tracksAt.push(i);
    this.#associate(this.#settings.minimumIou, true);
  }

  /** Second round: what was seen on the frame before and is not matched yet, with detections of low confidence. */
  #matchLow(): void {
    this.#table.listFree(this.#detectionsAt, this.#settings.lowConfidence, this.#settings.highConfidence);
    this.#tracksAt.clear();
    const { tracks, frame } = this.#table;
    for (let i = 0; i < tracks.length; i++) if (tracks[i]!.id !== 0 && tracks[i]!.seenFrame === frame - 1) this.#tracksAt.push(i);
    this.#associate(this.#settings.minimumIouLow, false);
  }

  /** Last: tracks that are not confirmed yet, with what is left of high confidence. */
  #matchNew(): void {
    this.#table.listFree(this.#detectionsAt, this.#settings.highConfidence);
    this.#tracksAt.clear();
    const { tracks } = this.#table;
    for (let i = 0; i < tracks.length; i++) if (tracks[i]!.id === 0) this.#tracksAt.push(i);
    this.#associate(this.#settings.minimumIouNew, true);
  }

  #associate(minimum: number, weighed: boolean): void {
    const gate: Gate = { minimum, mixClasses: this.#settings.mixClasses };
    this.#table.associate(this.#tracksAt, this.#detectionsAt, weighed ? { ...gate, weights: this.#table.confidences } : gate);
  }

  /** Detections of high confidence that nobody took begin tracks. */
  #begin(): void {
    this.#table.listFree(this.#detectionsAt, this.#activation);
    const { items, length } = this.#detectionsAt;
    for (let i = 0; i < length; i++) this.#table.begin(items[i]!);
  }
}

/** ByteTrack: the kind of tracker to begin with. */
export const byteTrack: TrackerKind = {
  type: 'bytetrack',
  summary: 'ByteTrack: matches by predicted place, and keeps tracks alive by detections of low confidence.',
  settings: ByteTrackSettings,
  coasts: true,
  leastConfidence: (settings) => parseTrackerSettings('bytetrack', ByteTrackSettings, settings).lowConfidence,
  suitedTo: (settings, confidence) => ({ highConfidence: confidence, ...settings }),
  create: (settings) => createByteTrack(parseTrackerSettings('bytetrack', ByteTrackSettings, settings)),
};
