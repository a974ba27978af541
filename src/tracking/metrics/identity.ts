import { assign } from '../assignment.js';
import type { AlignedSequence } from './aligned.js';

/** What the identity measures count; sequences add up. */
export interface IdentityCounts {
  /** Boxes whose object and track belong to each other over the whole sequence. */
  readonly idTruePositives: number;
  readonly idFalsePositives: number;
  readonly idFalseNegatives: number;
}

/** Identity measures, 0 to 1. */
export interface Identity extends IdentityCounts {
  readonly idf1: number;
  readonly idPrecision: number;
  readonly idRecall: number;
}

const MINIMUM_IOU = 0.5;

/** Frames on which each object and each track overlap, [objects, tracks] row-major. */
function framesTogether({ frames, truthBoxes, foundBoxes }: AlignedSequence): Float64Array {
  const together = new Float64Array(truthBoxes.length * foundBoxes.length);
  for (const { truth, found, iou } of frames)
    for (const [row, object] of truth.entries())
      for (const [column, track] of found.entries())
        if (iou[row * found.length + column]! >= MINIMUM_IOU) together[object * foundBoxes.length + track]!++;
  return together;
}

/** Counts of the identity measures (Ristani et al. 2016) at IoU 0.5: each object is given one track, so that as many boxes as can be agree. */
export function countIdentity(sequence: AlignedSequence): IdentityCounts {
  const { truthBoxes, foundBoxes } = sequence;
  const together = framesTogether(sequence);
  const trackOf = assign(
    together.map((frames) => -frames),
    truthBoxes.length,
    foundBoxes.length,
    0,
  );
  const idTruePositives = trackOf.reduce((sum, track, object) => (track < 0 ? sum : sum + together[object * foundBoxes.length + track]!), 0);
  const boxesOf = (counts: Int32Array): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    idTruePositives,
    idFalsePositives: boxesOf(foundBoxes) - idTruePositives,
    idFalseNegatives: boxesOf(truthBoxes) - idTruePositives,
  };
}

/** Identity measures of the counts of one or more sequences. */
export function identityOf(counts: readonly IdentityCounts[]): Identity {
  const sum = (key: keyof IdentityCounts): number => counts.reduce((total, count) => total + count[key], 0);
  const idTruePositives = sum('idTruePositives');
  const idFalsePositives = sum('idFalsePositives');
  const idFalseNegatives = sum('idFalseNegatives');
  return {
    idf1: idTruePositives / Math.max(1, idTruePositives + (idFalsePositives + idFalseNegatives) / 2),
    idPrecision: idTruePositives / Math.max(1, idTruePositives + idFalsePositives),
    idRecall: idTruePositives / Math.max(1, idTruePositives + idFalseNegatives),
    idTruePositives,
    idFalsePositives,
    idFalseNegatives,
  };
}
