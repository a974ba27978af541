import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownFaces, identify, knownIn } from './identity.js';

const vector = { model: 'fr-feature/1', values: Float32Array.of(1, 0) };
const at = (distance: number): KnownFaces => ({ nearest: async () => ({ name: 'Ada', distance }) });

test('a known face within the limit gives its name, the limit included', async () => {
  assert.deepEqual(await identify(vector, at(0.5), 0.5), { kind: 'known', name: 'Ada', distance: 0.5 });
});

test('beyond the limit nobody is named, not even the nearest', async () => {
  assert.deepEqual(await identify(vector, at(0.51), 0.5), { kind: 'unknown', reason: 'nobody-near', distance: 0.51 });
  assert.deepEqual(await identify(vector, at(Number.NaN), 0.5), { kind: 'unknown', reason: 'nobody-near', distance: Number.NaN });
});

test('without known faces, or without a vector, the reason says so', async () => {
  assert.deepEqual(await identify(vector, undefined, 0.5), { kind: 'unknown', reason: 'nobody-known' });
  assert.deepEqual(await identify(vector, { nearest: async () => undefined }, 0.5), { kind: 'unknown', reason: 'nobody-known' });
  const asked = { nearest: () => assert.fail('a face that is refused must not be looked up') };
  assert.deepEqual(await identify(undefined, asked, 0.5), { kind: 'unknown', reason: 'poor-quality' });
});

test('a gallery is asked for the one nearest face, and may have none', async () => {
  const limits: (number | undefined)[] = [];
  const gallery = (matches: readonly { person: string; distance: number }[]) =>
    knownIn({
      nearest: async (_, limit) => {
        limits.push(limit);
        return matches;
      },
    });
  assert.deepEqual(await gallery([{ person: 'Ada', distance: 0.2 }]).nearest(vector), { name: 'Ada', distance: 0.2 });
  assert.equal(await gallery([]).nearest(vector), undefined);
  assert.deepEqual(limits, [1, 1]);
});
