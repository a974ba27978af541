import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedGallery, type NewFace, VectorIndex, openEmbeddedGallery } from 'ocellus/faces';
import type { Figure } from './figure.js';

const DIMENSIONS = 512;
const PICTURES = 10;
const QUERIES = 500;

function unit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.sqrt(sum);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / length;
  return values;
}

/**
 * People as an embedding network shows them: a direction each, and pictures around it. `cosine` is that of two pictures of one person.
 * With `decay` the directions fill the space unevenly, as those of real networks do: component i has a spread of i^-decay.
 * Components are evenly distributed numbers, which over 512 of them gives the same angles as Gaussian ones, and is fast.
 */
export class Crowd {
  #state: number;
  readonly #spread: number;
  readonly #scale: Float32Array;

  constructor(seed: number, cosine: number, decay: number) {
    this.#state = seed;
    this.#spread = Math.sqrt(1 / cosine - 1);
    this.#scale = unit(Float32Array.from({ length: DIMENSIONS }, (_, i) => (i + 1) ** -decay));
  }

  #noise(): Float32Array {
    const values = new Float32Array(DIMENSIONS);
    let state = this.#state;
    for (let i = 0; i < DIMENSIONS; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[i] = state * this.#scale[i]!;
    }
    this.#state = state;
    return unit(values);
  }

  person(): Float32Array {
    return this.#noise();
  }

  picture(person: Float32Array): Float32Array {
    const picture = this.#noise();
    for (let i = 0; i < DIMENSIONS; i++) picture[i] = person[i]! + picture[i]! * this.#spread;
    return unit(picture);
  }
}

interface Filled {
  readonly index: VectorIndex;
  readonly people: Float32Array[];
  readonly crowd: Crowd;
}

function filled(size: number, cosine: number, decay: number): Filled {
  const crowd = new Crowd(2026, cosine, decay);
  const index = new VectorIndex(DIMENSIONS);
  const people: Float32Array[] = [];
  for (let id = 0; id < size; id++) {
    if (id % PICTURES === 0) people.push(crowd.person());
    const picture = crowd.picture(people.at(-1)!);
    index.add(id, picture);
  }
  return { index, people, crowd };
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

/** How fast a new picture of somebody known finds its nearest neighbour, and how often that is the one that comparing all finds. */
function* searchFigures(size: number, cosine: number, decay: number): Generator<Figure> {
  const { index, people, crowd } = filled(size, cosine, decay);
  const times: number[] = [];
  let same = 0;
  let person = 0;
  let exactMs = 0;
  let cpuMs = 0;
  for (let round = 0; round < QUERIES; round++) {
    const at = (round * 7919) % people.length;
    const query = crowd.picture(people[at]!);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const [found] = index.nearest(query, 1);
    times.push(performance.now() - startMs);
    const { user, system } = process.cpuUsage(cpu);
    cpuMs += (user + system) / 1000;
    const exactCpu = process.cpuUsage();
    const [wanted] = index.nearest(query, 1, true);
    exactMs += process.cpuUsage(exactCpu).user / 1000;
    if (found!.id === wanted!.id) same++;
    if (Math.floor(found!.id / PICTURES) === at) person++;
  }
  times.sort((a, b) => a - b);
  const name = `${size} faces, cosine ${cosine}${decay ? `, decay ${decay}` : ''}`;
  const note = `processor time ${(cpuMs / QUERIES).toFixed(2)} ms, comparing all ${(exactMs / QUERIES).toFixed(1)} ms; p95 ${quantile(times, 0.95).toFixed(2)} ms; ${QUERIES} queries`;
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
  };
}

const STORED = 1_000_000;
const STORED_AT_ONCE = 8192;

async function fill(gallery: EmbeddedGallery, size: number): Promise<void> {
  const crowd = new Crowd(2026, 0.5, 0);
  let person = crowd.person();
  let batch: NewFace[] = [];
  for (let n = 0; n < size; n++) {
    if (n % PICTURES === 0) person = crowd.person();
    const digest = createHash('sha256').update(String(n)).digest('hex');
    batch.push({ person: `person ${Math.floor(n / PICTURES)}`, vector: { model: 'net', values: crowd.picture(person) }, source: `${n}.jpg`, digest });
    if (batch.length === STORED_AT_ONCE || n === size - 1) {
      await gallery.enrolAll(batch, { actor: 'bench' }, { similar: 'accept' });
      batch = [];
    }
  }
}

/** What a large gallery in a folder costs: writing, opening, disk, memory, and a deletion. */
async function* storeFigures(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-gallery-'));
  const figure = (name: string, value: number, unit: string, note = ''): Figure => ({
    suite: 'gallery',
    name: `${name}, ${STORED} faces`,
    value,
    unit,
    note,
  });
  try {
    const fillStartMs = performance.now();
    const filled = await openEmbeddedGallery(folder);
    await fill(filled, STORED);
    yield figure('enrolling in bulk', STORED / ((performance.now() - fillStartMs) / 1000), 'faces/s', 'making the vectors included');
    await filled.close();
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => [name, (await stat(join(folder, name))).size] as const));
    for (const [name, bytes] of sizes) yield figure(`disk, ${name}`, bytes / 2 ** 20, 'MiB');

    const openStartMs = performance.now();
    await using gallery = await openEmbeddedGallery(folder);
    yield figure('opening', (performance.now() - openStartMs) / 1000, 's');
    const { rss } = process.memoryUsage();
    yield figure('memory of the process', rss / 2 ** 20, 'MiB', 'with what filling it left behind');
    const deleteStartMs = performance.now();
    await gallery.deletePerson('person 77', { actor: 'bench' });
    yield figure('forgetting a person', performance.now() - deleteStartMs, 'ms', 'erased on the disk');
    const enrolStartMs = performance.now();
    await gallery.enrol(
      { person: 'one more', vector: { model: 'net', values: new Crowd(5, 0.5, 0).person() }, source: 'x', digest: 'f'.repeat(64) },
      { actor: 'bench' },
    );
    yield figure('enrolling one', performance.now() - enrolStartMs, 'ms', 'with the search for the same face under another name');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The gallery of known faces: search on one core, and the store in a folder. Takes some minutes, 3 GB of memory and 3 GB of disk. */
export async function* gallerySuite(): AsyncGenerator<Figure> {
  for (const size of [1000, 50_000]) yield* searchFigures(size, 0.5, 0);
  for (const [cosine, decay] of [
    [0.5, 0],
    [0.4, 0],
    [0.5, 0.5],
  ] as const)
    yield* searchFigures(1_000_000, cosine, decay);
  yield* storeFigures();
}
