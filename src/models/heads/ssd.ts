import { z } from 'zod';
import { fail, type Size } from '../../core/index.js';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { floatsOf, mismatch, outputOf, rowSize, type HeadOutput } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link ssd}. */
export const SsdSettings = z.strictObject({
  background: z.int().min(-1).default(0).describe("The network's number of the class that means nothing is there; -1 when it has none."),
  classIds: z
    .array(z.int().min(-1))
    .optional()
    .describe("Our class id for each of the network's class numbers, -1 to leave a class out; the network's own numbers when absent."),
});

/** The three outputs, and how many boxes and classes they speak of. */
interface SsdOutputs {
  readonly loc: HeadOutput;
  readonly conf: HeadOutput;
  readonly priors: HeadOutput;
  readonly boxes: number;
  readonly classes: number;
}

function shapeOf(head: HeadSpec, model: ModelSpec): SsdOutputs {
  const loc = outputOf(head, model, 'loc', '[N, 4 x boxes]');
  const conf = outputOf(head, model, 'conf', '[N, classes x boxes]');
  const priors = outputOf(head, model, 'priors', '[1, 2, 4 x boxes]');
  const boxes = rowSize(loc) / 4;
  if (boxes < 1 || !Number.isInteger(boxes)) mismatch(head, loc, '[N, 4 x boxes]');
  const classes = rowSize(conf) / boxes;
  if (classes < 1 || !Number.isInteger(classes)) mismatch(head, conf, `[N, classes x ${boxes}]`);
  if (rowSize(priors) !== boxes * 8) mismatch(head, priors, `[1, 2, ${boxes * 4}]: corners, then variances`);
  return { loc, conf, priors, boxes, classes };
}

function classIdsOf(head: HeadSpec, classes: number): number[] {
  const { background, classIds } = parseSettings(SsdSettings, head);
  if (background >= classes)
    fail('MODEL_MISMATCH', `head.settings.background: is ${background}, but the network has ${classes} classes, 0 to ${classes - 1}`);
  if (classIds && classIds.length !== classes)
    fail('MODEL_MISMATCH', `head.settings.classIds: has ${classIds.length} entries, but the network has ${classes} classes`);
  return Array.from({ length: classes }, (_, i) => (i === background ? -1 : (classIds?.[i] ?? i)));
}

/** Adds box `box` for one class; `priors` are corners as fractions of the picture, then variances. */
function add(
  candidates: Candidates,
  loc: Float32Array,
  at: number,
  priors: Float32Array,
  prior: number,
  half: number,
  picture: Size,
  score: number,
  classId: number,
): void {
  const variance = prior + half;
  const width = priors[prior + 2]! - priors[prior]!;
  const height = priors[prior + 3]! - priors[prior + 1]!;
  const cx = (priors[prior]! + priors[prior + 2]!) / 2 + loc[at]! * priors[variance]! * width;
  const cy = (priors[prior + 1]! + priors[prior + 3]!) / 2 + loc[at + 1]! * priors[variance + 1]! * height;
  const halfWidth = (width * Math.exp(loc[at + 2]! * priors[variance + 2]!)) / 2;
  const halfHeight = (height * Math.exp(loc[at + 3]! * priors[variance + 3]!)) / 2;
  candidates.add(
    (cx - halfWidth) * picture.width,
    (cy - halfHeight) * picture.height,
    (cx + halfWidth) * picture.width,
    (cy + halfHeight) * picture.height,
    score,
    classId,
  );
}

/** SSD cut before its last layer: offsets from prior boxes, scores after softmax, and the priors themselves with their variances. */
export const ssd: Head<Detections> = {
  type: 'ssd',
  answers: 'detections',
  summary: 'SSD with prior boxes: offsets and class scores for each prior; every class above the threshold makes a box of its own.',
  create(head, model, picture) {
    const { loc, conf, priors, boxes, classes } = shapeOf(head, model);
    const classIds = classIdsOf(head, classes);
    const candidates = new Candidates();
    return {
      classes: Math.max(...classIds) + 1,
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const [locs, scores, corners] = [floatsOf(outputs, loc), floatsOf(outputs, conf), floatsOf(outputs, priors)];
        const firstLoc = row * boxes * 4;
        const firstScore = row * boxes * classes;
        // A network repeats its priors for each picture of a batch, or gives them once.
        const firstPrior = corners.length === boxes * 8 ? 0 : row * boxes * 8;
        candidates.clear();
        for (let box = 0, at = firstScore; box < boxes; box++)
          for (let i = 0; i < classes; i++, at++)
            if (scores[at]! >= confidence && classIds[i]! >= 0)
              add(candidates, locs, firstLoc + box * 4, corners, firstPrior + box * 4, boxes * 4, picture, scores[at]!, classIds[i]!);
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
