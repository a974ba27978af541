import {
  CORNEA_DEPTH,
  CORNEA_RADIUS,
  GLOBE_RADIUS,
  LIMBUS_DEPTH,
  LIMBUS_RADIUS,
  type Rotation,
  type Vector,
  transposed,
  turned,
  vectorOf,
} from '../globe.js';
import { fade } from '../fade.js';
import { irisTexture } from './iris-texture.js';
import type { SyntheticScene } from './scene.js';
import { smoothNoise } from './seeded-noise.js';

/** How much slower light is in the water behind the cornea. */
const REFRACTION = 1.336;
/** Where the iris lies, from the middle of the globe, in millimetres: about 3.4 behind the front of the cornea. */
const IRIS_DEPTH = 9.7;
/** The iris goes on a little behind the limbus, in millimetres. */
const IRIS_RADIUS = 6.1;

/** What lies at a place of an opening. */
export interface EyeballPlace {
  /** From the middle of the globe, in millimetres of the camera's plane. */
  readonly x: number;
  readonly y: number;
  /** Millimetres of the head, away from the nose. */
  readonly outward: number;
  /** Millimetres below the upper lid's edge and above the lower one's. */
  readonly underUpper: number;
  readonly overLower: number;
  /** Millimetres from the inner corner. */
  readonly fromInner: number;
}

/** An eyeball that shows itself in linear light. */
export type Eyeball = (place: EyeballPlace, into: Float64Array) => void;

/** How the lids and their lashes shade the ball beneath them. */
function lidShade({ underUpper, overLower, fromInner }: EyeballPlace, share: number): number {
  const upper = (0.45 + 0.2 * share) * Math.exp(-Math.max(0, underUpper) / 1.1) + 0.2 * Math.exp(-Math.max(0, underUpper) / 4);
  const lower = 0.28 * Math.exp(-Math.max(0, overLower) / 0.8);
  return Math.max(0.12, (1 - upper) * (1 - lower) * (1 - 0.3 * Math.exp(-Math.max(0, fromInner) / 2.5)));
}

/** Thin red lines that wind toward the corners, 0 to 1. `x` and `y` are of the ball itself, in millimetres. */
function veins(x: number, y: number, seed: number): number {
  const bend = 2.2 * smoothNoise(x * 0.35, y * 0.35, seed + 20);
  const branch = Math.abs(smoothNoise(x * 0.22, (y + bend) * 0.8, seed + 21));
  const hair = Math.abs(smoothNoise(x * 0.5 + 9, (y - bend) * 1.5, seed + 22));
  const toward = fade(5.5, 10.5, Math.abs(x));
  return toward * (0.75 * fade(0.09, 0.0, branch) + 0.35 * fade(0.07, 0.0, hair));
}

/**
 * The ball of one eye: `toCamera` turns its own axes (z out of the pupil) to the camera's, `side` is +1 where the nose lies to the left. Rays meet the globe
 * or the cornea's cap, are refracted there and go on to the iris.
 */
