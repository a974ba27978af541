import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { Fault } from 'ocellus/core';
import {
  create,
  decodeInferRequest,
  decodeInferResponse,
  encodeInferRequest,
  encodeInferResponse,
  fromBinary,
  inferRequest,
  joined,
  ModelInferRequestSchema,
  toBinary,
} from 'ocellus/wire';
import { createGrpcClient, type GrpcClient, type GrpcServer, openGrpcServer } from 'ocellus/wire/grpc';

const same = (bytes: Buffer): Buffer => bytes;
const LIMITS = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const SERVICE = Object.fromEntries(
  (['Echo', 'Fail', 'Hang', 'Chat'] as const).map((name) => [
    name,
    {
      path: `/t.T/${name}`,
      requestStream: name === 'Chat',
      responseStream: name === 'Chat',
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  ]),
);
const large = Buffer.alloc(20_000_000, 7);

let theirServer: grpc.Server;
let ourClient: GrpcClient;
let ourServer: GrpcServer;
let theirClient: grpc.Client;
let cancelled = 0;

before(async () => {
  theirServer = new grpc.Server(LIMITS);
  theirServer.addService(SERVICE, {
    Echo(call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) {
      const trailer = new grpc.Metadata();
      trailer.set('seen', String(call.metadata.get('who')[0]));
      reply(null, call.request, trailer);
    },
    Fail: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) =>
      reply({ code: grpc.status.NOT_FOUND, details: call.request.toString() }),
    Hang: (call: grpc.ServerUnaryCall<Buffer, Buffer>) => void call.on('cancelled', () => cancelled++),
    Chat(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      call.on('data', (message: Buffer) => call.write(message)).on('end', () => call.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    theirServer.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  ourClient = createGrpcClient({ url: `http://127.0.0.1:${port}` });
  ourServer = await openGrpcServer({
    encoding: 'gzip',
    methods: new Map([
      ['/t.T/Echo', { kind: 'unary', handle: (request, call) => (call.trailers.set('seen', String(call.metadata.get('who'))), request) }],
      ['/t.T/Fail', { kind: 'unary', handle: (request) => Promise.reject(new Fault('NOT_FOUND', Buffer.from(request).toString())) }],
      [
        '/t.T/Hang',
        {
          kind: 'unary',
          handle: (_, { signal }) =>
            new Promise((_, reject) => signal.addEventListener('abort', () => (cancelled++, reject(signal.reason as Error)))),
        },
      ],
      ['/t.T/Chat', { kind: 'stream', handle: (requests) => requests }],
    ]),
  });
  theirClient = new grpc.Client(`127.0.0.1:${ourServer.port}`, grpc.credentials.createInsecure(), LIMITS);
});

after(async () => {
  await ourClient.close();
  theirClient.close();
  theirServer.forceShutdown();
  await ourServer.close(100);
});

/** A call of grpc-js's client: its answer, and the trailers. */
const ask = (
  path: string,
  message: Buffer,
  options: grpc.CallOptions = {},
  encoding?: string,
): Promise<{ answer: Buffer; trailers: grpc.Metadata }> =>
  new Promise((resolve, reject) => {
    const metadata = new grpc.Metadata();
    metadata.set('who', 'me');
    if (encoding) metadata.set('grpc-internal-encoding-request', encoding);
    let answer: Buffer | undefined;
    const call = theirClient.makeUnaryRequest(path, same, same, message, metadata, options, (error, value) =>
      error ? reject(error) : (answer = value),
    );
    call.on('status', (status) => status.code === 0 && setImmediate(() => resolve({ answer: answer!, trailers: status.metadata })));
  });

test("grpc-js's client at our server: messages, 20 MB, packed both ways, trailers, errors, deadline, cancellation", async () => {
  for (const message of [Buffer.alloc(0), Buffer.from('hello'), large]) {
    const { answer, trailers } = await ask('/t.T/Echo', message);
    assert.equal(Buffer.compare(answer, message), 0);
    assert.deepEqual(trailers.get('seen'), ['me']);
  }
  await assert.rejects(ask('/t.T/Fail', Buffer.from('100 % “gone”')), { code: grpc.status.NOT_FOUND, details: '100 % “gone”' });
  await assert.rejects(ask('/t.T/None', Buffer.alloc(0)), { code: grpc.status.UNIMPLEMENTED });
  await assert.rejects(ask('/t.T/Hang', Buffer.alloc(0), { deadline: Date.now() + 50 }), { code: grpc.status.DEADLINE_EXCEEDED });
  const before = cancelled;
  const call = theirClient.makeUnaryRequest('/t.T/Hang', same, same, Buffer.alloc(0), () => undefined);
  setTimeout(() => call.cancel(), 30);
  while (cancelled === before) await new Promise((resolve) => setTimeout(resolve, 2));
});

test("grpc-js's client at our server: 100 streams at once", async () => {
  const one = (i: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = theirClient.makeBidiStreamRequest('/t.T/Chat', same, same);
      let bytes = 0;
      call
        .on('data', (message: Buffer) => (bytes += message.byteLength))
        .on('error', reject)
        .on('end', () => resolve(bytes));
      for (let k = 0; k < 5; k++) call.write(Buffer.alloc(1000 * (i + 1)));
      call.end();
    });
  assert.deepEqual(
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(i))),
    Array.from({ length: 100 }, (_, i) => 5000 * (i + 1)),
  );
});

test("our client at grpc-js's server: messages, 20 MB, packed, trailers, errors, deadline, cancellation", async () => {
  for (const message of [Buffer.alloc(0), Buffer.from('hello'), large]) {
    const seen: unknown[] = [];
    const answer = await ourClient.unary('/t.T/Echo', message, {
      metadata: new Map([['who', 'me']]),
      onMetadata: (all) => seen.push(all.get('seen')),
    });
    assert.equal(Buffer.compare(answer, message), 0);
    assert.equal(seen.at(-1), 'me');
  }
  for (const encoding of ['gzip', 'deflate'] as const)
    assert.equal(Buffer.from(await ourClient.unary('/t.T/Echo', Buffer.from('packed'), { encoding })).toString(), 'packed');
  await assert.rejects(ourClient.unary('/t.T/Fail', Buffer.from('100 % “gone”')), { code: 'NOT_FOUND', message: '100 % “gone”' });
  await assert.rejects(ourClient.unary('/t.T/None', Buffer.alloc(0)), { code: 'UNSUPPORTED' });
  await assert.rejects(ourClient.unary('/t.T/Hang', Buffer.alloc(0), { timeoutMs: 50 }), { code: 'DEADLINE_EXCEEDED' });
  const before = cancelled;
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 30);
  await assert.rejects(ourClient.unary('/t.T/Hang', Buffer.alloc(0), { signal: stop.signal }), { code: 'CANCELLED' });
  while (cancelled === before) await new Promise((resolve) => setTimeout(resolve, 2));
});

