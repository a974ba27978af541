import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from './clock.js';
import { createMeter } from './live-meter.js';

const TABLE = {
  frames_total: { kind: 'counter', help: 'Frames that came.' },
  run_ms: { kind: 'histogram', help: 'Time of a run,\nwith a \\ in it.' },
} as const;

test('the text is that of the exposition format, in seconds and with totals', () => {
  const meter = createMeter({ table: TABLE, bounds: (name) => (name === 'run_ms' ? [1, 2.5, 50] : undefined), clock: new FakeClock() });
  const frames = meter.counter('frames_total', { stream: 'a "b"\\\n', node: 'x' });
  frames.add();
  frames.add(4);
  meter.counter('restarts').add(0);
  meter.gauge('queue_frames', { stream: 'cam' }).set(-0.25);
  meter.gauge('wait_ms').set(300.3);
  const run = meter.histogram('run_ms', { model: 'm' });
  for (const value of [0.5, 2.5, 60]) run.record(value);
  assert.equal(
    meter.prometheus(),
    String.raw`# HELP ocellus_frames_total Frames that came.
# TYPE ocellus_frames_total counter
ocellus_frames_total{stream="a \"b\"\\\n",node="x"} 5
# TYPE ocellus_restarts_total counter
ocellus_restarts_total 0
# TYPE ocellus_queue_frames gauge
ocellus_queue_frames{stream="cam"} -0.25
# TYPE ocellus_wait_seconds gauge
ocellus_wait_seconds 0.3003
# HELP ocellus_run_seconds Time of a run,\nwith a \\ in it.
# TYPE ocellus_run_seconds histogram
ocellus_run_seconds_bucket{model="m",le="0.001"} 1
ocellus_run_seconds_bucket{model="m",le="0.0025"} 2
ocellus_run_seconds_bucket{model="m",le="0.05"} 2
ocellus_run_seconds_bucket{model="m",le="+Inf"} 3
ocellus_run_seconds_sum{model="m"} 0.063
ocellus_run_seconds_count{model="m"} 3
`,
  );
});

test('a snapshot has the figures of each series, in the unit of its name', () => {
  const meter = createMeter({ clock: new FakeClock() });
  meter.counter('frames').add(2);
  meter.gauge('depth', { stream: 'cam' }).set(3);
  meter.histogram('run_ms').record(8);
  const { counters, gauges, histograms } = meter.snapshot();
  assert.deepEqual(counters, [{ name: 'frames', labels: {}, value: 2 }]);
  assert.deepEqual(gauges, [{ name: 'depth', labels: { stream: 'cam' }, value: 3 }]);
  const figures = { count: 1, sum: 8, mean: 8, max: 8, p50: 8, p95: 8, p99: 8 };
  assert.deepEqual(histograms, [{ name: 'run_ms', labels: {}, ...figures, recent: { ...figures, spanMs: 0 } }]);
});

test('labels in another order are the same series', () => {
  const meter = createMeter();
  meter.counter('frames', { stream: 'a', node: 'b' }).add();
  meter.counter('frames', { node: 'b', stream: 'a' }).add();
  assert.deepEqual(
    meter.snapshot().counters.map(({ value }) => value),
    [2],
  );
});

test('a stream that goes takes its series along; when it comes back they begin anew', () => {
  const meter = createMeter();
  const frames = meter.counter('frames', { stream: 'cam', node: 'a' });
  frames.add(7);
  meter.counter('frames', { stream: 'door' }).add(1);
  meter.histogram('run_ms', { stream: 'cam' }).record(1);
  meter.remove({ stream: 'cam' });
  frames.add();
  assert.doesNotMatch(meter.prometheus(), /cam|run_seconds/);
  meter.counter('frames', { stream: 'cam', node: 'a' }).add(1);
  assert.match(meter.prometheus(), /^ocellus_frames_total\{stream="cam",node="a"\} 1$/m);
});

test('names that the format does not allow, and names that would meet in it, are refused', () => {
  const meter = createMeter();
  meter.histogram('run_ms');
  assert.throws(() => meter.counter('frames per second'), /"frames per second" is no name for a metric/);
  assert.throws(() => meter.counter('frames', { 'the-stream': 'a' }), /"the-stream" is no name for a label of frames/);
  assert.throws(() => meter.histogram('run_ms', { le: '1' }), /"le" is no name for a label of run_ms/);
  assert.throws(() => meter.gauge('run_seconds'), /the gauge run_seconds and the histogram run_ms would both be told as ocellus_run_seconds/);
});
