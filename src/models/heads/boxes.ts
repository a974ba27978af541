import { z } from 'zod';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import { floatsOf, mismatch, outputOf, rowSize } from './outputs.js';
import type { Head } from './port.js';
import { parseSettings } from './settings.js';

const COLUMNS = ['x1', 'y1', 'x2', 'y2', 'score', 'class', 'unused'] as const;

/** Settings of {@link boxes}. */
export const BoxesSettings = z.strictObject({
  columns: z
    .array(z.enum(COLUMNS))
    .refine((columns) => COLUMNS.slice(0, 5).every((name) => columns.filter((column) => column === name).length === 1), {
      message: 'x1, y1, x2, y2 and score must each occur once',
    })
    .default(['x1', 'y1', 'x2', 'y2', 'score', 'class'])
    .describe('What each number of a row means. Without `class` everything is of class 0.'),
  normalised: z.boolean().default(false).describe('Whether coordinates are fractions of the picture rather than pixels.'),
});

/** Networks that pick their boxes themselves: rows of ready boxes, [N, rows, columns]. */
export const boxes: Head<Detections> = {
  type: 'boxes',
  answers: 'detections',
  summary: 'Ready boxes: rows of corners, score and class that the network has already picked; only thresholds and suppression are left.',
  create(head, model, picture) {
    const { columns, normalised } = parseSettings(BoxesSettings, head);
    const expected = `[N, rows, ${columns.length}] of ${columns.join(', ')}`;
    const output = outputOf(head, model, 'boxes', expected);
    const last = output.shape.at(-1)!;
    if (output.shape.length < 3 || (last >= 0 && last !== columns.length)) mismatch(head, output, expected);
    if (rowSize(output) === 0) mismatch(head, output, expected);
    const [x1, y1, x2, y2, score, classAt] = COLUMNS.map((name) => columns.indexOf(name)) as [number, number, number, number, number, number];
    const kx = normalised ? picture.width : 1;
    const ky = normalised ? picture.height : 1;
    const width = columns.length;
    const candidates = new Candidates();
    return {
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const data = floatsOf(outputs, output);
        const size = data.length / outputs[output.at]!.shape[0]!;
        candidates.clear();
        for (let at = row * size; at < (row + 1) * size; at += width) {
          if (!(data[at + score]! >= confidence)) continue;
          const classId = classAt < 0 ? 0 : Math.round(data[at + classAt]!);
          candidates.add(data[at + x1]! * kx, data[at + y1]! * ky, data[at + x2]! * kx, data[at + y2]! * ky, data[at + score]!, classId);
        }
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
