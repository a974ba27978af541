import { didYouMean, fail } from '../core/index.js';
import { byteTrack } from './byte-track.js';
import type { Tracker, TrackerKind } from './port.js';
import { sort } from './sort.js';

/** Every kind of tracker; a new one is one file and one row. */
export const BUILT_IN_TRACKERS: readonly TrackerKind[] = Object.freeze([byteTrack, sort]);

/** The kind of tracker called `type`. @throws Fault CONFIG_INVALID with the nearest names */
export function trackerKind(type: string, kinds: readonly TrackerKind[] = BUILT_IN_TRACKERS): TrackerKind {
  const types = kinds.map((kind) => kind.type);
  return (
    kinds.find((kind) => kind.type === type) ??
    fail('CONFIG_INVALID', `no tracker "${type}".${didYouMean(type, types)} There are ${types.join(', ')}`)
  );
}

/** A tracker for one stream. @throws Fault CONFIG_INVALID for an unknown type or a wrong setting */
export function createTracker(
  type: string,
  settings: Readonly<Record<string, unknown>> = {},
  kinds: readonly TrackerKind[] = BUILT_IN_TRACKERS,
): Tracker {
  return trackerKind(type, kinds).create(settings);
}
