import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../../testing/fuzz.js';
import { VectorIndex } from './vector-index.js';

const DIMENSIONS = 512;

/** A direction near to `centre`, or any when there is none; with a spread of 1 the cosine of two near ones is about 0.5. */
function direction(next: () => number, dimensions: number, centre?: Float32Array, spread = 1): Float32Array {
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const values = Float32Array.from({ length: dimensions }, (_, i) => (centre?.[i] ?? 0) + (gauss() * spread) / Math.sqrt(dimensions));
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}

const cosineDistance = (a: Float32Array, b: Float32Array): number => 1 - a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function crowd(people: number, pictures: number, dimensions = DIMENSIONS): Float32Array[] {
  const next = random(7);
  return Array.from({ length: people }, () => direction(next, dimensions)).flatMap((centre) =>
    Array.from({ length: pictures }, () => direction(next, dimensions, centre)),
  );
}

const indexOf = (vectors: readonly Float32Array[], options?: ConstructorParameters<typeof VectorIndex>[1]): VectorIndex => {
  const index = new VectorIndex(vectors[0]!.length, options);
  vectors.forEach((values, id) => index.add(id, values));
  return index;
};

const bruteForce = (vectors: ReadonlyMap<number, Float32Array>, query: Float32Array, limit: number): { id: number; distance: number }[] =>
  [...vectors]
    .map(([id, values]) => ({ id, distance: cosineDistance(values, query) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, limit);

for (const dimensions of [1, 7, 128, 512, 1024])
  test(`a small index answers what comparing all gives, with ${dimensions} dimensions`, () => {
    const vectors = crowd(60, 3, dimensions);
    const index = indexOf(vectors);
    const next = random(8);
    for (let round = 0; round < 20; round++) {
      const query = direction(next, dimensions, vectors[round * 3]);
      const found = index.nearest(query, 5);
      const expected = bruteForce(new Map(vectors.entries()), query, 5);
      assert.equal(new Set(found.map(({ id }) => id)).size, 5);
      found.forEach(({ id, distance }, rank) => {
        assert.ok(Math.abs(distance - expected[rank]!.distance) < 1e-4);
        assert.ok(Math.abs(distance - cosineDistance(vectors[id]!, query)) < 1e-4);
      });
    }
  });

test('a large index finds the nearest by signatures: 200 of 200', () => {
  const vectors = crowd(1000, 4);
  const index = indexOf(vectors, { exactUpTo: 0, candidates: 100 });
  const next = random(9);
  let found = 0;
  for (let round = 0; round < 200; round++) {
    const query = direction(next, DIMENSIONS, vectors[round * 17], 0.9);
    if (index.nearest(query, 1)[0]!.id === index.nearest(query, 1, true)[0]!.id) found++;
  }
  assert.equal(found, 200);
});

test('vectors come and go, and the answers follow', () => {
  const vectors = crowd(50, 4);
  const index = new VectorIndex(DIMENSIONS);
  const held = new Map<number, Float32Array>();
  const next = random(10);
  for (let step = 0; step < 600; step++) {
    const id = Math.floor(next() * vectors.length);
    if (held.delete(id)) assert.ok(index.remove(id));
    else {
      assert.ok(!index.remove(id));
      held.set(id, vectors[id]!);
      index.add(id, vectors[id]!);
    }
    assert.equal(index.size, held.size);
    if (step % 20 === 0)
      assert.deepEqual(
        index.nearest(vectors[id]!, 3).map(({ id }) => id),
        bruteForce(held, vectors[id]!, 3).map(({ id }) => id),
      );
  }
});

test('an empty index answers nothing, and a limit beyond its size answers all', () => {
  assert.deepEqual(new VectorIndex(DIMENSIONS).nearest(crowd(1, 1)[0]!, 3), []);
  assert.equal(indexOf(crowd(2, 2)).nearest(crowd(1, 1)[0]!, 100).length, 4);
  assert.equal(indexOf(crowd(2, 2), { exactUpTo: 0 }).nearest(crowd(1, 1)[0]!, 100).length, 4);
});
