import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventRate } from './event-rate.js';

test('a steady rate is told as it is, whatever moment is asked about', () => {
  const rate = new EventRate(10_000);
  for (let frame = 0; frame < 25 * 60; frame++) {
    rate.add(frame * 40);
    if (frame > 25 * 20) assert.ok(Math.abs(rate.perSecond(frame * 40) - 25) < 0.2, `${rate.perSecond(frame * 40)} at frame ${frame}`);
  }
});

test('the first frame is not a thousand a second, and a stream that stands still comes down to nothing', () => {
  const rate = new EventRate(10_000);
  assert.equal(rate.perSecond(0), 0);
  rate.add(100);
  assert.equal(rate.perSecond(101), 1);
  assert.equal(rate.perSecond(60_000), 0);
});
