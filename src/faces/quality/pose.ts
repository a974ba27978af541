import type { Point } from '../../core/index.js';
import type { FacePoints } from '../port.js';

/** How a head is turned, in degrees; all 0 for one that looks into the camera. */
export interface FacePose {
  /** Turned to the side: positive towards the right of the picture. */
  readonly yaw: number;
  /** Positive upwards. */
  readonly pitch: number;
  /** Tilted to the shoulder: positive clockwise on the screen. */
  readonly roll: number;
}

type Vector3 = readonly [number, number, number];

/**
 * An average head in millimetres: the five points in the order of {@link FacePoints}, x to the right of the picture, y down, z away from the viewer.
 * Widths and heights are those of the ArcFace template at an eye distance of 63 mm; depths are rounded from anthropometric means.
 */
const HEAD: readonly Vector3[] = [[-31.5, 0, 0], [31.5, 0, 0], [0, 36, -25], [-26, 72, -5], [26, 72, -5]]; // prettier-ignore

const MEAN = [0, 1, 2].map((axis) => HEAD.reduce((sum, point) => sum + point[axis]!, 0) / HEAD.length);
const CENTRED = HEAD.map((point): Vector3 => [point[0] - MEAN[0]!, point[1] - MEAN[1]!, point[2] - MEAN[2]!]);

const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector3, b: Vector3): Vector3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const scaled = (a: Vector3, by: number): Vector3 => [a[0] * by, a[1] * by, a[2] * by];

/** Columns of the inverse of the head's scatter matrix, which is symmetric. */
const SOLVER: readonly [Vector3, Vector3, Vector3] = (() => {
  const entry = (i: number, j: number): number => CENTRED.reduce((sum, point) => sum + point[i]! * point[j]!, 0);
  const rows = [0, 1, 2].map((i): Vector3 => [entry(i, 0), entry(i, 1), entry(i, 2)]) as unknown as readonly [Vector3, Vector3, Vector3];
  const adjoint = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])] as const;
  const determinant = dot(rows[0], adjoint[0]);
  return [scaled(adjoint[0], 1 / determinant), scaled(adjoint[1], 1 / determinant), scaled(adjoint[2], 1 / determinant)];
})();

/** The row of the projection that brings the head's points nearest to these coordinates, in the least squares. */
function rowOf(coordinates: readonly number[]): Vector3 {
  const mean = coordinates.reduce((sum, x) => sum + x, 0) / coordinates.length;
  const moment = [0, 1, 2].map((axis) => CENTRED.reduce((sum, point, at) => sum + point[axis]! * (coordinates[at]! - mean), 0)) as unknown as Vector3;
  return [dot(SOLVER[0], moment), dot(SOLVER[1], moment), dot(SOLVER[2], moment)];
}

const degrees = (sine: number): number => (Math.asin(Math.min(1, Math.max(-1, sine))) * 180) / Math.PI;

/** How the head is turned that has its points there, seen from afar (weak perspective). Yaw is right within about ten degrees and pitch within fifteen, since faces differ from the average one. */
export function poseOf(points: FacePoints): FacePose {
  const across = rowOf(points.map(({ x }) => x));
  const down = rowOf(points.map(({ y }) => y));
  const [width, height] = [Math.hypot(...across), Math.hypot(...down)];
  if (!(width > 0) || !(height > 0)) return { yaw: 90, pitch: 0, roll: 0 };
  const [rightEye, leftEye] = points as readonly [Point, Point, ...Point[]];
  const roll = Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x);
  // In the picture turned upright, so that yaw and pitch are those of the head and not of the screen.
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const upright = (a: Vector3, b: Vector3, ka: number, kb: number): number => (a[2] * ka) / width + (b[2] * kb) / height;
  return { yaw: degrees(-upright(across, down, cos, sin)), pitch: degrees(upright(across, down, -sin, cos)), roll: (roll * 180) / Math.PI };
}
