import { VectorIndex } from 'ocellus/faces';
import { type Figure } from './figure.js';

const DIMENSIONS = 512;
const PICTURES = 10;
const QUERIES = 1000;

/** Gaussian numbers: the sum of four uniform ones is near enough, and fast. */
function gaussian(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32 - 0.5;
  };
  return () => (uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3);
}

function unit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.sqrt(sum);
  return values.map((value) => value / length);
}

/**
 * People as an embedding network shows them: a direction each, and pictures around it. `cosine` is that of two pictures of one person.
 * With `decay` the directions fill the space unevenly, as those of real networks do: component i has a spread of i^-decay.
 */
export class Crowd {
  readonly #next: () => number;
  readonly #spread: number;
  readonly #scale: Float32Array;

  constructor(seed: number, cosine: number, decay: number) {
    this.#next = gaussian(seed);
    this.#spread = Math.sqrt(1 / cosine - 1);
    this.#scale = unit(Float32Array.from({ length: DIMENSIONS }, (_, i) => (i + 1) ** -decay));
  }

  #noise(): Float32Array {
    return Float32Array.from(this.#scale, (scale) => scale * this.#next());
  }

  person(): Float32Array {
    return unit(this.#noise());
  }

  picture(person: Float32Array): Float32Array {
    const noise = this.#noise();
    return unit(person.map((value, i) => value + noise[i]! * this.#spread));
  }
}

interface Filled {
  readonly index: VectorIndex;
  readonly people: Float32Array[];
  readonly crowd: Crowd;
  readonly addMs: number;
}

function filled(size: number, cosine: number, decay: number): Filled {
  const crowd = new Crowd(2026, cosine, decay);
  const index = new VectorIndex(DIMENSIONS);
  const people: Float32Array[] = [];
  let addMs = 0;
  for (let id = 0; id < size; id++) {
    if (id % PICTURES === 0) people.push(crowd.person());
    const picture = crowd.picture(people.at(-1)!);
    const startMs = performance.now();
    index.add(id, picture);
    addMs += performance.now() - startMs;
  }
  return { index, people, crowd, addMs };
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

/** How fast a new picture of somebody known finds its nearest neighbour, and how often that is the one that comparing all finds. */
function* searchFigures(size: number, cosine: number, decay: number): Generator<Figure> {
  const { index, people, crowd, addMs } = filled(size, cosine, decay);
  const times: number[] = [];
  let same = 0;
  let person = 0;
  let exactMs = 0;
  for (let round = 0; round < QUERIES; round++) {
    const at = (round * 7919) % people.length;
    const query = crowd.picture(people[at]!);
    const startMs = performance.now();
    const [found] = index.nearest(query, 1);
    times.push(performance.now() - startMs);
    const exactStartMs = performance.now();
    const [wanted] = index.nearest(query, 1, true);
    exactMs += performance.now() - exactStartMs;
    if (found!.id === wanted!.id) same++;
    if (Math.floor(found!.id / PICTURES) === at) person++;
  }
  times.sort((a, b) => a - b);
  const name = `${size} faces, cosine ${cosine}${decay ? `, decay ${decay}` : ''}`;
  const note = `p95 ${quantile(times, 0.95).toFixed(2)} ms; comparing all ${(exactMs / QUERIES).toFixed(1)} ms; ${QUERIES} queries`;
  const value = quantile(times, 0.5);
  yield { suite: 'gallery', name: `search, ${name}`, value, unit: 'ms', target: '< 10', ok: value < 10, note };
  const recall = same / QUERIES;
  yield {
    suite: 'gallery',
    name: `recall, ${name}`,
    value: recall,
    unit: '',
    target: '>= 0.99',
    ok: recall >= 0.99,
    note: `right person ${person / QUERIES}`,
  };
  yield {
    suite: 'gallery',
    name: `memory, ${name}`,
    value: index.bytes / 2 ** 20,
    unit: 'MiB',
    note: `adding ${((addMs / size) * 1000).toFixed(1)} us a face`,
  };
}

/** The gallery of known faces: search on one core. */
export async function* gallerySuite(): AsyncGenerator<Figure> {
  for (const size of [1000, 50_000]) yield* searchFigures(size, 0.5, 0);
  for (const [cosine, decay] of [
    [0.5, 0],
    [0.4, 0],
    [0.5, 0.5],
  ] as const)
    yield* searchFigures(1_000_000, cosine, decay);
}
