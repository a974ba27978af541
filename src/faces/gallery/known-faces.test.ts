import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testVector } from './conformance.js';
import { knownFaces } from './known-faces.js';

test('a recogniser gets the nearest name, or nothing from an empty gallery', async () => {
  const known = knownFaces({ nearest: async () => [{ face: 7, person: 'Ada', distance: 0.25 }] });
  assert.deepEqual(await known.nearest(testVector(1)), { name: 'Ada', distance: 0.25 });
  assert.equal(await knownFaces({ nearest: async () => [] }).nearest(testVector(1)), undefined);
});
