import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SizedBufferPool } from './buffer-pool.js';

test('a buffer given back is taken again, by exact size', () => {
  const pool = new SizedBufferPool(100);
  const buffer = pool.take(40);
  pool.give(buffer);
  assert.notEqual(pool.take(41), buffer);
  assert.equal(pool.take(40), buffer);
});

test('a buffer given twice, or never taken here, is not handed to two', () => {
  const pool = new SizedBufferPool(100);
  const buffer = pool.take(8);
  pool.give(buffer);
  pool.give(buffer);
  pool.give(new ArrayBuffer(8));
  assert.equal(pool.idleBytes, 8);
  assert.equal(pool.take(8), buffer);
  assert.notEqual(pool.take(8), buffer);
});

test('idle memory is bounded, and sizes out of use make room for those in use', () => {
  const pool = new SizedBufferPool(100);
  for (const buffer of Array.from({ length: 5 }, () => pool.take(30))) pool.give(buffer);
  assert.equal(pool.idleBytes, 90);
  const large = pool.take(60);
  pool.give(large);
  assert.equal(pool.idleBytes, 90);
  assert.equal(pool.take(60), large);
  pool.give(pool.take(101));
  assert.equal(pool.idleBytes, 30);
});

test('a buffer that came back from a thread is kept, a transferred one is not', () => {
  const pool = new SizedBufferPool(100);
  const sent = pool.take(16);
  const received = structuredClone(sent, { transfer: [sent] });
  pool.give(sent);
  assert.equal(pool.idleBytes, 0);
  pool.adopt(received);
  assert.equal(pool.take(16), received);
});
