import type { Point, Size } from '../../core/index.js';
import type { HeadPose } from '../eyes.js';
import { fade } from '../fade.js';
import { EYE_CORNERS } from './canonical-face.js';
import { cornersOf, type EyeReading } from './eye-reading.js';
import type { Mesh } from './head-pose.js';

/** Falls with the mesh's score, and with the turn of the head: profiles show no pair of eyes. */
export function faceTrust(score: number, { yaw, pitch }: HeadPose): number {
  return fade(0.5, 0.9, score) * (1 - fade(40, 60, Math.abs(yaw))) * (1 - fade(35, 50, Math.abs(pitch)));
}

/** What speaks for and against one eye. */
export interface EyeEvidence {
  readonly reading: EyeReading;
  readonly mesh: Mesh;
  readonly eye: 0 | 1;
  readonly head: HeadPose;
  /** Half of the iris' width as it should be for this person, in pixels. */
  readonly radiusPx: number;
  readonly size: Size;
}

/**
 * Falls where the eye is on the far side of a turned head, leaves the picture, has an iris of a size that this person's has not, or where the two networks
 * disagree on its corners: a hand, hair or a glare before it.
 */
export function eyeTrust({ reading, mesh, eye, head, radiusPx, size }: EyeEvidence): number {
  const far = eye === 1 ? head.yaw : -head.yaw;
  const corners = cornersOf(reading);
  const width = distance(...corners);
  const apart = Math.max(...EYE_CORNERS[eye].map((index, k) => distance(corners[k]!, { x: mesh[index * 3]!, y: mesh[index * 3 + 1]! })));
  const inside = corners.every(({ x, y }) => x >= 0 && y >= 0 && x < size.width && y < size.height);
  return (
    (inside ? 1 : 0) *
    (1 - fade(28, 45, far)) *
    (1 - fade(0.2, 0.45, Math.abs(Math.log(reading.radius / radiusPx)))) *
    (1 - fade(0.25, 0.5, apart / width))
  );
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
