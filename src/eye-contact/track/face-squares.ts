import type { Box, Point, Size } from '../../core/index.js';
import type { Detections } from '../../vision/index.js';
import { type Affine, movePoint, type Square } from './affine.js';
import { anglesOf, type Pose, project } from './head-pose.js';

const RADIANS = Math.PI / 180;

/** Middle of the canonical face and the side of the square that the mesh wants around it (1.5 times its height), in centimetres. */
const FACE_MIDDLE = [0, -0.57, 4] as const;
const FACE_SIDE = 26.5;
/** The same by the detector's box, which is about as high as wide: what MediaPipe's own graph takes. */
const BOX_SIDES = 1.5;

/** Where the mesh should look for a face whose pose is known. */
export function squareOfPose(pose: Pose): Square {
  return { centre: project(pose, FACE_MIDDLE), side: FACE_SIDE * pose.scale, angle: anglesOf(pose).roll * RADIANS };
}

/** The square that shows the whole picture to the detector. */
export function squareOfPicture({ width, height }: Size): Square {
  return { centre: { x: width / 2, y: height / 2 }, side: Math.max(width, height), angle: 0 };
}

/** A face that was found, in pixels of the picture. */
export interface FoundFace {
  readonly box: Box;
  readonly score: number;
  /** Where the mesh should look. */
  readonly square: Square;
}

/** What the detector saw, brought back to pixels of the picture. */
export function foundFaces({ boxes, scores, points }: Detections, toPicture: Affine): FoundFace[] {
  return Array.from(scores, (score, row) => {
    const [x1, y1, x2, y2] = boxes.subarray(row * 4, row * 4 + 4) as unknown as readonly [number, number, number, number];
    const [from, to] = [movePoint(toPicture, x1, y1), movePoint(toPicture, x2, y2)];
    const box = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
    const eye = (k: number): Point => {
      const at = (row * ((points?.length ?? 0) / (3 * scores.length)) + k) * 3;
      return movePoint(toPicture, points?.[at] ?? x1, points?.[at + 1] ?? y1);
    };
    const [left, right] = [eye(0), eye(1)];
    const side = Math.max(to.x - from.x, to.y - from.y) * BOX_SIDES;
    const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return { box, score, square: { centre, side, angle: Math.atan2(right.y - left.y, right.x - left.x) } };
  });
}

/** How far two squares are apart: the greatest of shift and change of size, as shares of the side, and of the turn in radians. */
export function squareDistance(a: Square, b: Square): number {
  const shift = Math.hypot(a.centre.x - b.centre.x, a.centre.y - b.centre.y) / b.side;
  const turn = Math.abs(Math.atan2(Math.sin(a.angle - b.angle), Math.cos(a.angle - b.angle)));
  return Math.max(shift, Math.abs(Math.log(a.side / b.side)), turn);
}

/** A mesh brought from its crop to pixels of the picture: x, y and depth of each point. */
export function meshInPicture(points: Float32Array, depths: Float32Array | undefined, toPicture: Affine): Float32Array {
  const scale = Math.hypot(toPicture.a, toPicture.c);
  const mesh = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const { x, y } = movePoint(toPicture, points[i]!, points[i + 1]!);
    mesh[i] = x;
    mesh[i + 1] = y;
    mesh[i + 2] = (depths?.[i / 3] ?? 0) * scale;
  }
  return mesh;
}
