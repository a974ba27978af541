/** 0 up to `from`, 1 from `to` on, and a curve without corners between them; a step at `from` where `to` is not above it. */
export function smoothStep(value: number, from: number, to: number): number {
  if (!(to > from)) return value > from ? 1 : 0;
  const share = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}
