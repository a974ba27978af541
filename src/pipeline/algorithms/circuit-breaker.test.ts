import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CircuitBreaker } from './circuit-breaker.js';

const breaker = (): CircuitBreaker => new CircuitBreaker({ breakAfter: 3, retryAfterMs: 1000 });

test('it opens after so many failures in a row; a success between them begins the count anew', () => {
  const of = breaker();
  of.failed(0);
  of.failed(1);
  of.succeeded();
  of.failed(2);
  of.failed(3);
  assert.deepEqual([of.state, of.consecutive, of.allows(4)], ['closed', 2, true]);
  of.failed(5);
  assert.deepEqual([of.state, of.consecutive, of.allows(6)], ['open', 3, false]);
});

test('when the wait is over one run tries again: it closes it, or opens it for another wait', () => {
  const of = breaker();
  for (let at = 0; at < 3; at++) of.failed(0);
  assert.equal(of.allows(999), false);
  assert.equal(of.allows(1000), true);
  assert.deepEqual([of.state, of.allows(1001)], ['half-open', false]);
  of.failed(1500);
  assert.deepEqual([of.state, of.consecutive, of.allows(2499)], ['open', 4, false]);
  assert.equal(of.allows(2500), true);
  of.succeeded();
  assert.deepEqual([of.state, of.consecutive, of.allows(2501)], ['closed', 0, true]);
});

test('a seek to before the opening does not hold it for the length of the film', () => {
  const of = breaker();
  for (let at = 0; at < 3; at++) of.failed(60_000);
  assert.equal(of.allows(5), true);
});
