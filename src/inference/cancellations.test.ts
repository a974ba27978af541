import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Cancellations } from './cancellations.js';

test('any number of requests costs a signal one listener, and the last takes it away', () => {
  const { signal } = new AbortController();
  const cancellations = new Cancellations<number>(() => {});
  for (let i = 0; i < 100; i++) cancellations.watch(signal, i);
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  for (let i = 0; i < 100; i++) cancellations.forget(signal, i);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('an abort is told to those that still wait', () => {
  const controller = new AbortController();
  const told: number[] = [];
  const cancellations = new Cancellations<number>((request) => told.push(request));
  for (const request of [1, 2, 3]) cancellations.watch(controller.signal, request);
  cancellations.forget(controller.signal, 2);
  controller.abort();
  assert.deepEqual(told, [1, 3]);
});
