import { z } from 'zod';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import { floatsOf, shapedOutput } from './outputs.js';
import type { Head } from './port.js';
import { parseSettings } from './settings.js';

/** {@link movenetMultipose} has no settings. */
export const MovenetMultiposeSettings = z.strictObject({});

/** The 17 joints of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, each left before right. */
const JOINTS = 17;
/** Where the box of a person begins: after y, x and score of the joints. */
const BOX = JOINTS * 3;
/** A box is y1, x1, y2, x2 and score. */
const WIDTH = BOX + 5;

/** MoveNet MultiPose: up to six people with 17 joints, as fractions of the picture. */
export const movenetMultipose: Head<Detections> = {
  type: 'movenet-multipose',
  answers: 'detections',
  summary: 'MoveNet MultiPose: ready rows of people, each with 17 joints and a box.',
  create(head, model, picture) {
    parseSettings(MovenetMultiposeSettings, head);
    const expected = `[N, people, ${WIDTH}]: 17 joints of y, x, score, then y1, x1, y2, x2, score`;
    const output = shapedOutput(head, model, 'output', [undefined, undefined, WIDTH], expected);
    const { width: kx, height: ky } = picture;
    const candidates = new Candidates(JOINTS);
    return {
      classes: 1,
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const data = floatsOf(outputs, output);
        const size = outputs[output.at]!.shape[1]! * WIDTH;
        candidates.clear();
        for (let at = row * size; at < (row + 1) * size; at += WIDTH) {
          const box = at + BOX;
          const score = data[box + 4]!;
          if (!(score >= confidence)) continue;
          candidates.add(data[box + 1]! * kx, data[box]! * ky, data[box + 3]! * kx, data[box + 2]! * ky, score, 0);
          for (let k = 0, p = at; k < JOINTS; k++, p += 3) candidates.setPoint(k, data[p + 1]! * kx, data[p]! * ky, data[p + 2]!);
        }
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
