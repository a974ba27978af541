import { z } from 'zod';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import { cellsOf, type Grid, gridsOf } from './grids.js';
import { floatsOf, mismatch, outputOf } from './outputs.js';
import type { Head } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link yolox}. */
export const YoloxSettings = z.strictObject({
  strides: z.array(z.int().min(1)).min(1).default([8, 16, 32]).describe('Pixels between the cells of each grid, in the order of the output.'),
});

/** Numbers before the scores of the classes: centre, size, objectness. */
const HEADER = 5;

/** Adds the cells from `from` on that reach `confidence`. A class score is at most 1, so a cell of low objectness needs no look at its classes. */
function collectGrid(candidates: Candidates, data: Float32Array, from: number, width: number, grid: Grid, confidence: number): void {
  const { stride, columns, rows } = grid;
  let at = from;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at += width) {
      const objectness = data[at + 4]!;
      if (!(objectness >= confidence)) continue;
      let best = at + HEADER;
      for (let i = best + 1; i < at + width; i++) if (data[i]! > data[best]!) best = i;
      const score = objectness * data[best]!;
      if (!(score >= confidence)) continue;
      const cx = (data[at]! + x) * stride;
      const cy = (data[at + 1]! + y) * stride;
      const halfWidth = (Math.exp(data[at + 2]!) * stride) / 2;
      const halfHeight = (Math.exp(data[at + 3]!) * stride) / 2;
      candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, best - at - HEADER);
    }
  }
}

/** YOLOX: one row a grid cell, [N, cells, 5 + classes], of offsets in cells, logarithms of sizes, objectness and class scores. */
export const yolox: Head<Detections> = {
  type: 'yolox',
  answers: 'detections',
  summary: 'YOLOX: a box at each cell of three grids; confidence is objectness times the best class score.',
  create(head, model, picture) {
    const grids = gridsOf(parseSettings(YoloxSettings, head).strides, picture);
    const cells = cellsOf(grids);
    const expected = `[N, ${cells}, 5 + classes] for a picture of ${picture.width}x${picture.height}`;
    const output = outputOf(head, model, 'output', expected);
    const [, count = 0, specWidth = 0] = output.shape;
    if (output.shape.length !== 3 || (count >= 0 && count !== cells) || (specWidth >= 0 && specWidth <= HEADER)) mismatch(head, output, expected);
    const candidates = new Candidates();
    return {
      ...(specWidth > HEADER ? { classes: specWidth - HEADER } : {}),
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const data = floatsOf(outputs, output);
        const width = outputs[output.at]!.shape[2]!;
        let from = row * cells * width;
        candidates.clear();
        for (const grid of grids) {
          collectGrid(candidates, data, from, width, grid, confidence);
          from += grid.cells * width;
        }
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