test("our client at grpc-js's server: 100 streams at once", async () => {
  const one = async (i: number): Promise<number> => {
    let bytes = 0;
    for await (const message of ourClient.stream(
      '/t.T/Chat',
      Array.from({ length: 5 }, () => new Uint8Array(1000 * (i + 1))),
    ))
      bytes += message.byteLength;
    return bytes;
  };
  assert.deepEqual(
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(i))),
    Array.from({ length: 100 }, (_, i) => 5000 * (i + 1)),
  );
});

test('an inference goes through: our messages in both directions, and those of the protobuf runtime', async () => {
  const data = new Float32Array(230_400).map((_, i) => i / 7);
  const request = inferRequest({ modelName: 'm', id: '1', inputs: [{ name: 'x', datatype: 'FP32', shape: [1, data.length], data }] });
  const back = decodeInferRequest(await ourClient.unary('/t.T/Echo', encodeInferRequest(request)));
  assert.deepEqual(back, request);
  const { answer } = await ask('/t.T/Echo', Buffer.from(toBinary(ModelInferRequestSchema, create(ModelInferRequestSchema, { modelName: 'n' }))));
  assert.equal(fromBinary(ModelInferRequestSchema, answer).modelName, 'n');
  const response = { modelName: 'm', modelVersion: '1', id: '1', parameters: new Map(), outputs: request.inputs };
  assert.deepEqual(decodeInferResponse((await ask('/t.T/Echo', Buffer.from(joined(encodeInferResponse(response))))).answer), response);
});
