import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { addSub, SAMPLE_FILES, writeFiles } from '../dist/serving/sample-models.test.support.js';
import { ocellus } from './cli.js';
import { serve, type ServeProcess } from './serve-process.js';
import { PYTHON, needsModules } from './python.js';

const CLIENTS = fileURLToPath(new URL('python/clients.py', import.meta.url));

const needsPython = needsModules('tritonclient.http, tritonclient.grpc, grpc_reflection', 'tritonclient[all] and grpcio-reflection');

let folder = '';
let server: ServeProcess;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-serve-test-'));
  await writeFiles(join(folder, 'models'), { ...SAMPLE_FILES, 'broken/config.pbtxt': 'max_batch_size: no' });
  await writeFile(join(folder, 'other.onnx'), addSub('FP32'));
  const control = ['--model-control-mode', 'explicit', '--load-model', '*', '--exit-on-error=false', '--strict-readiness=false'];
  server = await serve(
    '--model-repository',
    join(folder, 'models'),
    ...control,
    '--allow-client-shm=true',
    '--trace-config',
    `triton,file=${join(folder, 'trace.json')}`,
  );
});

after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test("Triton's own Python clients are answered", needsPython, async (t) => {
  const { stdout } = await promisify(execFile)(PYTHON, [CLIENTS, server.http, server.grpc, join(folder, 'other.onnx')], { timeout: 240_000 });
  const cases = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly name: string; readonly error?: string });
  assert.ok(cases.length >= 14, stdout);
  for (const { name, error } of cases) await t.test(name.replaceAll('_', ' '), () => assert.ok(error === undefined, error));
});

test('one file is served under its own name, and metrics are told', async () => {
  const started = await serve(join(folder, 'other.onnx'));
  try {
    const row = Array.from({ length: 16 }, (_, i) => i);
    const inputs = ['INPUT0', 'INPUT1'].map((name) => ({ name, datatype: 'FP32', shape: [1, 16], data: row }));
    const answer = await fetch(`http://${started.http}/v2/models/other/infer`, { method: 'POST', body: JSON.stringify({ inputs }) });
    const { outputs } = (await answer.json()) as { outputs: { readonly name: string; readonly data: number[] }[] };
    assert.deepEqual(
      outputs[0]!.data,
      row.map((value) => 2 * value),
    );
    const metrics = await (await fetch(`http://${started.metrics}/metrics`)).text();
    assert.match(metrics, /^nv_inference_request_success\{model="other",version="1"\} 1$/m);
  } finally {
    assert.equal(await started.stop(), 0, started.log());
  }
});

test('a model that cannot be loaded ends the start, unless told otherwise', async () => {
  await assert.rejects(
    serve('--model-repository', join(folder, 'models')),
    /failed to load all models \(broken\); --exit-on-error=false serves the others/,
  );
});

test('a new model is served, and its own test passes', async () => {
  const project = join(folder, 'project');
  await mkdir(join(project, 'node_modules'), { recursive: true });
  await symlink(fileURLToPath(new URL('..', import.meta.url)), join(project, 'node_modules/ocellus'), 'junction');
  const made = await ocellus(['models', 'new', 'adder'], { cwd: project });
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^models\/adder\/config\.pbtxt$/m);
  const again = await ocellus(['models', 'new', 'adder'], { cwd: project });
  assert.equal(again.code, 73, again.stderr);
  // Not as a child of this test runner, which would have it report here.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'models/adder'], { cwd: project, env: { ...env, NODE_OPTIONS: '' } });
  assert.match(stdout, /pass 1/);
});
