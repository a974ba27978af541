import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endings } from './endings.js';

test('so many endings are remembered, the latest', () => {
  const endings = new Endings();
  for (let i = 0; i < 5000; i++) endings.remember(BigInt(i), 'end', 0, 0);
  assert.equal(endings.size, 1024);
  assert.equal(endings.why(4999n, 0), 'it ended 0 s ago');
  assert.equal(endings.why(0n, 0), 'it was never started, or is over for long');
});

test('an id in use again is no longer over', () => {
  const endings = new Endings();
  endings.remember('a', 'expired', 0, 0);
  assert.equal(endings.why('a', 1000), 'it waited too long for a place and was given up 1 s ago');
  endings.forget('a');
  assert.equal(endings.why('a', 0), 'it was never started');
});
