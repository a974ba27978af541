import type { Direction, TrackedFace } from '../eyes.js';
import { fade } from '../fade.js';
import type { ControlSettings, Threshold } from './settings.js';

/** Confidence in a face or an eye below which it is left alone; from {@link TRUSTED} on it is not doubted. */
export const DOUBTED = 0.2;
/** See {@link DOUBTED}. */
export const TRUSTED = 0.7;

/** 1 up to `low`, 0 from `high` on, for angles of either sign; a step at `low` where `high` is not above it. */
export function ramp(degrees: number, { low, high }: Threshold): number {
  const angle = Math.abs(degrees);
  if (!(high > low)) return angle > low ? 0 : 1;
  return 1 - fade(low, high, angle);
}

/**
 * How far a face on one frame may be redirected, 0 to 1: the smallest of what its four angles allow, less where the face is doubted; with `detectClosure`
 * also where both eyes are.
 */
export function redirectionWeight({ head, confidence, eyes }: TrackedFace, gaze: Direction, settings: Omit<ControlSettings, 'temporal'>): number {
  const allowed = Math.min(
    ramp(gaze.pitch, settings.gazePitchThreshold),
    ramp(gaze.yaw, settings.gazeYawThreshold),
    ramp(head.pitch, settings.headPitchThreshold),
    ramp(head.yaw, settings.headYawThreshold),
  );
  const seen = settings.detectClosure ? Math.max(eyes[0].confidence, eyes[1].confidence) : confidence;
  return allowed * fade(DOUBTED, TRUSTED, seen);
}