export function eyeball(scene: SyntheticScene, toCamera: Rotation, side: 1 | -1): Eyeball {
  const { light, seed } = scene;
  const iris = irisTexture(scene.iris, scene.pupil / IRIS_RADIUS, seed * 31 + (side > 0 ? 7 : 0));
  const toEye = transposed(toCamera);
  const axis: Vector = turned(toCamera, [0, 0, 1]);
  const lamp = vectorOf(light.from);
  const lampSharpness = Math.cos((light.spread * Math.PI) / 180);
  const lampEdge = Math.cos((light.spread * 1.25 * Math.PI) / 180);
  const colour = new Float64Array(3);

  /** What the wet surface mirrors: the lamp, and the room that is brighter above. */
  const mirror = (nx: number, ny: number, nz: number, into: Float64Array, wet: number): void => {
    const [rx, ry, rz] = [2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1];
    const toward = rx * lamp[0] + ry * lamp[1] + rz * lamp[2];
    const glint = fade(lampEdge, lampSharpness, toward) * (0.4 + 0.9 * light.share) * wet;
    const fresnel = 0.025 + 0.6 * (1 - nz) ** 5;
    const room = fresnel * (0.5 - 0.45 * ry) * (rz > -0.2 ? 1 : 0.4);
    for (let c = 0; c < 3; c++) into[c]! += glint + room;
  };

  const sclera = (place: EyeballPlace, nx: number, ny: number, nz: number, into: Float64Array): void => {
    const [ex, ey] = turned(toEye, [nx * GLOBE_RADIUS, ny * GLOBE_RADIUS, nz * GLOBE_RADIUS]);
    const red = veins(ex, ey, seed + (side > 0 ? 3 : 0));
    const cloud = 0.03 * smoothNoise(ex * 0.5, ey * 0.5, seed + 30);
    const flesh = fade(7.2, 3.6, place.fromInner);
    const fold = Math.exp(-(((place.fromInner - 4.6) / 0.5) ** 2));
    into[0] = (0.68 + cloud - 0.04 * red) * (1 - flesh) + flesh * (0.55 - 0.12 * fold);
    into[1] = (0.61 + cloud - 0.3 * red) * (1 - flesh) + flesh * (0.27 - 0.1 * fold);
    into[2] = (0.57 + cloud - 0.3 * red) * (1 - flesh) + flesh * (0.23 - 0.1 * fold);
  };

  /** The iris along the ray that the cornea bends at (nx, ny, nz), the outward normal where it is met. */
  const throughCornea = (x: number, y: number, z: number, nx: number, ny: number, nz: number, into: Float64Array): number => {
    const eta = 1 / REFRACTION;
    const bent = eta * nz - Math.sqrt(1 - eta * eta * (1 - nz * nz));
    const [dx, dy, dz] = [bent * nx, bent * ny, -eta + bent * nz];
    const along = dx * axis[0] + dy * axis[1] + dz * axis[2];
    const far = (IRIS_DEPTH - (x * axis[0] + y * axis[1] + z * axis[2])) / along;
    const [ix, iy] = turned(toEye, [x + dx * far, y + dy * far, z + dz * far]);
    const radius = Math.hypot(ix, iy) / IRIS_RADIUS;
    iris(Math.min(radius, 1.05), Math.atan2(iy, ix), into);
    // Light that enters on one side gathers on the other.
    const across = (ix * lamp[0] + iy * lamp[1]) / IRIS_RADIUS;
    return 1.15 - 0.45 * light.share * across;
  };

  return (place, into) => {
    const { x, y } = place;
    const far = Math.min(x * x + y * y, (GLOBE_RADIUS * 0.998) ** 2);
    const z = Math.sqrt(GLOBE_RADIUS ** 2 - far);
    const [cx, cy, cz] = [x - CORNEA_DEPTH * axis[0], y - CORNEA_DEPTH * axis[1], CORNEA_DEPTH * axis[2]];
    const inCap = CORNEA_RADIUS ** 2 - cx * cx - cy * cy;
    const capZ = inCap > 0 ? Math.sqrt(inCap) : 0;
    const depth = x * axis[0] + y * axis[1] + (cz + capZ) * axis[2];
    // Millimetres inside the limbus, measured along the axis and so about as wide on the surface.
    const clear = inCap > 0 ? fade(-0.25, 0.3, (depth - LIMBUS_DEPTH) * 1.2) : 0;
    const [nx, ny, nz] = [x / GLOBE_RADIUS, y / GLOBE_RADIUS, z / GLOBE_RADIUS];
    const lambert = Math.max(0, (nx * lamp[0] + ny * lamp[1] + nz * lamp[2] + 0.35) / 1.35);
    const lit = (1 - light.share) * (0.75 + 0.25 * nz) + light.share * 1.25 * lambert;
    sclera(place, nx, ny, nz, into);
    for (let c = 0; c < 3; c++) into[c]! *= lit;
    let [sx, sy, sz] = [nx, ny, nz];
    if (clear > 0) {
      [sx, sy, sz] = [cx / CORNEA_RADIUS, cy / CORNEA_RADIUS, capZ / CORNEA_RADIUS];
      const gain = throughCornea(x, y, cz + capZ, sx, sy, sz, colour) * (0.4 + 0.6 * lit);
      for (let c = 0; c < 3; c++) into[c] = into[c]! * (1 - clear) + colour[c]! * gain * clear;
    }
    const shade = lidShade(place, light.share);
    const warm = 1 - shade;
    into[0]! *= shade;
    into[1]! *= shade * (1 - 0.1 * warm);
    into[2]! *= shade * (1 - 0.14 * warm);
    mirror(sx, sy, sz, into, fade(0.3, 1.2, place.underUpper));
    const tear = Math.exp(-(((place.overLower - 0.25) / 0.18) ** 2)) * (0.1 + 0.2 * smoothNoise(place.outward * 0.8, 1, seed + 40) ** 2);
    for (let c = 0; c < 3; c++) into[c]! += tear * lit;
  };
}

/** The circle of the limbus as seen, in millimetres of the camera's plane from the middle of the globe. */
export function limbusRing(toCamera: Rotation, points: number): { readonly x: number; readonly y: number }[] {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const [x, y] = turned(toCamera, [LIMBUS_RADIUS * Math.cos(angle), LIMBUS_RADIUS * Math.sin(angle), LIMBUS_DEPTH]);
    return { x, y };
  });
}
