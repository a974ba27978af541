import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideRestart } from './restart-policy.js';

const RULES = { limit: 3, windowMs: 1000, firstDelayMs: 10, longestDelayMs: 25 };

test('each further restart of a window waits twice as long, up to a limit', () => {
  assert.deepEqual(decideRestart([], 0, RULES), { afterMs: 10 });
  assert.deepEqual(decideRestart([0], 5, RULES), { afterMs: 20 });
  assert.deepEqual(decideRestart([0, 5], 9, RULES), { afterMs: 25 });
});

test('too many in a window are given up; what lies before the window is forgotten', () => {
  assert.equal(decideRestart([0, 5, 9], 20, RULES), 'give-up');
  assert.deepEqual(decideRestart([0, 5, 9], 1005, RULES), { afterMs: 20 });
});
