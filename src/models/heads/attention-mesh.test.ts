import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import { attentionMesh } from './attention-mesh.js';
import { MESH_POINTS, REFINED_POINTS } from './mesh-refinement.js';
import type { HeadSpec } from './port.js';

const WIDTHS = { mesh: 1404, lips: 160, leftEye: 142, rightEye: 142, leftIris: 10, rightIris: 10, score: 1 } as const;
type Role = keyof typeof WIDTHS;
const ROLES = Object.keys(WIDTHS) as Role[];
const HEAD: HeadSpec = {
  type: 'attention-mesh',
  outputs: Object.fromEntries(ROLES.map((role) => [role, role])),
  confidence: 0,
  maximumIou: 1,
  limit: 1,
};
const PICTURE = { width: 192, height: 192 };
const specOf = (widths: Readonly<Record<Role, number>>) => ({
  inputs: [],
  outputs: ROLES.map((name) => ({ name, datatype: 'FP32', shape: [-1, 1, 1, widths[name]] }) as const),
});

/** Each output counts up from a number of its own, and once more a million higher in the second row. */
const START: Readonly<Record<Role, number>> = {
  mesh: 0,
  lips: 10_000,
  leftEye: 20_000,
  rightEye: 30_000,
  leftIris: 40_000,
  rightIris: 50_000,
  score: 0,
};
const outputs = (rows: readonly number[]): Tensor[] =>
  ROLES.map((name) => {
    const data = Float32Array.from(rows.flatMap((row) => Array.from({ length: WIDTHS[name] }, (_, i) => START[name] + row * 1e6 + i)));
    return { name, datatype: 'FP32', shape: [rows.length, 1, 1, WIDTHS[name]], data } as const;
  });

test('the finer points replace those of the mesh in their order, the irises come behind', () => {
  const { points, depths, score } = attentionMesh.create(HEAD, specOf(WIDTHS), PICTURE).decode(outputs([0]), 0);
  assert.deepEqual([points.length, depths!.length], [478 * 3, 478]);
  const at = (i: number): number[] => [...points.subarray(i * 3, i * 3 + 2)];
  // Point 61 is the first of the lips, 39 their thirteenth; 33 begins the left eye, 417 ends the right one; 1, the tip of the nose, is of the mesh.
  assert.deepEqual([at(61), at(39), at(33), at(417), at(1)], [[10_000, 10_001], [10_026, 10_027], [20_000, 20_001], [30_140, 30_141], [3, 4]]); // prettier-ignore
  assert.deepEqual([at(468), at(472), at(473), at(477)], [[40_000, 40_001], [40_008, 40_009], [50_000, 50_001], [50_008, 50_009]]); // prettier-ignore
  assert.equal(depths![61], 61 * 3 + 2, 'depth stays that of the mesh');
  const rim = REFINED_POINTS.rightEye.slice(0, 16).map((i) => i * 3 + 2);
  assert.ok(Math.abs(depths![475]! - rim.reduce((sum, z) => sum + z, 0) / 16) < 1e-3, 'an iris lies as deep as the rim of its eye');
  assert.equal(score, 0.5);
});

test('every list names points of the mesh once, as many as its output has', () => {
  for (const [name, list] of Object.entries(REFINED_POINTS)) {
    assert.equal(new Set(list).size, list.length, name);
    assert.equal(list.length * 2, WIDTHS[name as Role]);
    assert.ok(list.every((point) => point >= 0 && point < MESH_POINTS));
  }
  assert.equal(new Set(Object.values(REFINED_POINTS).flat()).size, 80 + 71 + 71);
});

test('a row of a batch is as good as a face alone', () => {
  const decoder = attentionMesh.create(HEAD, specOf(WIDTHS), PICTURE);
  assert.deepEqual(decoder.decode(outputs([0, 1]), 1), decoder.decode(outputs([1]), 0));
});

test('an output of another width is told', () => {
  assert.throws(() => attentionMesh.create(HEAD, specOf({ ...WIDTHS, lips: 80 }), PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /"lips" .*\[N, 160\]/,
  });
});
