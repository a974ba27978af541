import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FakeClock, type Tensor } from '../core/index.js';
import { inferRequest, type InferRequest } from '../wire/index.js';
import { createModelServer, type ModelServerOptions } from './model-server.js';
import { addSub, SAMPLE_FILES, SIMPLE_CONFIG, writeFiles } from './sample-models.test.support.js';

type Files = Readonly<Record<string, string | Uint8Array>>;

const SIMPLE: Files = { 'simple/config.pbtxt': SIMPLE_CONFIG.replace(/label_filename: "labels.txt"/, ''), 'simple/1/model.onnx': addSub() };

async function folderOf(t: TestContext, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-models-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, files);
  return folder;
}

async function serverOf(t: TestContext, files: Files, options: Partial<ModelServerOptions> = {}) {
  const folder = await folderOf(t, files);
  const server = await createModelServer({ repositories: [folder], ...options });
  t.after(() => server[Symbol.asyncDispose]());
  return { server, folder };
}

const tensor = (name: string, value: number): Tensor => ({ name, datatype: 'INT32', shape: [1, 16], data: new Int32Array(16).fill(value) });
const asked = (more: Partial<InferRequest> = {}): InferRequest =>
  inferRequest({ modelName: 'simple', inputs: [tensor('INPUT0', 5), tensor('INPUT1', 3)], ...more });

const rowsOf = async (server: Awaited<ReturnType<typeof createModelServer>>): Promise<string[]> =>
  (await server.index(false)).map(({ name, version, state, reason }) => [name, version, state, reason].filter(Boolean).join(' '));

test('a model is served as its configuration says, and answers under its version', async (t) => {
  const { server } = await serverOf(t, SIMPLE);
  const response = await server.infer(asked({ id: '7' }));
  assert.deepEqual([response.modelName, response.modelVersion, response.id], ['simple', '1', '7']);
  assert.deepEqual(
    response.outputs.map((output) => [output.name, output.shape, 'data' in output && output.data[0]]),
    [
      ['OUTPUT0', [1, 16], 8],
      ['OUTPUT1', [1, 16], 2],
    ],
  );
  const [statistics] = server.modelStatistics('simple', '');
  assert.deepEqual([statistics!.inferenceCount, statistics!.executionCount, statistics!.inferenceStats!.success!.count], [1n, 1n, 1n]);
  assert.ok(server.ready());
});

test('a broken model takes nothing with it; its reason is in the index', async (t) => {
  const { server } = await serverOf(t, {
    ...SIMPLE,
    'text/config.pbtxt': 'max_batch: 3',
    'bytes/1/model.onnx': 'not a model',
    'wrong/config.pbtxt': SIMPLE_CONFIG.replace('"simple"', '"wrong"')
      .replace('dims: [ 16 ] }', 'dims: [ 17 ] }')
      .replace(/label_filename: "labels.txt"/, ''),
    'wrong/1/model.onnx': addSub(),
    'named/config.pbtxt': SIMPLE_CONFIG,
    'named/1/model.onnx': addSub(),
  });
  const rows = await rowsOf(server);
  assert.equal(
    rows.find((row) => row.startsWith('simple')),
    'simple 1 READY',
  );
  assert.match(
    rows.find((row) => row.startsWith('text'))!,
    /UNAVAILABLE .*config\.pbtxt:1:1: ModelConfig has no field "max_batch"/,
  );
  assert.match(
    rows.find((row) => row.startsWith('bytes'))!,
    /UNAVAILABLE .*this is no ONNX file/,
  );
  assert.match(
    rows.find((row) => row.startsWith('wrong'))!,
    /wrong 1 UNAVAILABLE model 'wrong', tensor 'INPUT0': the model expects 2 dimensions \(shape \[-1,16\]\) but the model configuration specifies 2 dimensions \(shape \[-1,17\]\). Its first dimension is the batch/,
  );
  assert.match(
    rows.find((row) => row.startsWith('named'))!,
    /unexpected directory name 'named' for model 'simple', directory name must equal model name/,
  );
  assert.equal(server.ready(), false);
  assert.equal(server.live(), true);
});

