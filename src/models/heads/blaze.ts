import { z } from 'zod';
import { fail, type Tensor } from '../../core/index.js';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { type Grid, gridsOf } from './grids.js';
import { floatsOf, type HeadOutput, mismatch, shapedOutput, sizeOfRow } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link blaze}. */
export const BlazeSettings = z.strictObject({
  strides: z
    .array(z.int().min(1))
    .min(1)
    .describe('Pixels between the cells of each grid: 8 and 16 for BlazeFace of 128, 16 and 32 for that of 256.'),
  anchors: z.array(z.int().min(1)).min(1).default([2, 6]).describe('Boxes at each cell of each grid.'),
});

/** An anchor's numbers that are no key points: centre and size of the box. */
const BOX = 4;

/** A grid's boxes: where they lie in the outputs. */
interface Level extends Grid {
  readonly anchors: number;
  readonly scores: HeadOutput;
  readonly values: HeadOutput;
  /** Number of this grid's first box in the outputs. */
  readonly first: number;
  readonly scoreStep: number;
  readonly valueStep: number;
  readonly valueFrom: number;
}

interface Plan {
  readonly levels: readonly Level[];
  readonly keyPoints: number;
}

/** Key points that `width` numbers of a box hold. @throws Fault MODEL_MISMATCH when they do not come out even */
function keyPointsOf(head: HeadSpec, output: HeadOutput, width: number, expected: string): number {
  const keyPoints = (width - BOX) / 2;
  if (keyPoints < 0 || !Number.isInteger(keyPoints)) mismatch(head, output, expected);
  return keyPoints;
}

type Cells = Grid & { readonly anchors: number };

/** A pair of outputs for each grid: roles `scores_8` and `boxes_8`, and so on. */
function separateLevels(head: HeadSpec, model: ModelSpec, grids: readonly Cells[]): Plan {
  let keyPoints = 0;
  let known: number | undefined;
  const levels = grids.map((grid) => {
    const count = grid.cells * grid.anchors;
    const expected = `[N, ${count}, ${known ?? '4 + 2 x key points'}]`;
    const scores = shapedOutput(head, model, `scores_${grid.stride}`, [undefined, count, 1], `[N, ${count}, 1]`);
    const values = shapedOutput(head, model, `boxes_${grid.stride}`, [undefined, count, known], expected);
    const width = values.shape[2]!;
    keyPoints = keyPointsOf(head, values, width, expected);
    known = width;
    return { ...grid, scores, values, first: 0, scoreStep: 1, valueStep: width, valueFrom: 0 };
  });
  return { levels, keyPoints };
}

/** All grids in one output, after each other: role `rows`, the score before the numbers of the box. */
function joinedLevels(head: HeadSpec, model: ModelSpec, grids: readonly Cells[]): Plan {
  const count = grids.reduce((sum, { cells, anchors }) => sum + cells * anchors, 0);
  const expected = `[N, ${count}, 1 + 4 + 2 x key points]`;
  const output = shapedOutput(head, model, 'rows', [undefined, count, undefined], expected);
  const width = output.shape[2]!;
  const keyPoints = keyPointsOf(head, output, width - 1, expected);
  let first = 0;
  const levels = grids.map((grid) => {
    const level = { ...grid, scores: output, values: output, first, scoreStep: width, valueStep: width, valueFrom: 1 };
    first += grid.cells * grid.anchors;
    return level;
  });
  return { levels, keyPoints };
}

function planOf(head: HeadSpec, model: ModelSpec, picture: { readonly width: number; readonly height: number }): Plan {
  const { strides, anchors } = parseSettings(BlazeSettings, head);
  if (strides.length !== anchors.length)
    fail('CONFIG_INVALID', `head.settings of type "${head.type}": ${strides.length} strides, but anchors for ${anchors.length} grids`);
  const grids = gridsOf(strides, picture).map((grid, i) => ({ ...grid, anchors: anchors[i]! }));
  return 'rows' in head.outputs ? joinedLevels(head, model, grids) : separateLevels(head, model, grids);
}

/** Adds the boxes of one grid that reach the confidence. Centre and points are in pixels from the middle of the cell, the size in pixels. */
function collectLevel(candidates: Candidates, level: Level, outputs: readonly Tensor[], row: number, confidence: number): void {
  const [scores, values] = [floatsOf(outputs, level.scores), floatsOf(outputs, level.values)];
  const { stride, columns, cells, anchors } = level;
  const least = Math.log(confidence / (1 - confidence));
  let at = row * sizeOfRow(outputs, level.scores) + level.first * level.scoreStep;
  let from = row * sizeOfRow(outputs, level.values) + level.first * level.valueStep + level.valueFrom;
  for (let i = 0; i < cells * anchors; i++, at += level.scoreStep, from += level.valueStep) {
    if (!(scores[at]! >= least)) continue;
    const score = 1 / (1 + Math.exp(-scores[at]!));
    const cell = Math.floor(i / anchors);
    const x = ((cell % columns) + 0.5) * stride;
    const y = (Math.floor(cell / columns) + 0.5) * stride;
    const [cx, cy] = [x + values[from]!, y + values[from + 1]!];
    const [halfWidth, halfHeight] = [values[from + 2]! / 2, values[from + 3]! / 2];
    candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, 0);
    for (let k = 0, p = from + BOX; k < candidates.keyPoints; k++, p += 2) candidates.setPoint(k, x + values[p]!, y + values[p + 1]!, score);
  }
}

/**
 * The detectors of MediaPipe (Bazarevsky et al. 2019): BlazeFace with six points (eyes, nose, mouth, ears; right and left of the person), and
 * those of palms and of whole people, which are built alike.
 */
export const blaze: Head<Detections> = {
  type: 'blaze',
  answers: 'detections',
  summary: 'BlazeFace and its kin for palms and people: logits, boxes and key points at a few anchors of each cell.',
  create(head, model, picture) {
    const { levels, keyPoints } = planOf(head, model, picture);
    const candidates = new Candidates(keyPoints);
    return {
      classes: 1,
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        candidates.clear();
        for (const level of levels) collectLevel(candidates, level, outputs, row, confidence);
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
