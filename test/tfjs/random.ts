/** Numbers of a fixed seed (mulberry32), so that a failing case fails again. */
export function seeded(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    /** A whole number, both ends included. */
    int,
    chance: (): boolean => next() < 0.5,
    pick: <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!,
    floats: (count: number, least = -2, most = 2): number[] => Array.from({ length: count }, () => least + next() * (most - least)),
    /** Whole numbers without repetition. */
    shuffled: (count: number): number[] => {
      const list = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = int(0, i);
        [list[i], list[j]] = [list[j]!, list[i]!];
      }
      return list;
    },
  };
}

export type Random = ReturnType<typeof seeded>;
