import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrackMemory } from './track-memory.js';

test('ten hours of tracks: what is remembered stays as small as what is about', () => {
  let forgotten = 0;
  const memory = createTrackMemory({ create: () => ({}), onForget: () => forgotten++ });
  let most = 0;
  const seconds = 36_000;
  for (let second = 0; second < seconds; second++) {
    memory.prune(second * 1000);
    for (const track of [second, second - 1, second - 2]) memory.touch(`#${track}`, second * 1000); // each is about for three seconds
    most = Math.max(most, memory.size);
  }
  assert.ok(most <= 64, `${most} tracks at once`);
  assert.equal(forgotten + memory.size, seconds + 2);
});

test('a state lasts while its track is seen, and the longest unseen goes first', () => {
  const memory = createTrackMemory({ create: () => ({ name: '' }), forgetAfterMs: 1000, limit: 2 });
  memory.touch('a', 0).name = 'a';
  memory.touch('b', 10).name = 'b';
  memory.touch('a', 900);
  memory.prune(1500);
  assert.deepEqual([memory.peek('a')?.name, memory.peek('b')], ['a', undefined]);
  for (const key of ['c', 'd']) memory.touch(key, 1500).name = key;
  memory.prune(1500);
  assert.deepEqual(
    [...memory.values()].map(({ name }) => name),
    ['c', 'd'],
  );
});
