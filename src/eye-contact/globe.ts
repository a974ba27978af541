import type { Direction } from './eyes.js';

/** Radius of the eyeball in millimetres. */
export const GLOBE_RADIUS = 12;
/** Radius of the front of the cornea in millimetres. */
export const CORNEA_RADIUS = 7.8;
/** Radius of the limbus, the visible edge of the iris, in millimetres: 11.7 mm across in nearly all adults. */
export const LIMBUS_RADIUS = 5.85;
/** From the middle of the eyeball to the plane of the limbus, in millimetres: where a circle of that radius lies on the globe. */
export const LIMBUS_DEPTH = Math.sqrt(GLOBE_RADIUS ** 2 - LIMBUS_RADIUS ** 2);
/** From the middle of the eyeball to that of the cornea's sphere, which meets the globe in the limbus, in millimetres. */
export const CORNEA_DEPTH = LIMBUS_DEPTH - Math.sqrt(CORNEA_RADIUS ** 2 - LIMBUS_RADIUS ** 2);

/** x to the picture's right, y down, z toward the camera. */
export type Vector = readonly [number, number, number];

/** A rotation, row by row. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

const RADIANS = Math.PI / 180;

/** The unit vector that looks along a direction. */
export function vectorOf({ yaw, pitch }: Direction): Vector {
  const level = Math.cos(pitch * RADIANS);
  return [Math.sin(yaw * RADIANS) * level, -Math.sin(pitch * RADIANS), Math.cos(yaw * RADIANS) * level];
}

/** The direction of a vector of any length. */
export function directionOf([x, y, z]: Vector): Direction {
  return { yaw: Math.atan2(x, z) / RADIANS, pitch: Math.atan2(-y, Math.hypot(x, z)) / RADIANS };
}

/** The angle between two directions in degrees. */
export function angleBetween(a: Direction, b: Direction): number {
  const [[ax, ay, az], [bx, by, bz]] = [vectorOf(a), vectorOf(b)];
  const across = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return Math.atan2(across, ax * bx + ay * by + az * bz) / RADIANS;
}

/** The rotation of a head: rolled first, then raised, then turned; degrees as in a tracked face. */
export function headRotation({ yaw, pitch, roll }: Direction & { readonly roll: number }): Rotation {
  const [cy, sy] = [Math.cos(yaw * RADIANS), Math.sin(yaw * RADIANS)];
  const [cp, sp] = [Math.cos(pitch * RADIANS), Math.sin(pitch * RADIANS)];
  const [cr, sr] = [Math.cos(roll * RADIANS), Math.sin(roll * RADIANS)];
  return [cy * cr + sy * sp * sr, -cy * sr + sy * sp * cr, sy * cp, cp * sr, cp * cr, -sp, -sy * cr + cy * sp * sr, sy * sr + cy * sp * cr, cy * cp];
}

/** The shortest rotation that brings one unit vector to another; an eye that looks elsewhere turns so, nearly (Listing's law). */
export function rotationBetween([ax, ay, az]: Vector, [bx, by, bz]: Vector): Rotation {
  const [x, y, z] = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  const cosine = ax * bx + ay * by + az * bz;
  const k = 1 / (1 + cosine);
  return [
    x * x * k + cosine, x * y * k - z, x * z * k + y,
    x * y * k + z, y * y * k + cosine, y * z * k - x,
    x * z * k - y, y * z * k + x, z * z * k + cosine,
  ]; // prettier-ignore
}

/** The rotation the other way. */
export function transposed([a, b, c, d, e, f, g, h, i]: Rotation): Rotation {
  return [a, d, g, b, e, h, c, f, i];
}

/** A vector turned. */
export function turned([a, b, c, d, e, f, g, h, i]: Rotation, [x, y, z]: Vector): Vector {
  return [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
}

/** One rotation that turns as `inner` and then as `outer`. */
export function composed(outer: Rotation, inner: Rotation): Rotation {
  const [[a, d, g], [b, e, h], [c, f, i]] = [0, 1, 2].map((column) =>
    turned(outer, [inner[column]!, inner[column + 3]!, inner[column + 6]!]),
  ) as unknown as readonly [Vector, Vector, Vector];
  return [a, b, c, d, e, f, g, h, i];
}
