/** Up to `low` degrees an angle leaves the redirection alone, from `high` on there is none; where `high` is not above it, `low` is a switch. */
export interface Threshold {
  readonly low: number;
  readonly high: number;
}

/** What decides how far eyes are redirected. */
export interface ControlSettings {
  /** Mask of what is smoothed over time, see {@link TEMPORAL_BITS}. */
  readonly temporal: number;
  /** Whether an eye that is covered, and not only one that is closed, is left alone. */
  readonly detectClosure: boolean;
  /** Whether the gaze leaves the camera now and then for a moment. */
  readonly enableLookaway: boolean;
  /** Most degrees that it leaves it by. */
  readonly lookawayMaxOffset: number;
  /** Frames from one such moment to the next: at least so many, and up to so many more; never less than {@link LEAST_INTERVAL} seconds. */
  readonly lookawayIntervalMin: number;
  readonly lookawayIntervalRange: number;
  /** Degrees of the gaze and of the head, of either sign. */
  readonly gazePitchThreshold: Threshold;
  readonly gazeYawThreshold: Threshold;
  readonly headPitchThreshold: Threshold;
  readonly headYawThreshold: Threshold;
  /** Share of the way to the camera, 0 to 1. */
  readonly strength: number;
  /** For what is drawn by lot; the same seed gives the same video. */
  readonly seed?: number | undefined;
}
