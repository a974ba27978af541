import { fakeEngine } from '../inference/index.js';
import type { ModelDefinition, ModelSource } from '../models/index.js';

/** Size of the model's picture, and of the clips in tests: boxes need no scaling. */
export const SIZE = { width: 128, height: 128 };
const definition: ModelDefinition = {
  name: 'boxes',
  weights: { runtime: 'fake', path: 'fake:identity' },
  picture: {
    input: 'images',
    fit: { mode: 'stretch', size: SIZE, order: 'rgb', layout: 'planar', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  head: { type: 'boxes', outputs: { boxes: 'boxes' }, confidence: 0.5, maximumIou: 0.5, limit: 10 },
  labels: ['person', 'car'],
};
/** One model, whatever its name. */
export const models: ModelSource = { named: async () => definition, own: async (own) => own };

/** A box as the scripted detector gives it. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly score?: number;
  readonly classId?: number;
}

/** A detector that sees, on its n-th picture, what `at(n)` says: boxes of 20 x 40 pixels. */
export function detectorSeeing(at: (n: number) => readonly Seen[]) {
  let n = 0;
  return fakeEngine({
    answer: () => {
      const seen = at(n++);
      return {
        answers: [
          {
            kind: 'detections' as const,
            boxes: Float32Array.from(seen.flatMap(({ x, y }) => [x, y, x + 20, y + 40])),
            scores: Float32Array.from(seen.map(({ score = 0.9 }) => score)),
            classIds: Int32Array.from(seen.map(({ classId = 0 }) => classId)),
          },
        ],
      };
    },
  });
}
