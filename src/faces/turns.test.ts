import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurns } from './turns.js';

test('answers come in the order of the items, and no more are under way than allowed', async () => {
  let [running, most] = [0, 0];
  const answers = await inTurns([5, 1, 4, 2, 3], 2, async (n) => {
    most = Math.max(most, ++running);
    for (let i = 0; i < n; i++) await Promise.resolve();
    running--;
    return n * 10;
  });
  assert.deepEqual(answers, [50, 10, 40, 20, 30]);
  assert.equal(most, 2);
});

test('after a failure nothing further begins, and what began is waited for', async () => {
  const began: number[] = [];
  let finished = false;
  const work = async (n: number): Promise<void> => {
    began.push(n);
    if (n === 1) throw new Error('first');
    await Promise.resolve();
    await Promise.resolve();
    finished = true;
  };
  await assert.rejects(inTurns([1, 2, 3, 4], 2, work), /first/);
  assert.deepEqual(began, [1, 2]);
  assert.equal(finished, true);
});
