import type { Sample } from './gather.js';

/** Two faces and how far apart their vectors are. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** Cosine distance, 0 to 2. */
  readonly distance: number;
}

/** Pairs of which it is known whether they show one person. */
export interface Pairs {
  /** One person on two photographs, or on one and in a clip. */
  readonly same: readonly Pair[];
  /** One person in one clip, on frames apart. */
  readonly sameClip: readonly Pair[];
  readonly other: readonly Pair[];
}

const distance = (a: Float32Array, b: Float32Array): number => 1 - a.reduce((sum, x, at) => sum + x * b[at]!, 0);

type Kind = keyof Pairs | undefined;

function kindOf(a: Sample, b: Sample): Kind {
  const together = a.origin === b.origin;
  if (a.person !== undefined && a.person === b.person) return together ? 'sameClip' : 'same';
  if (together) return a.frame === b.frame && a.origin !== 'face-api samples' ? 'other' : undefined;
  return 'other';
}

/** All pairs that can be told. */
export function pairsOf(samples: readonly Sample[]): Pairs {
  const pairs: Record<keyof Pairs, Pair[]> = { same: [], sameClip: [], other: [] };
  for (let a = 0; a < samples.length; a++)
    for (let b = 0; b < a; b++) {
      const kind = kindOf(samples[a]!, samples[b]!);
      if (kind) pairs[kind].push({ a, b, distance: distance(samples[a]!.vector, samples[b]!.vector) });
    }
  return pairs;
}

/** A rate with the bounds between which it lies with 95 % confidence. */
export interface Rate {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** The interval of Wilson (1927). It takes pairs for independent; pairs that share a face are not, so the truth is a little wider. */
export function rateOf(hits: number, of: number): Rate {
  if (of === 0) return { hits, of, low: 0, high: 1 };
  const z = 1.96;
  const p = hits / of;
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return { hits, of, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** How often a threshold says "one person" (`accepts`), or does not. */
export function rateAt(pairs: readonly Pair[], threshold: number, count: 'accepts' | 'rejects'): Rate {
  const accepted = pairs.filter(({ distance: d }) => d <= threshold).length;
  return rateOf(count === 'accepts' ? accepted : pairs.length - accepted, pairs.length);
}
