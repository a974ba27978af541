/** x towards the picture's right, y up, z towards the camera. */
export type Vector = readonly [number, number, number];

/** A turn in space, of length 1: w, x, y, z. */
export type Quaternion = readonly [number, number, number, number];

/** The vector, turned. */
export function rotate([w, x, y, z]: Quaternion, [a, b, c]: Vector): [number, number, number] {
  const [tx, ty, tz] = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}

/** A turn around `axis` (of length 1) by `degrees`, counter-clockwise for who looks against the axis. */
export function turn([x, y, z]: Vector, degrees: number): Quaternion {
  const half = (degrees * Math.PI) / 360;
  const sin = Math.sin(half);
  return [Math.cos(half), x * sin, y * sin, z * sin];
}

/** First `second`, then `first`. */
export function compose([w1, x1, y1, z1]: Quaternion, [w2, x2, y2, z2]: Quaternion): Quaternion {
  return [
    w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
    w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
    w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
    w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
  ];
}

/** Degrees between two turns. */
export function angleBetween(a: Quaternion, b: Quaternion): number {
  const dot = Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]);
  return (Math.acos(Math.min(1, dot)) * 360) / Math.PI;
}

/** On the way from `a` (share 0) to `b` (share 1), for turns that are near each other. */
export function between(a: Quaternion, b: Quaternion, share: number): Quaternion {
  const sign = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] < 0 ? -1 : 1;
  const mixed = a.map((value, k) => value + (b[k]! * sign - value) * share);
  const size = Math.hypot(...mixed);
  return [mixed[0]! / size, mixed[1]! / size, mixed[2]! / size, mixed[3]! / size];
}