test('versions are served as the policy says', async (t) => {
  const config = (policy: string): string => `${SIMPLE_CONFIG.replace(/label_filename: "labels.txt"/, '')} ${policy}`;
  const files = { ...SIMPLE, 'simple/3/model.onnx': addSub(), 'simple/20/model.onnx': addSub(), 'simple/007/model.onnx': addSub() };
  const cases: readonly (readonly [string, string[]])[] = [
    ['', ['20']],
    ['version_policy { latest { num_versions: 2 } }', ['3', '20']],
    ['version_policy { all {} }', ['1', '3', '20']],
    ['version_policy { specific { versions: [ 1, 5 ] } }', ['1']],
  ];
  for (const [policy, versions] of cases) {
    const { server } = await serverOf(t, { ...files, 'simple/config.pbtxt': config(policy) });
    assert.deepEqual(server.modelMetadata('simple', '').versions, versions, policy);
  }
});

test('who asks for what is not there is told so, with the code that says what is wrong', async (t) => {
  const { server } = await serverOf(t, SIMPLE, { mode: 'explicit', startModels: ['simple'] });
  const refused = (name: string, version: string, code: string, message: string): void =>
    assert.throws(() => server.modelMetadata(name, version), { code, message });
  refused('x', '', 'INVALID_ARGUMENT', "Request for unknown model: 'x' is not found");
  refused('simple', '7', 'NOT_FOUND', "Request for unknown model: 'simple' version 7 is not found");
  await server.unload('simple');
  refused('simple', '', 'NOT_FOUND', "Request for unknown model: 'simple' has no available versions");
  refused('simple', '1', 'UNAVAILABLE', "Request for unknown model: 'simple' version 1 is not at ready state");
  assert.deepEqual(await rowsOf(server), ['simple 1 UNAVAILABLE unloaded']);
  assert.ok(server.ready(), 'a model that was unloaded is no reason not to be ready');
});

test('explicit control loads what it is told, with files and configuration of the request', async (t) => {
  const { server } = await serverOf(t, SIMPLE, { mode: 'explicit' });
  assert.deepEqual(await rowsOf(server), ['simple']);
  await server.load('simple', { config: '{"backend":"onnxruntime","max_batch_size":2}' });
  assert.equal(server.modelConfig('simple', '').maxBatchSize, 2);
  await assert.rejects(
    server.load('simple', { files: new Map([['1/model.onnx', addSub()]]) }),
    /Load parameter 'config' must be specified for model file override/,
  );
  await server.load('simple', { config: '{"backend":"onnxruntime"}', files: new Map([['4/model.onnx', addSub('FP32')]]) });
  assert.deepEqual(server.modelMetadata('simple', '').versions, ['4']);
  assert.equal(server.modelMetadata('simple', '4').inputs[0]!.datatype, 'FP32');
  for (const place of ['../x', '/etc/x', 'a/../../x'])
    await assert.rejects(server.load('simple', { config: '{}', files: new Map([[place, addSub()]]) }), /must stay within model directory/);
  await assert.rejects(server.load('../simple'), /must not contain path traversal characters/);
  await assert.rejects(server.load('nothing'), { code: 'INTERNAL', message: "failed to load 'nothing', failed to poll from model repository" });
  await assert.rejects(
    server.load('simple', { config: '{"backend":"nothing"}' }),
    /failed to load 'simple', failed to poll from model repository: unknown backend 'nothing'/,
  );
  assert.deepEqual(server.modelMetadata('simple', '').versions, ['4'], 'what served goes on');
});

test('other modes take no orders', async (t) => {
  const { server } = await serverOf(t, SIMPLE);
  const refusal = { code: 'UNAVAILABLE', message: 'explicit model load / unload is not allowed if polling is enabled' };
  await assert.rejects(server.load('simple'), refusal);
  await assert.rejects(server.unload('simple'), refusal);
});

test('poll follows the folders', async (t) => {
  const clock = new FakeClock();
  const { server, folder } = await serverOf(t, SIMPLE, { mode: 'poll', pollMs: 1000, clock });
  await writeFiles(folder, { 'more/1/model.onnx': addSub('FP32') });
  await server.repository.poll();
  assert.ok(server.modelReady('more', ''));
  await writeFiles(folder, { 'more/2/model.onnx': addSub('FP32') });
  await utimes(join(folder, 'more/2/model.onnx'), 1, 1);
  await server.repository.poll();
  assert.deepEqual(server.modelMetadata('more', '').versions, ['2']);
  await rm(join(folder, 'more'), { recursive: true });
  await server.repository.poll();
  assert.equal(server.modelReady('more', ''), false);
});

