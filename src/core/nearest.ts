/** Edits (insert, delete, replace, swap of neighbours) that make `b` of `a`: optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** The names most like `name`, best first: those within a third of its length in edits, or that contain it. */
export function nearestNames(name: string, known: readonly string[], limit = 3): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => {
      const text = candidate.toLowerCase();
      const contains = wanted.length > 2 && (text.includes(wanted) || wanted.includes(text));
      return { candidate, distance: contains ? 1 : editDistance(wanted, text) };
    })
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean "a" or "b"?`, or an empty string when nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known).map((candidate) => `"${candidate}"`);
  return near.length ? ` Did you mean ${near.join(' or ')}?` : '';
}
