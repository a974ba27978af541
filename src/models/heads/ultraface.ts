import { z } from 'zod';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import { floatsOf, mismatch, shapedOutput, sizeOfRow } from './outputs.js';
import type { Head } from './port.js';
import { parseSettings } from './settings.js';

/** Settings of {@link ultraface}. */
export const UltrafaceSettings = z.strictObject({
  normalised: z.boolean().default(true).describe('Whether corners are fractions of the picture rather than pixels.'),
});

/** Ultra-Light-Fast-Generic-Face-Detector-1MB: corners that the graph has already decoded, and two scores, background and face. */
export const ultraface: Head<Detections> = {
  type: 'ultraface',
  answers: 'detections',
  summary: 'UltraFace: decoded corners and two scores, background and face, for each of its prior boxes.',
  create(head, model, picture) {
    const { normalised } = parseSettings(UltrafaceSettings, head);
    const scores = shapedOutput(head, model, 'scores', [undefined, undefined, 2], '[N, boxes, 2]: background, face');
    const count = scores.shape[1]! < 0 ? undefined : scores.shape[1];
    const boxes = shapedOutput(head, model, 'boxes', [undefined, count, 4], `[N, ${count ?? 'boxes'}, 4] corners`);
    if (count === 0) mismatch(head, scores, '[N, boxes, 2] of at least one box');
    const [kx, ky] = normalised ? [picture.width, picture.height] : [1, 1];
    const candidates = new Candidates();
    return {
      classes: 1,
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const [score, corner] = [floatsOf(outputs, scores), floatsOf(outputs, boxes)];
        const each = sizeOfRow(outputs, scores) / 2;
        candidates.clear();
        for (let box = row * each; box < (row + 1) * each; box++) {
          const face = score[box * 2 + 1]!;
          if (!(face >= confidence)) continue;
          const at = box * 4;
          candidates.add(corner[at]! * kx, corner[at + 1]! * ky, corner[at + 2]! * kx, corner[at + 3]! * ky, face, 0);
        }
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
