import { z } from 'zod';
import type { Size, Tensor } from '../../core/index.js';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { cellsOf, type Grid, gridsOf } from './grids.js';
import { floatsOf, type HeadOutput, mismatch, shapedOutput, sizeOfRow } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link nanodet}. */
export const NanodetSettings = z.strictObject({
  strides: z.array(z.int().min(1)).min(1).default([8, 16, 32]).describe('Pixels between the cells of each grid.'),
  bins: z.int().min(2).default(8).describe('Numbers that spread the distance to one side of a box: distances 0 to bins - 1 strides.'),
  centre: z.number().default(0.5).describe('Where the point of a cell lies, in cells from its corner: 0.5 for NanoDet, 0 for NanoDet-Plus.'),
  sigmoid: z.boolean().default(false).describe('Whether scores leave the network as logits and still need the sigmoid.'),
});

type Settings = z.output<typeof NanodetSettings>;

/** Where the numbers of one grid lie: scores and distances of cell `i` of picture `row`. */
interface Level extends Grid {
  readonly scores: HeadOutput;
  readonly distances: HeadOutput;
  /** Number of this grid's first cell in the outputs. */
  readonly first: number;
  /** Numbers from one cell to the next, and before the distances. */
  readonly scoreStep: number;
  readonly distanceStep: number;
  readonly distanceFrom: number;
}

/** NanoDet: scores in outputs of their own, `cls_8`, `dis_8` and so on for each stride. */
function separateLevels(head: HeadSpec, model: ModelSpec, grids: readonly Grid[], sides: number): { levels: Level[]; classes: number } {
  let classes: number | undefined;
  const levels = grids.map((grid) => {
    const { stride, cells } = grid;
    const scores = shapedOutput(head, model, `cls_${stride}`, [undefined, cells, classes], `[N, ${cells}, ${classes ?? 'classes'}]`);
    const [, , count = -1] = scores.shape;
    if (count < 1) mismatch(head, scores, `[N, ${cells}, classes] with a fixed number of classes`);
    classes = count;
    const distances = shapedOutput(head, model, `dis_${stride}`, [undefined, cells, sides], `[N, ${cells}, ${sides}] (4 sides of ${sides / 4} bins)`);
    return { ...grid, scores, distances, first: 0, scoreStep: count, distanceStep: sides, distanceFrom: 0 };
  });
  return { levels, classes: classes! };
}

/** NanoDet-Plus: everything in one output, class scores before the distances, grid after grid. */
function joinedLevels(head: HeadSpec, model: ModelSpec, grids: readonly Grid[], sides: number): { levels: Level[]; classes: number } {
  const cells = cellsOf(grids);
  const expected = `[N, ${cells}, classes + ${sides}] (4 sides of ${sides / 4} bins)`;
  const output = shapedOutput(head, model, 'output', [undefined, cells, undefined], expected);
  const [, , width = -1] = output.shape;
  if (width <= sides) mismatch(head, output, expected);
  let first = 0;
  const levels = grids.map((grid) => {
    const level = { ...grid, scores: output, distances: output, first, scoreStep: width, distanceStep: width, distanceFrom: width - sides };
    first += grid.cells;
    return level;
  });
  return { levels, classes: width - sides };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));

/** Mean of the distribution over distances that the softmax of `bins` numbers gives (generalised focal loss, Li et al. 2020, equation 6). */
export function expectedBin(data: Float32Array, at: number, bins: number): number {
  let top = data[at]!;
  for (let i = 1; i < bins; i++) if (data[at + i]! > top) top = data[at + i]!;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < bins; i++) {
    const weight = Math.exp(data[at + i]! - top);
    sum += weight;
    weighted += weight * i;
  }
  return weighted / sum;
}

/** Adds the cells of one grid that reach the confidence. The sigmoid keeps the order, so only the best score of a cell needs it. */
function collectLevel(
  candidates: Candidates,
  level: Level,
  classes: number,
  settings: Settings,
  outputs: readonly Tensor[],
  row: number,
  least: number,
): void {
  const scores = floatsOf(outputs, level.scores);
  const distances = floatsOf(outputs, level.distances);
  const threshold = settings.sigmoid ? logit(least) : least;
  let at = row * sizeOfRow(outputs, level.scores) + level.first * level.scoreStep;
  let side = row * sizeOfRow(outputs, level.distances) + level.first * level.distanceStep + level.distanceFrom;
  for (let cell = 0; cell < level.cells; cell++, at += level.scoreStep, side += level.distanceStep) {
    let best = at;
    for (let i = at + 1; i < at + classes; i++) if (scores[i]! > scores[best]!) best = i;
    if (!(scores[best]! >= threshold)) continue;
    const { stride, columns } = level;
    const x = ((cell % columns) + settings.centre) * stride;
    const y = (Math.floor(cell / columns) + settings.centre) * stride;
    const distance = (i: number): number => expectedBin(distances, side + i * settings.bins, settings.bins) * stride;
    const score = settings.sigmoid ? sigmoid(scores[best]!) : scores[best]!;
    candidates.add(x - distance(0), y - distance(1), x + distance(2), y + distance(3), score, best - at);
  }
}

/** The best box of each cell; the distances to its four sides are means of distributions over whole strides. */
export const nanodet: Head<Detections> = {
  type: 'nanodet',
  answers: 'detections',
  summary: 'NanoDet and NanoDet-Plus: class scores for each cell of a few grids, and distances to the four sides as distributions.',
  create(head, model, picture: Size) {
    const settings = parseSettings(NanodetSettings, head);
    const grids = gridsOf(settings.strides, picture);
    const levelsOf = 'output' in head.outputs ? joinedLevels : separateLevels;
    const { levels, classes } = levelsOf(head, model, grids, settings.bins * 4);
    const candidates = new Candidates();
    return {
      classes,
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        candidates.clear();
        for (const level of levels) collectLevel(candidates, level, classes, settings, outputs, row, confidence);
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
