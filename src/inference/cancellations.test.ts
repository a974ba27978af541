import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Cancellations } from './cancellations.js';

test('any number of requests costs a signal one listener, which stays for the next and goes when it is let go', () => {
  const { signal } = new AbortController();
  const cancellations = new Cancellations<number>(() => {});
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 100; i++) cancellations.watch(signal, i);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    for (let i = 0; i < 100; i++) cancellations.forget(signal, i);
  }
  cancellations.release();
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('signals that no request needs are kept in a bounded number, and those that one needs stay', () => {
  const cancellations = new Cancellations<number>(() => {});
  const held = new AbortController().signal;
  cancellations.watch(held, -1);
  const signals = Array.from({ length: 1100 }, () => new AbortController().signal);
  for (const [i, signal] of signals.entries()) {
    cancellations.watch(signal, i);
    cancellations.forget(signal, i);
  }
  assert.ok(signals.filter((signal) => getEventListeners(signal, 'abort').length > 0).length <= 1024);
  assert.equal(getEventListeners(held, 'abort').length, 1);
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
