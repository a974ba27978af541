import type { Point } from '../../core/index.js';
import type { HeadPose } from '../eyes.js';
import { RIGID_POINTS, type RigidPoint } from './canonical-face.js';
import { type Quaternion, rotate, type Vector } from './rotation.js';

/** Where a head is: from centimetres of the canonical face to pixels of the picture, seen from afar (no perspective within the face). */
export interface Pose {
  readonly rotation: Quaternion;
  /** Pixels a centimetre. */
  readonly scale: number;
  /** Pixels: where the origin of the canonical face is seen. */
  readonly x: number;
  readonly y: number;
}

/** Points of a mesh in pixels of the picture: x, y and depth (towards the camera negative, on the same scale) of each. */
export type Mesh = Float32Array;

/** Where a place of the canonical face is seen. */
export function project({ rotation, scale, x, y }: Pose, at: Vector): Point {
  const [rx, ry] = rotate(rotation, at);
  return { x: x + scale * rx, y: y - scale * ry };
}

const meanOf = (values: (point: RigidPoint) => Vector): Vector => {
  const sum: [number, number, number] = [0, 0, 0];
  let weight = 0;
  for (const point of RIGID_POINTS) {
    const value = values(point);
    for (let k = 0; k < 3; k++) sum[k]! += value[k]! * point.weight;
    weight += point.weight;
  }
  return [sum[0] / weight, sum[1] / weight, sum[2] / weight];
};

/** Middle of the rigid points, by their weights. */
export const RIGID_MIDDLE: Vector = meanOf(({ at }) => at);

/**
 * The turn, size and place that bring the canonical face nearest to the mesh, in the weighted least squares of the distances (Horn 1987). The mesh's own
 * depth is taken as it is.
 */
export function poseOf(mesh: Mesh): Pose {
  const seen = ({ index }: RigidPoint): Vector => [mesh[index * 3]!, -mesh[index * 3 + 1]!, -mesh[index * 3 + 2]!];
  const middle = meanOf(seen);
  const s = new Float64Array(9);
  let spread = 0;
  for (const point of RIGID_POINTS) {
    const from = point.at.map((value, k) => value - RIGID_MIDDLE[k]!);
    const to = seen(point).map((value, k) => value - middle[k]!);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) s[i * 3 + j]! += point.weight * from[i]! * to[j]!;
    spread += point.weight * (from[0]! ** 2 + from[1]! ** 2 + from[2]! ** 2);
  }
  const rotation = quaternionOf(s);
  const scale = alongRotation(s, rotation) / spread;
  const [rx, ry] = rotate(rotation, RIGID_MIDDLE);
  return { rotation, scale, x: middle[0] - scale * rx, y: -middle[1] + scale * ry };
}

/** Sum of the products of turned and seen points. */
function alongRotation(s: Float64Array, rotation: Quaternion): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    const axis = rotate(rotation, [i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0]);
    for (let j = 0; j < 3; j++) sum += axis[j]! * s[i * 3 + j]!;
  }
  return sum;
}

/** Horn's symmetric matrix, whose greatest eigenvector is the turn. */
function hornMatrix(s: Float64Array): readonly (readonly number[])[] {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as readonly [number, number, number, number, number, number, number, number, number];
  return [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ];
}

/** Power iteration on the matrix, moved so that its greatest eigenvalue is also the greatest in size, and squared so that few steps are enough. */
function quaternionOf(s: Float64Array): Quaternion {
  const horn = hornMatrix(s);
  const shift = Math.sqrt(horn.flat().reduce((sum, value) => sum + value * value, 0));
  let matrix = horn.map((row, i) => row.map((value, j) => (value + (i === j ? shift : 0)) / shift));
  for (let step = 0; step < 8; step++) {
    const square = matrix.map((row) => matrix.map((_, j) => row.reduce((sum, value, k) => sum + value * matrix[k]![j]!, 0)));
    const trace = square.reduce((sum, row, i) => sum + row[i]!, 0);
    matrix = square.map((row) => row.map((value) => value / trace));
  }
  // Every row is the eigenvector, times one of its own entries: the one of the greatest says it best.
  const row = matrix.toSorted((a, b) => Math.hypot(...b) - Math.hypot(...a))[0]!;
  const size = Math.hypot(...row) * (row[0]! < 0 ? -1 : 1);
  return [row[0]! / size, row[1]! / size, row[2]! / size, row[3]! / size];
}

const DEGREES = 180 / Math.PI;

/** The pose as angles. */
export function anglesOf({ rotation }: Pick<Pose, 'rotation'>): HeadPose {
  const forward = rotate(rotation, [0, 0, 1]);
  const right = rotate(rotation, [1, 0, 0]);
  const up = rotate(rotation, [0, 1, 0]);
  return {
    yaw: Math.atan2(forward[0], forward[2]) * DEGREES,
    pitch: Math.asin(Math.max(-1, Math.min(1, forward[1]))) * DEGREES,
    roll: Math.atan2(-right[1], up[1]) * DEGREES,
  };
}
