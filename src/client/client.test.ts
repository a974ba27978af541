import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, Fault, type Tensor } from '../core/index.js';
import { openKserveServer, type KserveTestServer, type ServedModel } from '../testing/kserve-server.js';
import { createFetchTransport, createGrpcClient, createHttpClient, type ClientOptions, type InferenceClient, tensor } from './index.js';

const INT32 = 'INT32' as const;

const add: ServedModel = {
  inputs: [
    { name: 'a', datatype: INT32, shape: [-1, 2] },
    { name: 'b', datatype: INT32, shape: [-1, 2] },
  ],
  outputs: [{ name: 'sum', datatype: INT32, shape: [-1, 2] }],
  infer({ inputs }) {
    const [a, b] = inputs.map((input) => (input as Tensor).data as Int32Array);
    return [{ name: 'sum', datatype: INT32, shape: [1, 2], data: a!.map((value, i) => value + b![i]!) }];
  },
};

const echo: ServedModel = { inputs: [], outputs: [], infer: ({ inputs }) => inputs };

const never: ServedModel = {
  inputs: [],
  outputs: [],
  infer: (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Fault('CANCELLED', 'gone')));
    }),
};

/** Adds up what a sequence sends; issues ids to those that have none. */
function summing(): ServedModel {
  const sums = new Map<bigint | string, number>();
  let issued = 100n;
  return {
    inputs: [],
    outputs: [],
    infer({ inputs, controls: { sequenceId = 0n, sequenceStart, sequenceEnd } }) {
      const id = sequenceId === 0n ? ++issued : sequenceId;
      if (sequenceStart) sums.set(id, 0);
      const sum = (sums.get(id) ?? fail('INVALID_ARGUMENT', `sequence ${id} must START`)) + ((inputs[0] as Tensor).data[0] as number);
      sums.set(id, sum);
      if (sequenceEnd) sums.delete(id);
      return [{ name: 'sum', datatype: INT32, shape: [1], data: Int32Array.of(sum) }];
    },
    parameters: ({ controls: { sequenceId = 0n } }) => new Map([['sequence_id', sequenceId === 0n ? issued : sequenceId]]),
  };
}

const AB = { a: tensor('INT32', [1, 2], [1, 2]), b: tensor('INT32', [1, 2], [10, 20]) };
const one = (value: number) => ({ x: tensor('INT32', [1], [value]) });

const CLIENTS: Readonly<Record<string, (server: KserveTestServer, options?: ClientOptions) => InferenceClient>> = {
  http: (server, options) => createHttpClient(server.http, options),
  'http over fetch': (server, options) => createHttpClient(server.http, { ...options, transport: createFetchTransport(`http://${server.http}`) }),
  grpc: (server, options) => createGrpcClient(server.grpc, options),
};

