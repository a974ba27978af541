/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Yields `count` damaged copies of `seed`: bytes changed, cut out, doubled, or the end cut off. */
export function* mutations(seed: Uint8Array, count: number, next: () => number): Generator<Uint8Array> {
  const at = (length: number): number => Math.floor(next() * length);
  for (let i = 0; i < count; i++) {
    const bytes = [...seed];
    for (let edits = 1 + at(3); edits > 0; edits--) {
      const where = at(bytes.length);
      const kind = at(5);
      if (kind < 2) bytes[where] = at(256);
      else if (kind === 2) bytes.splice(where, 1 + at(8));
      else if (kind === 3) bytes.splice(where, 0, ...bytes.slice(where, where + 1 + at(8)));
      else bytes.length = where;
    }
    yield Uint8Array.from(bytes);
  }
}
