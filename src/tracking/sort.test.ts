import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trackerConformance } from './conformance.js';
import type { Observation } from './port.js';
import { sort } from './sort.js';

trackerConformance('sort', (settings) => sort.create(settings), {
  'a detector that is unsure for a few frames does not cost the id': 'SORT does not look at detections of low confidence',
});

const at = (x: number, confidence = 0.9): Observation => ({ box: { x1: x, y1: 0, x2: x + 50, y2: 100 }, confidence, classId: 0 });

test('whoever comes later has an id with the third detection in a row', () => {
  const tracker = sort.create({});
  const ids = Array.from({ length: 4 }, (_, frame) => tracker.update(frame === 0 ? [] : [at(0)], frame * 40));
  assert.deepEqual(ids, [[], [undefined], [undefined], [1]]);
});

test('what lies under minimumConfidence is not looked at, however long it is there', () => {
  const tracker = sort.create({ minimumConfidence: 0.5 });
  for (let frame = 0; frame < 5; frame++) assert.deepEqual(tracker.update([at(0, 0.49), at(200, 0.5)], frame * 40), [undefined, 1]);
  assert.equal(sort.leastConfidence({ minimumConfidence: 0.5 }), 0.5);
});

test('settings are named when they are wrong', () => {
  assert.throws(() => sort.create({ confirmAfter: 0 }), { code: 'CONFIG_INVALID', message: /tracker "sort": confirmAfter: / });
});
