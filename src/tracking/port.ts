import type { z } from 'zod';
import type { Box } from '../core/index.js';

/** What a tracker is told of one detection; it answers by position and never copies or changes detections. */
export interface Observation {
  /** Pixels of the displayed frame. */
  readonly box: Box;
  /** 0 to 1. */
  readonly confidence: number;
  readonly classId: number;
  /** Appearance, L2-normalised, for trackers that use it. */
  readonly embedding?: Float32Array;
}

/** Where a tracker believes an object to be on a frame that no model looked at. */
export interface PredictedTrack {
  readonly trackId: number;
  /** Pixels of the displayed frame; may reach beyond it. */
  readonly box: Box;
  /** Of the last detection that was matched. */
  readonly confidence: number;
  readonly classId: number;
}

/** Follows the objects of one stream over time. One closure per stream: two streams never share ids or state. */
export interface Tracker {
  /**
   * The detections of the next frame that was looked at. `timeMs` is its presentation time; times rise.
   * Answers the track of each detection, by position; undefined for one that belongs to no confirmed track (yet).
   * Detections of little confidence should be given too: a tracker may keep a track alive by them.
   */
  update(seen: readonly Observation[], timeMs: number): readonly (number | undefined)[];
  /** A frame that nobody looked at, which is not the same as seeing nothing: confirmed tracks seen on the last inferred frame, moved on to `timeMs`. */
  coast(timeMs: number): readonly PredictedTrack[];
  /** Forgets every track; ids begin at 1 again. */
  reset(): void;
  /** Goes on with other settings of its kind; tracks keep their numbers. @throws Fault CONFIG_INVALID naming the setting, with nothing changed */
  tune(settings: Readonly<Record<string, unknown>>): void;
}

/** A kind of tracker: a row of `BUILT_IN_TRACKERS`. */
export interface TrackerKind {
  readonly type: string;
  readonly summary: string;
  /** What can be set, with defaults and descriptions. */
  readonly settings: z.ZodObject;
  /** Whether `coast` carries objects over frames that nobody looked at; one that doesn't answers no tracks there. */
  readonly coasts: boolean;
  /** Least confidence of detections that are of use to it, for these settings: what the detector before it should keep. */
  leastConfidence(settings: Readonly<Record<string, unknown>>): number;
  /** The settings with what was left open suited to a detector that reports from `confidence` on: what it calls an object can be followed. */
  suitedTo(settings: Readonly<Record<string, unknown>>, confidence: number): Readonly<Record<string, unknown>>;
  /** A tracker for one stream. @throws Fault CONFIG_INVALID naming the setting */
  create(settings: Readonly<Record<string, unknown>>): Tracker;
}
