import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkedQueue } from './linked-queue.js';

test('first in, first out; anything can be taken out, once', () => {
  const queue = new LinkedQueue<string>();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((value) => queue.push(value));
  assert.deepEqual([[...queue], queue.size, queue.first], [['a', 'b', 'c', 'd'], 4, 'a']);
  for (const link of [a, c, a, undefined]) queue.delete(link);
  assert.deepEqual([[...queue], queue.size, queue.first], [['b', 'd'], 2, 'b']);
  queue.delete(d);
  queue.push('e');
  assert.deepEqual([...queue], ['b', 'e']);
  queue.delete(b);
  assert.deepEqual([[...queue], queue.first], [['e'], 'e']);
});

test('what is taken out on the way is left out', () => {
  const queue = new LinkedQueue<number>();
  const links = [1, 2, 3, 4].map((value) => queue.push(value));
  const seen: number[] = [];
  for (const value of queue) {
    seen.push(value);
    queue.delete(links[value - 1]);
    if (value === 1) queue.delete(links[1]);
  }
  assert.deepEqual([seen, queue.size], [[1, 3, 4], 0]);
});
