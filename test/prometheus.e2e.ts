import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createMeter } from '../dist/core/index.js';

const python = (code: string, input = ''): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('python3', ['-c', code], { input, encoding: 'utf8' });

const READ = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in read(sys.stdin.read())]))
`;
const missing = python('import prometheus_client').status !== 0;

test('the reference parser reads what a meter writes', { skip: missing && 'needs prometheus_client (pip install prometheus_client)' }, () => {
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
