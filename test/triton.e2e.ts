import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGrpcClient, createHttpClient, createSharedRegion, type InferenceClient, tensor } from 'ocellus/client';
import { ocellus } from './cli.js';

// A real Triton that serves test/triton-models (Python backend), such as that of `pip install nvidia-pytriton`, with
// --model-control-mode=explicit --load-model=* ; OCELLUS_TRITON_URL=http-host:port,grpc-host:port.
const [http = '', grpc = ''] = (process.env['OCELLUS_TRITON_URL'] ?? '').split(',');
const needsTriton = { skip: http === '' || grpc === '' ? 'needs a Triton; set OCELLUS_TRITON_URL=http-host:port,grpc-host:port' : false };

const row = (from: number): Int32Array => Int32Array.from({ length: 16 }, (_, i) => from + i);
const INPUTS = { INPUT0: tensor('INT32', [1, 16], row(0)), INPUT1: tensor('INT32', [1, 16], row(100)) };

const CLIENTS: Readonly<Record<string, () => InferenceClient>> = {
  http: () => createHttpClient(http),
  'http, packed': () => createHttpClient(http, { compression: 'gzip' }),
  grpc: () => createGrpcClient(grpc),
  'grpc, packed': () => createGrpcClient(grpc, { compression: 'deflate' }),
};

for (const [name, open] of Object.entries(CLIENTS)) {
  test(`${name}: Triton answers the client`, needsTriton, async () => {
    await using client = open();
    assert.deepEqual(await Promise.all([client.isLive(), client.isReady(), client.isModelReady('simple')]), [true, true, true]);
    assert.ok((await client.serverMetadata()).extensions.includes('binary_tensor_data'));
    assert.deepEqual((await client.modelMetadata('simple')).inputs[0], { name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] });
    assert.equal((await client.modelConfig('sequence')).schedulingChoice.case, 'sequenceBatching');
    const result = await client.infer('simple', INPUTS, { id: 'one', parameters: { whole: 1, text: 'x' } });
    assert.deepEqual([result.id, ...result.output('OUTPUT0', 'INT32').data], ['one', ...row(100).map((value, i) => value + i)]); // prettier-ignore
    const texts = ['', 'ünïcödé 🦋'];
    assert.deepEqual((await client.infer('identity_bytes', { INPUT0: tensor('BYTES', [2], texts) })).texts('OUTPUT0'), texts);
    const [[best] = []] = (await client.infer('simple', INPUTS, { outputs: [{ name: 'OUTPUT0', classification: 1 }] })).classes('OUTPUT0');
    assert.deepEqual(best, { value: 130, index: 15 });
    const [statistics] = await client.statistics('simple');
    assert.ok((statistics?.inferenceCount ?? 0n) >= 2n);
    assert.ok((await client.repositoryIndex()).some((entry) => entry.name === 'repeat' && entry.state === 'READY'));
    await client.loadModel('simple');
    assert.deepEqual((await client.traceSettings())['trace_level'], ['OFF']);
    assert.equal((await client.logSettings())['log_error'], true);
    await assert.rejects(client.infer('simple', { INPUT0: INPUTS.INPUT0 }), { code: 'INVALID_ARGUMENT', message: /expected 2 inputs but got 1/ });
  });

  test(`${name}: sequences and decoupled models of Triton`, needsTriton, async () => {
    await using client = open();
    const sums: number[] = [];
    await using session = client.session('sequence');
    const inputs = [1, 2, 3].map((value) => ({ INPUT: tensor('INT32', [1, 1], [value]) }));
    for await (const result of session.run(inputs)) sums.push(result.output('OUTPUT', 'INT32').data[0]!);
    assert.deepEqual(sums, [1, 3, 6]);
    await using left = client.session('sequence');
    await left.infer(inputs[0]!);
    const streamed: number[] = [];
    for await (const result of client.inferStream('repeat', { IN: tensor('INT32', [3], [7, 8, 9]) }))
      streamed.push(result.output('OUT', 'INT32').data[0]!);
    assert.deepEqual(streamed, [7, 8, 9]);
    await assert.rejects(client.infer('repeat', { IN: tensor('INT32', [1], [1]) }), { code: 'UNSUPPORTED' });
  });

  test(`${name}: Triton reads and writes shared memory`, needsTriton, async () => {
    await using client = open();
    using region = createSharedRegion(`ocellus-triton-${process.pid}`, 4096);
    await client.sharedMemory.register(region.registered);
    try {
      const inputs = Object.entries(INPUTS).map(([input, unnamed]) => region.write({ name: input, ...unnamed }));
      const result = await client.infer('simple', inputs, { outputs: [{ name: 'OUTPUT1', shared: region.reserve(64) }] });
      const [output] = result.outputs;
      assert.ok(output && 'shared' in output);
      assert.deepEqual([...(region.read(output).data as Int32Array)], Array.from({ length: 16 }, () => -100)); // prettier-ignore
    } finally {
      await client.sharedMemory.unregister(region.registered.name);
    }
  });
}

test('ocellus perf measures Triton', needsTriton, async () => {
  const options = ['--concurrency-range', '2', '--measurement-interval', '200', '--max-trials', '3', '--json'];
  const { stdout, stderr } = await ocellus(['perf', '-m', 'simple', '-u', grpc, ...options]);
  const { levels } = JSON.parse(stdout) as { levels: { inferencesPerSecond: number; server: { computeUs: number } }[] };
  assert.ok(levels[0]!.inferencesPerSecond > 10 && levels[0]!.server.computeUs > 0, stderr);
});
