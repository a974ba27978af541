import { type TrackedBox, alignSequence } from './aligned.js';
import { type Clear, clearOf, countClear } from './clear.js';
import { type Hota, countHota, hotaOf } from './hota.js';
import { type Identity, countIdentity, identityOf } from './identity.js';

/** What people labelled and what a tracker found on one sequence. */
export interface TrackedSequence {
  readonly truth: readonly TrackedBox[];
  readonly found: readonly TrackedBox[];
}

/** How good a tracker is. */
export interface TrackingQuality {
  readonly clear: Clear;
  readonly identity: Identity;
  readonly hota: Hota;
}

/** Measures a tracker over one or more sequences together, as TrackEval's row "COMBINED". @throws Fault INVALID_ARGUMENT when an identity is twice on one frame */
export function trackingQuality(sequences: readonly TrackedSequence[]): TrackingQuality {
  const aligned = sequences.map(({ truth, found }) => alignSequence(truth, found));
  return {
    clear: clearOf(aligned.map(countClear)),
    identity: identityOf(aligned.map(countIdentity)),
    hota: hotaOf(aligned.map(countHota)),
  };
}
