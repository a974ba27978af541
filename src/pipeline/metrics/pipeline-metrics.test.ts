import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelStatistics } from '../../inference/index.js';
import { criticalPath } from './critical-path.js';
import { PIPELINE_METRICS } from './metric-table.js';
import { type CountedModels, PipelineMetrics } from './pipeline-metrics.js';

const STATISTICS: ModelStatistics = {
  requests: 8,
  failures: 1,
  failuresBy: { rejected: 0, backend: 1, other: 0 },
  cancelled: 0,
  successMs: 200,
  failureMs: 0,
  inferences: 8,
  executions: 4,
  batches: { 1: 2, 3: 2 },
  batchTimes: {},
  queueMs: 40,
  inputMs: 0,
  runMs: 160,
  outputMs: 0,
  cacheHit: { count: 0, ms: 0 },
  cacheMiss: { count: 0, ms: 0 },
  responses: {},
  lastInferenceMs: 0,
  queued: 2,
  running: 1,
  restarts: 0,
};
const MODELS: CountedModels = { detector: { statistics: () => STATISTICS } };

/** `frames` of one stream at 25 a second: a detector of 20 ms on every second one, and a tracker of 1 ms behind it. */
function play(metrics: PipelineMetrics, stream: string, frames: number): void {
  const of = metrics.stream(stream);
  of.state = 'running';
  for (let frame = 0; frame < frames; frame++) {
    const atMs = frame * 40;
    of.arrived(atMs);
    of.queued(1);
    of.taken();
    const looks = frame % 2 === 0;
    const endMs = looks ? atMs + 20 : atMs;
    if (looks) metrics.node(stream, 'detector').looked({ startMs: atMs, endMs, inferred: true, objects: 3 });
    else metrics.node(stream, 'detector').skipped();
    metrics.node(stream, 'tracker').looked({ startMs: endMs, endMs: endMs + 1, inferred: looks, objects: 3 });
    const nodes = [
      { name: 'detector', reads: [], startMs: atMs, endMs },
      { name: 'tracker', reads: ['detector'], startMs: endMs, endMs: endMs + 1 },
    ];
    const critical = criticalPath(nodes, atMs);
    of.done({ capturedMs: atMs - 100, takenMs: atMs, doneMs: endMs + 1, latenessMs: looks ? 5 : 0, critical });
  }
}

const near = (actual: number, expected: number, part = 0.05): void =>
  assert.ok(Math.abs(actual - expected) <= part * expected, `${actual} is not near ${expected}`);

test('a stream tells what came, what was let go, how fast, how long and what held it up', () => {
  const metrics = new PipelineMetrics({ startMs: 0, models: () => MODELS });
  play(metrics, 'cam', 500);
  const cam = metrics.stream('cam');
  cam.dropped(4, 'oldest');
  cam.dropped(1, 'source');
  metrics.node('cam', 'detector').error();
  const { streams, elapsedMs, totals } = metrics.snapshot(20_000);
  const told = streams['cam']!;
  assert.equal(elapsedMs, 20_000);
  assert.deepEqual([told.state, told.framesIn, told.framesTaken, told.framesOut, told.queueDepth], ['running', 500, 500, 500, 1]);
  assert.deepEqual(told.dropped, { oldest: 4, newest: 0, source: 1 });
  near(told.fps.recent, 25, 0.02);
  near(told.fps.mean, 25, 0.02);
  near(told.arrivalFps.recent, 25, 0.02);
  // Half of the frames take 21 ms, half 1.
  near(told.latencyMs.p95, 21);
  near(told.latencyMs.p50, 1);
  assert.equal(told.latencyMs.mean, 11);
  near(told.captureToResultMs!.p99, 121);
  assert.equal(told.latenessMs!.max, 5);
  const { detector, tracker } = told.nodes;
  assert.deepEqual([detector!.looks, detector!.skips, detector!.errors, detector!.objects], [250, 250, 1, 750]);
  near(detector!.latencyMs.p50, 20);
  near(detector!.fps.recent, 12.5, 0.02);
  assert.deepEqual([tracker!.looks, tracker!.skips, told.skips], [250, 250, 500]);
  assert.deepEqual(told.critical.chains, [{ chain: 'detector > tracker', frames: 500, share: 1 }]);
  assert.deepEqual(told.critical.nodes[0], { node: 'tracker', frames: 500, share: 1, onPath: 500, meanWorkMs: 1, meanWaitMs: 0 });
  assert.deepEqual(totals, { framesIn: 500, framesOut: 500, dropped: 5, failures: 0, restarts: 0, fps: told.fps.recent });
});

