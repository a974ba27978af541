import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryMeter, NULL_METER } from './meter.js';

test('counters grow, gauges hold the last value, histograms every value, each by its labels', () => {
  const meter = memoryMeter();
  const frames = meter.counter('frames', { stream: 'cam' });
  frames.add();
  frames.add(4);
  meter.counter('frames', { stream: 'cam' }).add();
  meter.counter('frames', { stream: 'door', node: 'detector' }).add(2);
  meter.gauge('queue_length').set(3);
  meter.gauge('queue_length').set(1);
  meter.histogram('run_ms').record(5);
  meter.histogram('run_ms').record(7);
  assert.deepEqual(meter.snapshot(), {
    'frames{stream="cam"}': 6,
    'frames{stream="door",node="detector"}': 2,
    queue_length: 1,
    run_ms: [5, 7],
  });
});

test('a snapshot does not change afterwards', () => {
  const meter = memoryMeter();
  const times = meter.histogram('run_ms');
  times.record(1);
  const before = meter.snapshot();
  times.record(2);
  assert.deepEqual(before, { run_ms: [1] });
});

test('the null meter takes everything', () => {
  assert.doesNotThrow(() => {
    NULL_METER.counter('a').add();
    NULL_METER.gauge('a').set(1);
    NULL_METER.histogram('a').record(1);
  });
});
