import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_TRACKERS, createTracker, trackerKind } from './trackers.js';

test('every kind has a name of its own, a summary, and works as it comes', () => {
  assert.equal(new Set(BUILT_IN_TRACKERS.map(({ type }) => type)).size, BUILT_IN_TRACKERS.length);
  for (const { type, summary, leastConfidence } of BUILT_IN_TRACKERS) {
    assert.ok(summary.length > 20, type);
    assert.ok(leastConfidence({}) >= 0 && leastConfidence({}) < 1);
    const tracker = createTracker(type);
    assert.deepEqual(tracker.update([{ box: { x1: 0, y1: 0, x2: 10, y2: 20 }, confidence: 0.9, classId: 0 }], 0), [1]);
  }
});

test('an unknown kind is answered with the nearest', () => {
  assert.throws(() => createTracker('byte-track'), { code: 'CONFIG_INVALID', message: /no tracker "byte-track". Did you mean "bytetrack"\?/ });
  assert.equal(trackerKind('bytetrack').type, 'bytetrack');
});