test('models are read when the snapshot is taken', () => {
  let asked = 0;
  const metrics = new PipelineMetrics({ startMs: 0, models: () => ({ detector: { statistics: () => (asked++, STATISTICS) } }) });
  play(metrics, 'cam', 10);
  assert.equal(asked, 0);
  const { requests, meanBatch, meanQueueMs, meanRunMs, queued } = metrics.snapshot(0).models['detector']!;
  assert.deepEqual([asked, requests, meanBatch, meanQueueMs, meanRunMs, queued], [1, 8, 2, 5, 20, 2]);
});

test('failures and restarts are counted; the state is what it was set to', () => {
  const metrics = new PipelineMetrics({ startMs: 0 });
  const cam = metrics.stream('cam');
  assert.equal(metrics.snapshot(0).streams['cam']!.state, 'ready');
  cam.failed();
  cam.restarted();
  cam.state = 'paused';
  const { failures, restarts, state } = metrics.snapshot(0).streams['cam']!;
  assert.deepEqual([failures, restarts, state], [1, 1, 'paused']);
});

test('a stream that is removed leaves everything but the totals; one of the same name begins anew', () => {
  const metrics = new PipelineMetrics({ startMs: 0 });
  play(metrics, 'cam', 10);
  const old = metrics.stream('cam');
  old.removed();
  assert.deepEqual(metrics.snapshot(400).streams, {});
  assert.doesNotMatch(metrics.prometheus(), /cam/);
  play(metrics, 'cam', 5);
  old.removed();
  const { streams, totals } = metrics.snapshot(400);
  assert.deepEqual([streams['cam']?.framesOut, totals.framesOut], [5, 15]);
});

test('a node that is removed leaves the stream', () => {
  const metrics = new PipelineMetrics({ startMs: 0 });
  play(metrics, 'cam', 2);
  metrics.node('cam', 'tracker').removed();
  assert.deepEqual(Object.keys(metrics.snapshot(0).streams['cam']!.nodes), ['detector']);
});

test('the text for Prometheus has every row of the table, with the labels that the table says', () => {
  const metrics = new PipelineMetrics({ startMs: 0, models: () => MODELS });
  play(metrics, 'cam', 4);
  const text = metrics.prometheus();
  for (const [name, { kind, labels, help }] of Object.entries(PIPELINE_METRICS)) {
    const full = `ocellus_${name.replace(/_ms(?=$|_total$)/, '_seconds')}`;
    assert.ok(text.includes(`# HELP ${full} ${help}\n# TYPE ${full} ${kind}\n`), full);
    const series = text.match(new RegExp(`^${full}(?:_count)?\\{(.*?)\\} `, 'm'))?.[1] ?? assert.fail(`no series of ${full}`);
    assert.deepEqual([...series.matchAll(/(\w+)="/g)].map((match) => match[1]), labels); // prettier-ignore
  }
  assert.match(text, /^ocellus_stream_latency_seconds_sum\{stream="cam"\} 0\.044$/m);
  assert.match(text, /^ocellus_model_run_seconds_total\{node="detector"\} 0\.16$/m);
  assert.match(text, /^ocellus_node_held_frames_total\{stream="cam",node="tracker"\} 4$/m);
});
