import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkedQueue } from './linked-queue.js';

test('first in, first out; what is pushed again goes to the end; anything can be taken out', () => {
  const queue = new LinkedQueue<string>();
  for (const value of ['a', 'b', 'c', 'd', 'b']) queue.push(value);
  assert.deepEqual([[...queue], queue.size, queue.first], [['a', 'c', 'd', 'b'], 4, 'a']);
  assert.deepEqual([queue.delete('a'), queue.delete('b'), queue.delete('x')], [true, true, false]);
  assert.deepEqual([...queue], ['c', 'd']);
  for (const value of queue) queue.delete(value);
  assert.deepEqual([queue.size, queue.first, [...queue]], [0, undefined, []]);
  queue.push('e');
  queue.clear();
  assert.deepEqual([[...queue], queue.size], [[], 0]);
});
