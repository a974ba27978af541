import { type Rotation, headRotation } from '../globe.js';
import { type LidShape, creaseAt } from './lid-shape.js';
import { HALF_INTEROCULAR, type SyntheticScene } from './scene.js';

/** Radius of the lids where they lie on the globe, in millimetres. */
const LID_RADIUS = 12.9;

/** A face that is turned: how its surface projects. Millimetres; x right, y down, z toward the camera; origin between the eyes' globes. */
export interface FaceSurface {
  readonly rotation: Rotation;
  readonly lids: readonly [LidShape, LidShape];
  /** How far the surface stands out at a place of the head. */
  height(x: number, y: number): number;
  /** Writes the place of the head that is seen at a place of the camera's plane into the first two elements. */
  placeAt(x: number, y: number, into: Float64Array): void;
  /** Where a point of the head is seen. */
  project(x: number, y: number, z: number): { readonly x: number; readonly y: number };
}

/** Where the lids leave the globe, in millimetres from its middle, and their slope there. */
const LEAVES = 8.6;
const LEAVES_HEIGHT = Math.sqrt(LID_RADIUS ** 2 - LEAVES ** 2);
const LEAVES_SLOPE = LEAVES / LEAVES_HEIGHT;

/** Lids lie on the globe in the middle and run out into the face around it without a bend. */
function overGlobe(far: number, face: number): number {
  if (far <= LEAVES) return Math.sqrt(LID_RADIUS ** 2 - far * far);
  const above = LEAVES_HEIGHT - face;
  if (above <= 0.5) return face + above * Math.exp(-((far - LEAVES) / 4));
  return face + above * Math.exp((-(far - LEAVES) * LEAVES_SLOPE) / above);
}

function bareFace(x: number, y: number): number {
  const nose = (6 + 9 / (1 + Math.exp(-y / 9))) * Math.exp(-((x / (8 + 3 / (1 + Math.exp(-y / 12)))) ** 2));
  const brow = 7 * Math.exp(-(((y + 20) / 9) ** 2)) - 1.5 * Math.exp(-((x / 9) ** 2)) * Math.exp(-(((y + 20) / 8) ** 2));
  const cheek = 5 * Math.exp(-(((y - 30) / 14) ** 2));
  return 6.5 + nose + brow + cheek - 0.0045 * x * x;
}

/** +1 for the eye whose outer corner lies to the right. */
export const sideOf = (x: number): 1 | -1 => (x < 0 ? -1 : 1);

/** The face of a scene, with the lids of its eyes. */
export function faceSurface(scene: SyntheticScene, lids: readonly [LidShape, LidShape]): FaceSurface {
  const rotation = headRotation(scene.head);
  const [m0, m1, m2, m3, m4, m5] = rotation;
  const height = (x: number, y: number): number => {
    const side = sideOf(x);
    const local = side * x - HALF_INTEROCULAR;
    const far = local * local + y * y;
    const face = overGlobe(Math.sqrt(far), bareFace(x, y));
    if (Math.abs(local) > 22 || y > 12) return face;
    const crease = creaseAt(lids[side < 0 ? 0 : 1], local);
    const off = y - crease.y;
    // A fold: skin hangs over from above and dips where it tucks in.
    return face + crease.depth * (0.7 * Math.exp(-(((off + 1.6) / 1.3) ** 2)) - 0.8 * Math.exp(-((off / 0.6) ** 2)));
  };
  const determinant = m0 * m4 - m1 * m3;
  const placeAt = (x: number, y: number, into: Float64Array): void => {
    let [px, py] = [x, y];
    // The depth decides the place and the place the depth: a few turns settle it, as slopes are gentle.
    for (let turn = 0; turn < 8; turn++) {
      const z = height(px, py);
      const [u, v] = [x - m2 * z, y - m5 * z];
      const [nx, ny] = [(m4 * u - m1 * v) / determinant, (m0 * v - m3 * u) / determinant];
      const step = Math.abs(nx - px) + Math.abs(ny - py);
      px += (nx - px) * (turn < 4 ? 1 : 0.6);
      py += (ny - py) * (turn < 4 ? 1 : 0.6);
      if (step < 0.01) break;
    }
    into[0] = px;
    into[1] = py;
  };
  return { rotation, lids, height, placeAt, project: (x, y, z) => ({ x: m0 * x + m1 * y + m2 * z, y: m3 * x + m4 * y + m5 * z }) };
}
