import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { RETRY_RULES, retryDelayMs, withRetries } from './retry.js';

test('waits double, vary by half and have an end', () => {
  assert.deepEqual([2, 3, 4, 9].map((next) => retryDelayMs(RETRY_RULES, next, 0.5)), [50, 100, 200, 2000]); // prettier-ignore
  assert.deepEqual([retryDelayMs(RETRY_RULES, 2, 0), retryDelayMs(RETRY_RULES, 2, 0.999)], [25, 74.95]);
});

test('only UNAVAILABLE is tried again, and an abort ends the waiting', async () => {
  let tries = 0;
  const busy = async (): Promise<never> => {
    tries++;
    throw new Fault('UNAVAILABLE', 'busy');
  };
  const waits: number[] = [];
  const clock = { sleep: async (ms: number) => void waits.push(ms) };
  await assert.rejects(withRetries(RETRY_RULES, busy, undefined, clock), { message: 'busy' });
  assert.deepEqual([tries, waits.length], [4, 3]);
  const aborted = { sleep: async () => Promise.reject(new Fault('CANCELLED', 'stopped')) };
  await assert.rejects(withRetries(RETRY_RULES, busy, undefined, aborted), { code: 'CANCELLED' });
  const broken = async (): Promise<never> => Promise.reject(new Fault('INTERNAL', 'no'));
  await assert.rejects(withRetries(RETRY_RULES, broken, undefined, clock), { code: 'INTERNAL' });
});
