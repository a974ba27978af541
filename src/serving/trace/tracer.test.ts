import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NULL_LOG, type Tensor } from '../../core/index.js';
import { inferRequest } from '../../wire/index.js';
import { createTraceSettings } from '../settings.js';
import { Tracer } from './tracer.js';

const TIMES = { queueMs: 1, inputMs: 2, runMs: 3, outputMs: 4, batch: 1 };
const input: Tensor = { name: 'A', datatype: 'INT32', shape: [1, 2], data: Int32Array.of(7, 8) };

async function tracerOf(t: TestContext, start: Readonly<Record<string, readonly string[]>>) {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-trace-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'trace.json');
  const settings = createTraceSettings({ trace_file: [file], ...start });
  return { tracer: new Tracer(settings, NULL_LOG), file, settings };
}

const trace = (tracer: Tracer, id: string): void =>
  tracer.write(
    { model: 'm', version: '1', request: inferRequest({ modelName: 'm', id }), inputs: [input], receivedMs: 9, startMs: 10 },
    { endMs: 30, times: TIMES, outputs: [] },
  );

test('a trace tells when each part began, and what went in', async (t) => {
  const { tracer, file } = await tracerOf(t, { trace_level: ['TIMESTAMPS', 'TENSORS'], trace_rate: ['1'] });
  assert.ok(tracer.wants('m'));
  trace(tracer, 'r');
  tracer.close();
  const [head, times, tensor] = JSON.parse(await readFile(file, 'utf8')) as [object, { timestamps: { name: string; ns: number }[] }, object];
  assert.deepEqual(head, { id: 1, model_name: 'm', model_version: 1, request_id: 'r' });
  assert.deepEqual(
    times.timestamps.map(({ name, ns }) => `${name} ${ns / 1e6}`),
    [
      'HTTP_RECV_START 9',
      'HTTP_RECV_END 10',
      'REQUEST_START 10',
      'QUEUE_START 10',
      'COMPUTE_START 11',
      'COMPUTE_INPUT_END 13',
      'COMPUTE_OUTPUT_START 16',
      'COMPUTE_END 20',
      'INFER_RESPONSE_COMPLETE 30',
      'REQUEST_END 30',
    ],
  );
  assert.deepEqual(tensor, { id: 1, activity: 'TENSOR_QUEUE_INPUT', tensor: { name: 'A', data: '7,8', shape: '1,2', dtype: 'INT32' } });
});

test('rate, count and level say which requests are traced', async (t) => {
  const { tracer, settings } = await tracerOf(t, { trace_rate: ['3'], trace_count: ['2'] });
  const wanted = (): string => Array.from({ length: 12 }, () => (tracer.wants('m') ? 'x' : '.')).join('');
  assert.equal(wanted(), '............', 'off');
  settings.update('m', new Map([['trace_level', ['TIMESTAMPS']]]));
  assert.equal(wanted(), '..x..x......');
  assert.equal(tracer.wants('other'), false);
});

test('with a frequency traces go into numbered files, each whole', async (t) => {
  const { tracer, file } = await tracerOf(t, { trace_level: ['TIMESTAMPS'], log_frequency: ['2'] });
  for (const id of ['a', 'b', 'c']) trace(tracer, id);
  tracer.close();
  const idsOf = async (path: string): Promise<unknown[]> =>
    (JSON.parse(await readFile(path, 'utf8')) as { request_id?: string }[]).flatMap(({ request_id: id }) => id ?? []);
  assert.deepEqual([await idsOf(`${file}.0`), await idsOf(`${file}.1`)], [['a', 'b'], ['c']]);
});
