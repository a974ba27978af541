import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLog } from '../../core/index.js';
import { holdNetworkThread } from './network-pool.js';

test('more network sources than the pool can bear are told of, once; those that were closed do not count', () => {
  const log = memoryLog();
  const first = holdNetworkThread(log, 4);
  first();
  first();
  const held = [0, 1].map(() => holdNetworkThread(log, 4));
  assert.equal(log.records.length, 0);
  held.push(holdNetworkThread(log, 4), holdNetworkThread(log, 4));
  assert.equal(log.records.length, 1);
  assert.match(log.records.at(-1)!.message, /^3 network sources share 4 threads: .*UV_THREADPOOL_SIZE=64/);
  for (const release of held) release();
});
