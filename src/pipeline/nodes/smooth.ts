import type { Answer, ClassScores, Classification, Embedding, Reading, Values } from '../../vision/index.js';

/** How several looks at one object become one answer. */
export interface Smoothing {
  /** `majority`: the label most often told, the middle of numbers. `average`: the best mean score, the mean of numbers. */
  readonly by: 'majority' | 'average';
  /** Looks that count, the last of all. */
  readonly over: number;
}

type Scored = ClassScores['top'][number];
type By = Smoothing['by'];

interface Tally<T> {
  readonly what: T;
  count: number;
  sum: number;
  /** Number of the last look that told it. */
  last: number;
}

/** Who wins: by votes or by sum of scores, then by the other, then what was told last. */
const ranked = <T>(tallies: readonly Tally<T>[], by: By): Tally<T>[] =>
  tallies.toSorted((a, b) => (by === 'majority' ? b.count - a.count || b.sum - a.sum : b.sum - a.sum || b.count - a.count) || b.last - a.last);

function tallied<T>(looks: readonly (readonly (readonly [key: string | number, what: T, score: number])[])[]): Tally<T>[] {
  const tallies = new Map<string | number, Tally<T>>();
  looks.forEach((told, look) => {
    for (const [key, what, score] of told) {
      const tally = tallies.get(key) ?? { what, count: 0, sum: 0, last: look };
      tallies.set(key, tally);
      tally.count++;
      tally.sum += score;
      tally.last = look;
    }
  });
  return [...tallies.values()];
}

/** One of labels that exclude each other: the vote is among the best of each look, the mean over all that each look told. */
function oneOf(tops: readonly (readonly Scored[])[], by: By): Scored[] {
  const told = tops.map((top) => (by === 'majority' ? top.slice(0, 1) : top).map((scored) => [scored.classId, scored, scored.score] as const));
  return ranked(tallied(told), by).map(({ what, sum, count }) => ({ ...what, score: sum / (by === 'majority' ? count : tops.length) }));
}

/** Labels that stand alone: those that more than half of the looks told; where halves stand against each other, the newest look decides. */
function eachOf(tops: readonly (readonly Scored[])[]): Scored[] {
  const told = tops.map((top) => top.map((scored) => [scored.classId, scored, scored.score] as const));
  const half = tops.length / 2;
  return tallied(told)
    .filter(({ count, last }) => count > half || (count === half && last === tops.length - 1))
    .map(({ what, sum, count }) => ({ ...what, score: sum / count }))
    .toSorted((a, b) => b.score - a.score || a.classId - b.classId);
}

function smoothClasses(looks: readonly Classification[], by: By, each: ReadonlySet<string>): Classification {
  const names = looks.at(-1)!.groups.map(({ name }) => name);
  const topsOf = (name: string): (readonly Scored[])[] => looks.map(({ groups }) => groups.find((group) => group.name === name)?.top ?? []);
  return { kind: 'classes', groups: names.map((name) => ({ name, top: each.has(name) ? eachOf(topsOf(name)) : oneOf(topsOf(name), by) })) };
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[at]! : (sorted[at - 1]! + sorted[at]!) / 2;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function smoothValues(looks: readonly Values[], by: By): Values {
  const centre = by === 'majority' ? middle : mean;
  const names = Object.keys(looks.at(-1)!.values);
  return { kind: 'values', values: Object.fromEntries(names.map((name) => [name, centre(looks.map(({ values }) => values[name]!))])) };
}

/** The whole text that wins; looks that read nothing do not vote while others do. */
function smoothText(looks: readonly Reading[], by: By): Reading {
  const told = looks.map((reading) => (reading.text ? [[reading.text, reading, reading.score] as const] : []));
  const [best] = ranked(tallied(told), by);
  return best ? { ...best.what, score: best.sum / best.count } : looks.at(-1)!;
}

/** The direction of the mean: embeddings are directions, so that there is no vote among them. */
function smoothEmbedding(looks: readonly Embedding[]): Embedding {
  const vector = new Float32Array(looks.at(-1)!.vector.length);
  for (const look of looks) look.vector.forEach((value, at) => (vector[at]! += value));
  const length = Math.hypot(...vector) || 1;
  return { kind: 'embedding', vector: vector.map((value) => value / length) };
}

const ofKind = <K extends Answer['kind']>(looks: readonly Answer[], kind: K): Extract<Answer, { kind: K }>[] =>
  looks.filter((look): look is Extract<Answer, { kind: K }> => look.kind === kind);

/** One answer out of several of the same kind, oldest first and at least one. `each` names questions whose labels stand alone. */
export function smoothed(looks: readonly Answer[], by: By, each: ReadonlySet<string>): Answer {
  const newest = looks.at(-1)!;
  if (looks.length === 1) return newest;
  switch (newest.kind) {
    case 'classes':
      return smoothClasses(ofKind(looks, 'classes'), by, each);
    case 'values':
      return smoothValues(ofKind(looks, 'values'), by);
    case 'text':
      return smoothText(ofKind(looks, 'text'), by);
    case 'embedding':
      return smoothEmbedding(ofKind(looks, 'embedding'));
    default:
      return newest;
  }
}
