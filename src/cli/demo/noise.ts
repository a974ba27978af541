/** A whole number and a seed to a number in [0, 1), as if thrown by dice (the finaliser of MurmurHash3). */
export function hash(n: number, seed = 0): number {
  let h = (Math.imul(n, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const SIDE = 256;

/** Smooth noise over the plane, 0 to 1, with features of size 1; repeats every 256. */
export type Noise = (x: number, y: number) => number;

/** Value noise: dice on the whole numbers, a smooth curve between them. */
export function valueNoise(seed: number): Noise {
  const lattice = Float32Array.from({ length: SIDE * SIDE }, (_, i) => hash(i, seed));
  const at = (x: number, y: number): number => lattice[((y & (SIDE - 1)) << 8) | (x & (SIDE - 1))]!;
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (x, y) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [ease(x - x0), ease(y - y0)];
    const upper = at(x0, y0) * (1 - u) + at(x0 + 1, y0) * u;
    const lower = at(x0, y0 + 1) * (1 - u) + at(x0 + 1, y0 + 1) * u;
    return upper * (1 - v) + lower * v;
  };
}

/** Several octaves of `noise`, each half as strong and twice as fine; 0 to 1. */
export function octaves(noise: Noise, count: number): Noise {
  const total = 2 - 2 ** (1 - count);
  return (x, y) => {
    let sum = 0;
    for (let i = 0, weight = 1, scale = 1; i < count; i++, weight /= 2, scale *= 2) sum += weight * noise(x * scale + i * 37.1, y * scale + i * 17.7);
    return sum / total;
  };
}
