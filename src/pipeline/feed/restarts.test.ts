import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ending, Restarts } from './restarts.js';

const rules = (when: 'never' | 'on-error' | 'always', attempts?: number) => ({
  when,
  firstDelayMs: 500,
  maxDelayMs: 3000,
  ...(attempts === undefined ? {} : { attempts }),
});
const waits = (restarts: Restarts, endings: readonly Ending[]) => endings.map((ending) => restarts.next(ending));

test('never is never; on-error minds faults only; always minds both', () => {
  assert.deepEqual(waits(new Restarts(rules('never')), ['fault', 'end']), [undefined, undefined]);
  assert.deepEqual(waits(new Restarts(rules('on-error')), ['end', 'fault']), [undefined, 500]);
  assert.deepEqual(waits(new Restarts(rules('always')), ['end']), [0]);
});

test('waits double up to the longest, and begin anew once a frame came', () => {
  const restarts = new Restarts(rules('on-error'));
  assert.deepEqual(waits(restarts, ['fault', 'fault', 'fault', 'fault', 'fault']), [500, 1000, 2000, 3000, 3000]);
  restarts.healthy();
  assert.equal(restarts.next('fault'), 500);
  assert.equal(restarts.count, 6);
});

test('attempts count in a row without a frame', () => {
  const restarts = new Restarts(rules('on-error', 2));
  assert.deepEqual(waits(restarts, ['fault', 'fault', 'fault']), [500, 1000, undefined]);
  restarts.healthy();
  assert.deepEqual(waits(restarts, ['fault', 'fault', 'fault']), [500, 1000, undefined]);
});

test('a file that plays in a loop begins anew at once, one without a frame waits', () => {
  const restarts = new Restarts(rules('always'));
  assert.deepEqual(waits(restarts, ['end', 'end', 'end']), [0, 1000, 2000]);
  restarts.healthy();
  assert.equal(restarts.next('end'), 0);
});
