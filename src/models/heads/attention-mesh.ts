import { z } from 'zod';
import type { Landmarks } from '../../vision/index.js';
import { IRIS_POINTS, MESH_POINTS, REFINED_POINTS, RIM_POINTS } from './mesh-refinement.js';
import { mismatch } from './outputs.js';
import type { Head } from './port.js';
import { checkRoles, rowOf, rowOutput, sigmoid } from './row-outputs.js';
import { parseSettings } from './settings.js';

/** Settings of {@link attentionMesh}. */
export const AttentionMeshSettings = z.strictObject({
  score: z.enum(['none', 'sigmoid']).default('sigmoid').describe('From the output of role `score` to the score of the face.'),
});

/** Numbers of each output. */
const WIDTHS = Object.freeze({
  mesh: MESH_POINTS * 3,
  lips: REFINED_POINTS.lips.length * 2,
  leftEye: REFINED_POINTS.leftEye.length * 2,
  rightEye: REFINED_POINTS.rightEye.length * 2,
  leftIris: IRIS_POINTS * 2,
  rightIris: IRIS_POINTS * 2,
  score: 1,
});

type Role = keyof typeof WIDTHS;

function place(points: Float32Array, at: number, x: number, y: number): void {
  points[at * 3] = x;
  points[at * 3 + 1] = y;
  points[at * 3 + 2] = 1;
}

function meanDepth(depths: Float32Array, eye: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < RIM_POINTS; i++) sum += depths[eye[i]!]!;
  return sum / RIM_POINTS;
}

function addIris(points: Float32Array, depths: Float32Array, from: number, iris: Float32Array, eye: readonly number[]): void {
  for (let i = 0; i < IRIS_POINTS; i++) place(points, from + i, iris[i * 2]!, iris[i * 2 + 1]!);
  depths.fill(meanDepth(depths, eye), from, from + IRIS_POINTS);
}

/** Replaces x and y of the listed points; their depth stays that of the mesh. */
function refine(points: Float32Array, finer: Float32Array, which: readonly number[]): void {
  which.forEach((point, i) => place(points, point, finer[i * 2]!, finer[i * 2 + 1]!));
}

/**
 * MediaPipe's face mesh with attention: 468 points, those of lips and eyes replaced by finer ones, then the irises: 468 to 472 of the eye at the
 * viewer's left, 473 to 477 of the other. In pixels of the model's picture.
 */
export const attentionMesh: Head<Landmarks> = {
  type: 'attention-mesh',
  answers: 'landmarks',
  summary: 'The 478 points of MediaPipe’s face mesh with finer lips and eyes, and both irises.',
  create(head, model) {
    const { score } = parseSettings(AttentionMeshSettings, head);
    const roles = Object.keys(WIDTHS) as Role[];
    const of = Object.fromEntries(
      roles.map((role) => {
        const output = rowOutput(head, model, role, `[N, ${WIDTHS[role]}]`);
        return [role, output.width === WIDTHS[role] ? output : mismatch(head, output, `[N, ${WIDTHS[role]}]`)] as const;
      }),
    ) as Record<Role, ReturnType<typeof rowOutput>>;
    checkRoles(head, roles);
    return {
      decode(outputs, row) {
        const points = new Float32Array((MESH_POINTS + 2 * IRIS_POINTS) * 3);
        const depths = new Float32Array(MESH_POINTS + 2 * IRIS_POINTS);
        const mesh = rowOf(outputs, of.mesh, row);
        for (let i = 0; i < MESH_POINTS; i++) {
          place(points, i, mesh[i * 3]!, mesh[i * 3 + 1]!);
          depths[i] = mesh[i * 3 + 2]!;
        }
        for (const part of ['lips', 'leftEye', 'rightEye'] as const) refine(points, rowOf(outputs, of[part], row), REFINED_POINTS[part]);
        addIris(points, depths, MESH_POINTS, rowOf(outputs, of.leftIris, row), REFINED_POINTS.leftEye);
        addIris(points, depths, MESH_POINTS + IRIS_POINTS, rowOf(outputs, of.rightIris, row), REFINED_POINTS.rightEye);
        const flag = rowOf(outputs, of.score, row)[0]!;
        return { kind: 'landmarks', points, depths, score: score === 'sigmoid' ? sigmoid(flag) : flag };
      },
    };
  },
};
