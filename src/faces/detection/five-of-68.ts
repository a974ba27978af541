import { type Point, fail } from '../../core/index.js';
import type { FacePoints } from '../port.js';

/** Points of iBUG 300-W whose mean is each of the five: lids of the two eyes, tip of the nose, outer and inner corners of the mouth. */
const PARTS: readonly (readonly number[])[] = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]];

/** The five points for alignment of 68 points in the order of iBUG 300-W; rows of `x, y, score`. */
export function fiveOf68(points: Float32Array): FacePoints {
  if (points.length !== 68 * 3) fail('MODEL_MISMATCH', `68 points are needed for a face, got ${points.length / 3}`);
  const [rightEye, leftEye, nose, rightMouth, leftMouth] = PARTS.map((part): Point => {
    const sum = (column: 0 | 1): number => part.reduce((total, at) => total + points[at * 3 + column]!, 0);
    return { x: sum(0) / part.length, y: sum(1) / part.length };
  });
  return [rightEye!, leftEye!, nose!, rightMouth!, leftMouth!];
}