test('a name that two repositories hold belongs to neither', async (t) => {
  const [one, two] = [await folderOf(t, SIMPLE), await folderOf(t, SIMPLE)];
  const server = await createModelServer({ repositories: [one, two] });
  t.after(() => server[Symbol.asyncDispose]());
  assert.deepEqual(await rowsOf(server), ['simple UNAVAILABLE model appears in two or more repositories']);
  await assert.rejects(createModelServer({ repositories: [join(one, 'nothing')] }), { code: 'NOT_FOUND' });
});

test('ensembles load what they are made of, refuse what does not fit, and go with their parts when asked', async (t) => {
  const files = Object.fromEntries(Object.entries(SAMPLE_FILES).filter(([path]) => /^(simple|twice)\//.test(path)));
  const ensemble = (step: string): string => `platform: "ensemble" input { name: "A" data_type: TYPE_INT32 dims: [ -1, 16 ] }
    output { name: "B" data_type: TYPE_INT32 dims: [ -1, 16 ] } ensemble_scheduling { step { ${step} } }`;
  const step = 'model_version: -1 input_map { key: "INPUT0" value: "A" }';
  const { server } = await serverOf(
    t,
    {
      ...files,
      'gap/config.pbtxt': ensemble(`model_name: "simple" ${step} output_map { key: "OUTPUT0" value: "B" }`),
      'gap/1/.keep': '',
      'none/config.pbtxt': ensemble(`model_name: "absent" ${step} output_map { key: "OUTPUT0" value: "B" }`),
      'none/1/.keep': '',
      'self/config.pbtxt': ensemble(`model_name: "self" ${step} output_map { key: "OUTPUT0" value: "B" }`),
      'self/1/.keep': '',
    },
    { mode: 'explicit', startModels: ['twice'] },
  );
  assert.ok(server.modelReady('simple', ''), 'a part is loaded with the whole');
  await assert.rejects(server.load('gap'), /in ensemble gap, the input map of model simple lacks its input 'INPUT1'/);
  await assert.rejects(server.load('none'), /ensemble 'none' depends on 'absent' which has no loaded version/);
  await assert.rejects(server.load('self'), /circular dependency between ensembles/);
  const bad = asked({ modelName: 'twice', inputs: ['A', 'B'].map((name) => ({ ...tensor(name, 1), shape: [2, 8] })) });
  await assert.rejects(server.infer(bad), /unexpected shape for input 'A' for model 'twice'/);
  await server.unload('twice', true);
  assert.equal(server.modelReady('simple', ''), false);
});

test('requests under way are answered before a model goes', async (t) => {
  const { server } = await serverOf(t, { ...SIMPLE }, { mode: 'explicit', startModels: ['simple'] });
  const answers = Array.from({ length: 20 }, () => server.infer(asked()));
  await server.unload('simple');
  assert.equal((await Promise.all(answers)).length, 20);
  await assert.rejects(async () => server.infer(asked()), { code: 'NOT_FOUND' });
});

test('a model is warmed up before it is served, and one that cannot be is not', async (t) => {
  const warm = (data: string, dims = '16'): string => `${SIMPLE['simple/config.pbtxt'] as string} model_warmup { name: "first" batch_size: 2 count: 3
    inputs { key: "INPUT0" value { data_type: TYPE_INT32 dims: ${dims} ${data} } } inputs { key: "INPUT1" value { data_type: TYPE_INT32 dims: 16 zero_data: true } } }`;
  const { server } = await serverOf(t, { ...SIMPLE, 'simple/config.pbtxt': warm('random_data: true') });
  assert.equal(server.modelStatistics('simple', '')[0]!.inferenceCount, 6n);
  const file = await serverOf(t, {
    ...SIMPLE,
    'simple/config.pbtxt': warm('input_data_file: "ones"'),
    'simple/warmup/ones': new Uint8Array(128).fill(1),
  });
  assert.ok(file.server.modelReady('simple', ''));
  const bad = await serverOf(t, { ...SIMPLE, 'simple/config.pbtxt': warm('zero_data: true', '15') });
  assert.match(
    (await rowsOf(bad.server))[0]!,
    /UNAVAILABLE failed to run warmup sample 'first': \[request id: warm-up first\] unexpected shape for input 'INPUT0'/,
  );
});
