import type { Box } from '../core/index.js';
import { area } from './boxes.js';

/** An object that is there, as people labelled it. */
export interface LabelledBox {
  readonly image: string | number;
  readonly classId: number;
  readonly box: Box;
  /** A group that was not taken apart: whatever is found inside counts neither for nor against. */
  readonly crowd?: boolean;
}

/** An object that a detector says is there. */
export interface ScoredBox {
  readonly image: string | number;
  readonly classId: number;
  readonly box: Box;
  readonly score: number;
}

/** Average precision of one class, 0 to 1. */
export interface ClassPrecision {
  readonly classId: number;
  /** Mean over the IoU thresholds. */
  readonly ap: number;
  /** At IoU 0.5. */
  readonly ap50: number;
  /** Labelled objects, crowds apart. */
  readonly objects: number;
}

/** How good detections are, by COCO's measure, 0 to 1. */
export interface AveragePrecision {
  /** mAP@[.5:.95]: mean over ten IoU thresholds and over the classes that have objects. */
  readonly map: number;
  /** mAP at IoU 0.5. */
  readonly map50: number;
  /** In order of class id. */
  readonly classes: readonly ClassPrecision[];
}

/** Best detections of an image and class that count. */
const MAX_DETECTIONS = 100;
/** 0.5 to 0.95 in ten steps, and recall 0 to 1 in 101, computed as COCO's own tool does, so that ties at a threshold fall alike. */
const IOUS = Array.from({ length: 10 }, (_, i) => 0.5 + i * ((0.95 - 0.5) / 9));
const RECALLS = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** A detection after matching: true, false, or of no account, at each IoU threshold. */
interface Verdict {
  readonly score: number;
  readonly verdicts: readonly ('true' | 'false' | 'ignored')[];
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** IoU; for a crowd, the part of the detection that lies inside it. */
function overlap(found: Box, { box, crowd }: LabelledBox): number {
  const width = Math.min(found.x2, box.x2) - Math.max(found.x1, box.x1);
  const height = Math.min(found.y2, box.y2) - Math.max(found.y1, box.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (crowd ? area(found) : area(found) + area(box) - shared);
}

/** The label that a detection takes at one threshold: the best free one; a crowd only when nothing else fits, and a crowd is never used up. */
function bestLabel(overlaps: readonly number[], labels: readonly LabelledBox[], used: readonly boolean[], threshold: number): number {
  let best = -1;
  let least = Math.min(threshold, 1 - 1e-10);
  for (let i = 0; i < labels.length; i++) {
    const crowd = labels[i]!.crowd === true;
    if (used[i] && !crowd) continue;
    if (best >= 0 && crowd) break;
    if (overlaps[i]! < least) continue;
    least = overlaps[i]!;
    best = i;
  }
  return best;
}

/** Judges the detections of one image and class. */
function judge(truth: readonly LabelledBox[], found: readonly ScoredBox[]): Verdict[] {
  const labels = [...truth.filter(({ crowd }) => !crowd), ...truth.filter(({ crowd }) => crowd)];
  const ranked = found.toSorted((a, b) => b.score - a.score).slice(0, MAX_DETECTIONS);
  const overlaps = ranked.map(({ box }) => labels.map((label) => overlap(box, label)));
  const used = IOUS.map(() => labels.map(() => false));
  return ranked.map(({ score }, at) => ({
    score,
    verdicts: IOUS.map((threshold, t) => {
      const label = bestLabel(overlaps[at]!, labels, used[t]!, threshold);
      if (label < 0) return 'false';
      used[t]![label] = true;
      return labels[label]!.crowd ? 'ignored' : 'true';
    }),
  }));
}

/** Area under the precision-recall curve at one threshold: precision never rising with recall, read at 101 recalls. */
function precisionAt(verdicts: readonly Verdict[], threshold: number, objects: number): number {
  const recalls: number[] = [];
  const precisions: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { verdicts: at } of verdicts) {
    if (at[threshold] === 'ignored') continue;
    if (at[threshold] === 'true') right++;
    else wrong++;
    recalls.push(right / objects);
    precisions.push(right / (right + wrong));
  }
  for (let i = precisions.length - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i]!, precisions[i + 1]!);
  let sum = 0;
  let at = 0;
  for (const recall of RECALLS) {
    while (at < recalls.length && recalls[at]! < recall) at++;
    sum += precisions[at] ?? 0;
  }
  return sum / RECALLS.length;
}

function classPrecision(classId: number, truth: readonly LabelledBox[], found: readonly ScoredBox[]): ClassPrecision | undefined {
  const objects = truth.filter(({ crowd }) => !crowd).length;
  if (objects === 0) return undefined;
  const labelsOf = groupBy(truth, ({ image }) => image);
  const verdicts = [...groupBy(found, ({ image }) => image)].flatMap(([image, boxes]) => judge(labelsOf.get(image) ?? [], boxes));
  const ranked = verdicts.toSorted((a, b) => b.score - a.score);
  const precisions = IOUS.map((_, threshold) => precisionAt(ranked, threshold, objects));
  return { classId, ap: meanOf(precisions), ap50: precisions[0]!, objects };
}

const meanOf = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);

/**
 * COCO's measure for detectors: precision over recall at ten IoU thresholds, all sizes, at most 100 detections an image and class.
 * Classes without labelled objects do not count. Equal scores keep the order of the images in `found`.
 */
export function averagePrecision(truth: readonly LabelledBox[], found: readonly ScoredBox[]): AveragePrecision {
  const foundOf = groupBy(found, ({ classId }) => classId);
  const classes = [...groupBy(truth, ({ classId }) => classId)]
    .toSorted(([a], [b]) => a - b)
    .map(([classId, labels]) => classPrecision(classId, labels, foundOf.get(classId) ?? []))
    .filter((row) => row !== undefined);
  return { map: meanOf(classes.map(({ ap }) => ap)), map50: meanOf(classes.map(({ ap50 }) => ap50)), classes };
}
