import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createMeter } from '../dist/core/index.js';
import { PIPELINE_METRICS, PipelineMetrics } from '../dist/pipeline/index.js';

const python = (code: string, input = ''): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('python3', ['-c', code], { input, encoding: 'utf8' });

const READ = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in read(sys.stdin.read())]))
`;
const NEEDS = { skip: python('import prometheus_client').status !== 0 && 'needs prometheus_client (pip install prometheus_client)' };

test('the reference parser reads what a meter writes', NEEDS, () => {
  const meter = createMeter({ table: { odd_total: { kind: 'counter', help: 'With a \\ and a\nline.' } }, bounds: () => [1, 10] });
  const odd = 'a "b" \\ {c="d"},\n é 漢';
  meter.counter('odd_total', { stream: odd }).add(3);
  meter.gauge('empty').set(NaN);
  meter.histogram('run_ms', { stream: odd }).record(5);
  const { stdout, stderr } = python(READ, meter.prometheus());
  assert.equal(stderr, '');
  const labels = { stream: odd };
  assert.deepEqual(JSON.parse(stdout.replace('NaN', '"NaN"')), [
    ['ocellus_odd', 'counter', 'With a \\ and a\nline.', [['ocellus_odd_total', labels, 3]]],
    ['ocellus_empty', 'gauge', '', [['ocellus_empty', {}, 'NaN']]],
    [
      'ocellus_run_seconds',
      'histogram',
      '',
      [
        ['ocellus_run_seconds_bucket', { ...labels, le: '0.001' }, 0],
        ['ocellus_run_seconds_bucket', { ...labels, le: '0.01' }, 1],
        ['ocellus_run_seconds_bucket', { ...labels, le: '+Inf' }, 1],
        ['ocellus_run_seconds_sum', labels, 0.005],
        ['ocellus_run_seconds_count', labels, 1],
      ],
    ],
  ]);
});

test('the reference parser reads what a pipeline tells, each metric once, under its kind', NEEDS, () => {
  const metrics = new PipelineMetrics({ startMs: 0 });
  for (const name of ['door', 'the "yard"']) {
    const stream = metrics.stream(name);
    stream.arrived(0);
    metrics.node(name, 'detector').looked({ startMs: 0, endMs: 20, inferred: true, objects: 1 });
    stream.done({ capturedMs: 0, takenMs: 0, doneMs: 21, latenessMs: 1, critical: [{ node: 'detector', waitMs: 0, workMs: 20 }] });
  }
  const { stdout, stderr } = python(READ, metrics.prometheus());
  assert.equal(stderr, '');
  const read = (JSON.parse(stdout) as [name: string, type: string, help: string, samples: unknown[]][]).map(([name, type, help]) => [
    name,
    type,
    help,
  ]);
  const told = Object.entries(PIPELINE_METRICS).filter(([name]) => !name.startsWith('model_'));
  const seen = (name: string): string => `ocellus_${name.replace(/_total$/, '').replace(/_ms$/, '_seconds')}`;
  assert.deepEqual(read, told.map(([name, { kind, help }]) => [seen(name), kind, help])); // prettier-ignore
});
