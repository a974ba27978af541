import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderedRelease } from './ordered-release.js';

test('outcomes go in the order asked for, each as soon as it may', () => {
  const ordered = new OrderedRelease();
  const seen: number[] = [];
  const [a, b, c, d] = [1, 2, 3, 4].map((n) => {
    const release = ordered.enter();
    return (): void => release(() => seen.push(n));
  });
  c!();
  b!();
  assert.deepEqual(seen, []);
  a!();
  assert.deepEqual(seen, [1, 2, 3]);
  d!();
  assert.deepEqual(seen, [1, 2, 3, 4]);
});
