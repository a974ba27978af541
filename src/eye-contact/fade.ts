/** 0 at `from` and before, 1 at `to` and beyond, smooth between; `from` may be the larger. */
export function fade(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
