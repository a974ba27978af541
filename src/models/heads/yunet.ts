import { z } from 'zod';
import type { Tensor } from '../../core/index.js';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import { type Grid, gridsOf } from './grids.js';
import { floatsOf, type HeadOutput, shapedOutput } from './outputs.js';
import type { Head } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link yunet}. */
export const YunetSettings = z.strictObject({
  strides: z.array(z.int().min(1)).min(1).default([8, 16, 32]).describe('Pixels between the cells of each grid.'),
});

/** Right and left eye, nose, right and left corner of the mouth: right and left of the person. */
const POINTS = 5;

/** The four outputs of one grid. */
interface Level extends Grid {
  readonly cls: HeadOutput;
  readonly obj: HeadOutput;
  readonly bbox: HeadOutput;
  readonly kps: HeadOutput;
}

const clamped = (score: number): number => Math.min(Math.max(score, 0), 1);

/** Adds the cells of one grid that reach the confidence: offsets are in strides from the cell's corner, sizes logarithms in strides. */
function collectLevel(candidates: Candidates, level: Level, outputs: readonly Tensor[], row: number, confidence: number): void {
  const [cls, obj] = [floatsOf(outputs, level.cls), floatsOf(outputs, level.obj)];
  const [bbox, kps] = [floatsOf(outputs, level.bbox), floatsOf(outputs, level.kps)];
  const { stride, columns, cells } = level;
  for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
    const score = Math.sqrt(clamped(cls[at]!) * clamped(obj[at]!));
    if (!(score >= confidence)) continue;
    const x = cell % columns;
    const y = Math.floor(cell / columns);
    const cx = (x + bbox[at * 4]!) * stride;
    const cy = (y + bbox[at * 4 + 1]!) * stride;
    const halfWidth = (Math.exp(bbox[at * 4 + 2]!) * stride) / 2;
    const halfHeight = (Math.exp(bbox[at * 4 + 3]!) * stride) / 2;
    candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, 0);
    for (let i = 0, k = at * POINTS * 2; i < POINTS; i++, k += 2) candidates.setPoint(i, (x + kps[k]!) * stride, (y + kps[k + 1]!) * stride, score);
  }
}

/** YuNet (Wu, Peng, Yu 2023): faces with five points. Its outputs play the roles `cls_8`, `obj_8`, `bbox_8`, `kps_8` and so on for each stride. */
export const yunet: Head<Detections> = {
  type: 'yunet',
  answers: 'detections',
  summary: 'YuNet faces with five points: eyes, nose and corners of the mouth; confidence is the root of class score times objectness.',
  create(head, model, picture) {
    const levels = gridsOf(parseSettings(YunetSettings, head).strides, picture).map((grid): Level => {
      const output = (role: string, width: number): HeadOutput => {
        const expected = `[N, ${grid.cells}, ${width}] for a picture of ${picture.width}x${picture.height}`;
        return shapedOutput(head, model, `${role}_${grid.stride}`, [undefined, grid.cells, width], expected);
      };
      return { ...grid, cls: output('cls', 1), obj: output('obj', 1), bbox: output('bbox', 4), kps: output('kps', POINTS * 2) };
    });
    const candidates = new Candidates(POINTS);
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