for (const [name, open] of Object.entries(CLIENTS)) {
  const withClient = async (
    models: Readonly<Record<string, ServedModel>>,
    use: (client: InferenceClient, server: KserveTestServer) => Promise<void>,
    options: ClientOptions = {},
  ): Promise<void> => {
    await using server = await openKserveServer(models);
    await using client = open(server, { retry: { attempts: 3, firstDelayMs: 1 }, ...options });
    await use(client, server);
  };

  test(`${name}: metadata tells inputs and outputs`, () =>
    withClient({ add }, async (client) => {
      const { inputs, outputs, versions } = await client.modelMetadata('add');
      assert.deepEqual({ inputs, outputs, versions }, { inputs: add.inputs, outputs: add.outputs, versions: ['1'] });
    }));

  test(`${name}: a request arrives with all that it says, and its answer comes back`, () =>
    withClient(
      { 'add/all': add },
      async (client, { seen }) => {
        const result = await client.infer('add/all', AB, {
          id: 'one',
          outputs: ['sum'],
          priority: 2,
          queueTimeoutMicroseconds: 5,
          parameters: { whole: 3, half: 0.5, text: 'x', yes: true },
          headers: { 'x-own': 'call' },
        });
        assert.deepEqual([...result.output('sum', 'INT32').data], [11, 22]);
        assert.deepEqual([result.model, result.version, result.id], ['add/all', '1', 'one']);
        const [{ request, headers }] = seen as [(typeof seen)[number]];
        assert.deepEqual([request.controls.priority, request.controls.timeoutMicroseconds], [2n, 5n]);
        assert.deepEqual(request.parameters, new Map<string, unknown>([['whole', 3n], ['half', 0.5], ['text', 'x'], ['yes', true]])); // prettier-ignore
        assert.deepEqual([headers.get('authorization'), headers.get('x-all'), headers.get('x-own')], ['Bearer secret', 'yes', 'call']);
      },
      { token: 'secret', headers: { 'x-all': 'yes' } },
    ));

  test(`${name}: every datatype goes there and back, large ones and texts too`, () =>
    withClient({ echo }, async (client) => {
      const inputs = {
        texts: tensor('BYTES', [3], ['', 'ünïcödé 🦋', Uint8Array.of(0, 255)]),
        big: tensor('INT64', [2], [-(2n ** 62n), 5]),
        halves: tensor('FP16', [2], [0x3c00, 0xc000]),
        floats: tensor('FP64', [2, 1], [Number.NaN, -Infinity]),
        frame: tensor(
          'UINT8',
          [400_001],
          Uint8Array.from({ length: 400_001 }, (_, i) => i % 251),
        ),
        none: tensor('FP32', [0, 4], []),
      };
      const result = await client.infer('echo', inputs);
      for (const [input, expected] of Object.entries(inputs)) {
        const { name: _, ...got } = result.output(input);
        assert.deepEqual({ ...got, data: [...(got.data as Iterable<unknown>)].map((x) => (x instanceof Uint8Array ? [...x] : x)) }, { ...expected, data: [...(expected.data as Iterable<unknown>)].map((x) => (x instanceof Uint8Array ? [...x] : x)) }, input); // prettier-ignore
      }
      assert.throws(() => result.output('nothing'), { code: 'NOT_FOUND', message: /it gave texts, big/ });
      assert.throws(() => result.output('big', 'FP32'), { code: 'MODEL_MISMATCH', message: 'output "big" of echo is INT64, not FP32' });
    }));

  for (const compression of ['gzip', 'deflate'] as const)
    test(`${name}: requests packed with ${compression} are understood`, () =>
      withClient(
        { echo },
        async (client) => {
          const zeros = tensor('UINT8', [100_000], new Uint8Array(100_000));
          assert.equal((await client.infer('echo', { zeros })).output('zeros').data.length, 100_000);
        },
        { compression },
      ));

  test(`${name}: the server's refusal is a fault with its code and text`, () =>
    withClient({ add }, async (client) => {
      await assert.rejects(client.infer('ad', AB), { name: 'Fault', code: 'NOT_FOUND', message: "Request for unknown model: 'ad' is not found" });
    }));

  test(`${name}: a server that is busy is asked again, but not for ever`, () =>
    withClient({ add }, async (client, { faults, seen }) => {
      faults.push(new Fault('UNAVAILABLE', 'busy'), new Fault('UNAVAILABLE', 'busy'));
      assert.equal((await client.infer('add', AB)).outputs.length, 1);
      assert.equal(seen.length, 3);
      faults.push(...Array.from({ length: 3 }, (_, i) => new Fault('UNAVAILABLE', `busy ${i}`)));
      await assert.rejects(client.infer('add', AB), { code: 'UNAVAILABLE', message: 'busy 2' });
      faults.push(new Fault('INVALID_ARGUMENT', 'wrong'));
      await assert.rejects(client.infer('add', AB), { code: 'INVALID_ARGUMENT' });
      assert.equal(seen.length, 7);
    }));

  test(`${name}: a session sends START and END with one id, and is never sent twice`, () =>
    withClient({ summing: summing() }, async (client, { seen, faults }) => {
      const sums: number[] = [];
      await using session = client.session('summing', { id: 'mine' });
      for await (const result of session.run([1, 2, 3].map(one))) sums.push(result.output('sum', 'INT32').data[0]!);
      assert.deepEqual(sums, [1, 3, 6]);
      assert.deepEqual(
        seen.map(({ request: { controls } }) => [controls.sequenceId, controls.sequenceStart, controls.sequenceEnd]),
        [
          ['mine', true, false],
          ['mine', false, false],
          ['mine', false, true],
        ],
      );
      await assert.rejects(session.infer(one(1)), { code: 'FAILED_PRECONDITION', message: 'sequence mine has ended; open another session' });
      faults.push(new Fault('UNAVAILABLE', 'busy'));
      await assert.rejects(client.session('summing').infer(one(1)), { code: 'UNAVAILABLE' });
      assert.equal(seen.length, 4);
    }));

  test(`${name}: sessions of one client do not meet, and one that is left open is ended with zeros`, () =>
    withClient({ summing: summing() }, async (client, { seen }) => {
      {
        await using first = client.session('summing');
        await using second = client.session('summing');
        await Promise.all([first.infer(one(1)), second.infer(one(10)), first.infer(one(1))]);
        assert.equal((await first.infer(one(1))).output('sum', 'INT32').data[0], 3);
        assert.notEqual(first.id, second.id);
      }
      const ends = seen.filter(({ request }) => request.controls.sequenceEnd);
      assert.deepEqual(
        ends.map(({ request }) => [...((request.inputs[0] as Tensor).data as Int32Array)]),
        [[0], [0]],
      );
    }));

  test(`${name}: an id that the server issues is kept`, () =>
    withClient({ summing: summing() }, async (client, { seen }) => {
      await using session = client.session('summing', { id: 'server' });
      await session.infer(one(1));
      await session.infer(one(2), { end: true });
      assert.equal(session.id, 101n);
      assert.deepEqual(
        seen.map(({ request }) => request.controls.sequenceId),
        [0n, 101n],
      );
    }));

  test(`${name}: a deadline and an abort end the call, and the server is told`, () =>
    withClient({ never }, async (client) => {
      await assert.rejects(client.infer('never', {}, { timeoutMs: 20 }), { code: 'DEADLINE_EXCEEDED' });
      const controller = new AbortController();
      const call = client.infer('never', {}, { signal: controller.signal });
      setTimeout(() => controller.abort(), 10);
      await assert.rejects(call, { code: 'CANCELLED' });
      await assert.rejects(client.infer('never', {}, { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
    }));

  test(`${name}: a request prepared once is sent again and again; its refusals are told`, () =>
    withClient({ add }, async (client, { seen, faults }) => {
      const send = client.prepare('add', AB);
      await Promise.all([send(), send(), send()]);
      assert.equal(seen.length, 3);
      faults.push(new Fault('UNAVAILABLE', 'busy'));
      await assert.rejects(send(), { code: 'UNAVAILABLE', message: 'busy' });
    }));

  test(`${name}: without a server, health is false and other calls say that nobody is there`, async () => {
    const server = await openKserveServer({});
    await server[Symbol.asyncDispose]();
    await using client = open(server, { retry: false });
    assert.deepEqual(await Promise.all([client.isLive(), client.isReady(), client.isModelReady('m')]), [false, false, false]);
    await assert.rejects(client.modelMetadata('m'), { code: 'UNAVAILABLE', message: /ECONNREFUSED/ });
  });
}

test('http: JSON instead of bytes for servers that know no binary tensors', async () => {
  await using server = await openKserveServer({ add });
  await using client = createHttpClient(server.http);
  assert.deepEqual([...(await client.infer('add', AB, { binary: false })).output('sum', 'INT32').data], [11, 22]);
  assert.equal(server.seen[0]?.headers.get('content-type'), 'application/json');
});

test('grpc: one stream carries requests to several models; a fault of one leaves it open', async () => {
  await using server = await openKserveServer({ add, echo });
  await using client = createGrpcClient(server.grpc);
  const requests = [
    { model: 'add', inputs: AB, id: '1' },
    { model: 'lost', inputs: {}, id: '2' },
    { model: 'echo', inputs: AB, id: '3' },
  ];
  const got: unknown[] = [];
  for await (const answer of client.exchange(requests)) got.push('fault' in answer ? answer.fault.message : [answer.result.id, answer.final]);
  assert.deepEqual(got, [['1', true], "Request for unknown model: 'lost' is not found", ['3', true]]);
  const streamed: number[] = [];
  for await (const result of client.inferStream('add', AB)) streamed.push(result.output('sum', 'INT32').data[1]!);
  assert.deepEqual(streamed, [22]);
});

test('tensors are checked where they are made, addresses where clients are', () => {
  assert.throws(() => tensor('FP32', [2], [1]), { code: 'INVALID_ARGUMENT', message: /needs 2 elements, got 1/ });
  assert.deepEqual(tensor('BOOL', [2], [true, 0]).data, Uint8Array.of(1, 0));
  for (const url of ['ftp://host', 'http://', 'http://user:secret@host'])
    assert.throws(() => createHttpClient(url), { code: 'INVALID_ARGUMENT', message: /write host:port/ }, url);
});
