/** A number from 0 up to 1 for a point of the whole-number lattice; the same for the same point and seed. */
export function latticeValue(x: number, y: number, seed: number): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise from -1 to 1 with one bump a unit. With a whole number as `period`, it repeats along x. */
export function smoothNoise(x: number, y: number, seed: number, period = 0): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const [u, v] = [fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)];
  const left = period > 0 ? ((x0 % period) + period) % period : x0;
  const right = period > 0 ? (left + 1) % period : x0 + 1;
  const top = latticeValue(left, y0, seed) * (1 - u) + latticeValue(right, y0, seed) * u;
  const bottom = latticeValue(left, y0 + 1, seed) * (1 - u) + latticeValue(right, y0 + 1, seed) * u;
  return 2 * (top * (1 - v) + bottom * v) - 1;
}

/** A number of the normal distribution, of mean 0 and deviation 1. */
export function normalOf(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
