import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkScheduling } from './check-scheduling.js';
import type { Scheduling, SequenceControl } from './scheduling.js';

const START: SequenceControl = { kind: 'start', input: 'START', datatype: 'INT32' };

test('what options cannot mean is told by model and option', () => {
  const cases: readonly [Scheduling, RegExp][] = [
    [{ kind: 'batch', preferredBatchSizes: [0] }, /preferredBatchSizes has 0/],
    [{ kind: 'batch', preferredBatchSizes: [9] }, /preferredBatchSizes has 9, more than maxBatch \(8\)/],
    [{ kind: 'batch', maxQueueDelayMs: -1 }, /maxQueueDelayMs is -1/],
    [{ kind: 'batch', priorityLevels: 2 }, /defaultPriorityLevel is 0, wanted a level from 1 to 2/],
    [{ kind: 'batch', priorityLevels: 1.5, defaultPriorityLevel: 1 }, /priorityLevels is 1.5/],
    [{ kind: 'batch', priorityQueuePolicies: { 1: {} } }, /names level 1; there are 0 levels/],
    [{ kind: 'batch', defaultQueuePolicy: { maxQueueSize: -1 } }, /defaultQueuePolicy.maxQueueSize is -1/],
    [{ kind: 'batch', preserveOrdering: true, priorityLevels: 2, defaultPriorityLevel: 1 }, /single level/],
    [{ kind: 'batch', preserveOrdering: true, defaultQueuePolicy: { timeoutAction: 'delay' } }, /exclude each other/],
    [{ kind: 'sequence', maxIdleMs: 0 }, /maxIdleMs is 0/],
    [{ kind: 'sequence', controls: [START, START] }, /names "start" more than once/],
    [
      { kind: 'sequence', controls: [START], states: [{ input: 'START', output: 'x', datatype: 'FP32', dims: [1] }] },
      /"START" is named more than once/,
    ],
    [
      { kind: 'sequence', states: [{ input: 's', output: 'x', datatype: 'FP32', dims: [2], initial: { data: new Float32Array(3) } }] },
      /state "s" has 3 elements; \[2\] needs 2/,
    ],
    [{ kind: 'sequence', strategy: { kind: 'oldest', maxCandidateSequences: 0 } }, /maxCandidateSequences is 0/],
    [{ kind: 'sequence', strategy: { kind: 'oldest', maxCandidateSequences: 1, preferredBatchSizes: [9] } }, /has 9/],
    [{ kind: 'sequence', strategy: { kind: 'direct', minimumSlotUtilization: 2 } }, /minimumSlotUtilization is 2/],
    [{ kind: 'sequence', strategy: { kind: 'direct', maxQueueDelayMs: Number.NaN } }, /maxQueueDelayMs is NaN/],
  ];
  for (const [scheduling, message] of cases) {
    assert.throws(() => checkScheduling('m', scheduling, 8, true), { code: 'CONFIG_INVALID', message }, JSON.stringify(scheduling));
    assert.throws(() => checkScheduling('m', scheduling, 8, true), { message: /^model "m": scheduling: / });
  }
});

test('what may be left out may be left out', () => {
  checkScheduling('m', { kind: 'batch' }, 1, true);
  checkScheduling('m', { kind: 'sequence', states: [{ input: 's', output: 'x', datatype: 'FP32', dims: [-1] }] }, 1, true);
});
