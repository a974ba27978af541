import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, Fault } from '../../core/index.js';
import { random } from '../../testing/fuzz.js';
import { joined } from '../joined.js';
import { createGrpcClient, type GrpcClient, type GrpcClientOptions } from './client.js';
import { FrameCutter, plainFrame } from './frames.js';
import { openGrpcServer, type GrpcServer, type GrpcServerOptions, type Method } from './server.js';
import { decodeMessage, encodeMessage } from './status.js';
import { formatTimeout, parseTimeout } from './timeout.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const plain = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

/** What the methods below saw of cancellation. */
const seen: string[] = [];
const waitForAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      seen.push((signal.reason as Fault).code);
      reject(signal.reason as Fault);
    });
  });

const METHODS = new Map<string, Method>([
  ['/t.T/Echo', { kind: 'unary', handle: (request) => request }],
  ['/t.T/Fail', { kind: 'unary', handle: (request) => fail('NOT_FOUND', plain(request)) }],
  ['/t.T/Hang', { kind: 'unary', handle: (_, { signal }) => waitForAbort(signal) }],
  [
    '/t.T/Meta',
    {
      kind: 'unary',
      handle(_, { metadata, trailers, timeoutMs }) {
        trailers.set('seen', String(metadata.get('who'))).set('raw-bin', metadata.get('raw-bin') ?? '');
        return text(`${timeoutMs}`);
      },
    },
  ],
  [
    '/t.T/Chat',
    {
      kind: 'stream',
      async *handle(requests) {
        for await (const request of requests) {
          if (plain(request) === 'stop') fail('UNSUPPORTED', 'enough');
          yield [text('re: '), request];
        }
      },
    },
  ],
  [
    '/t.T/Count',
    {
      kind: 'stream',
      async *handle(requests, { signal }) {
        const [block] = await all(requests);
        for (let i = 0; ; i++) {
          if (signal.aborted) return void seen.push(`stopped, ${i < 400 ? 'held back' : `after ${i}`}`);
          yield block!;
        }
      },
    },
  ],
]);

async function withServer(
  run: (client: GrpcClient, server: GrpcServer) => Promise<void>,
  options: Partial<GrpcServerOptions> = {},
  client: Partial<GrpcClientOptions> = {},
): Promise<void> {
  const server = await openGrpcServer({ methods: METHODS, ...options });
  const caller = createGrpcClient({ url: `http://127.0.0.1:${server.port}`, ...client });
  seen.length = 0;
  try {
    await run(caller, server);
  } finally {
    await caller.close();
    await server.close(1000);
  }
}

async function* slowly<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await sleep(1);
    yield item;
  }
}

test('unary: an empty message, a small one, and 20 MB, plain and packed', () =>
  withServer(async (client) => {
    const large = new Uint8Array(20_000_000).map((_, i) => i % 251);
    for (const message of [text(''), text('hello'), large]) assert.deepEqual(Buffer.compare(await client.unary('/t.T/Echo', message), message), 0);
    for (const encoding of ['gzip', 'deflate'] as const)
      assert.equal(plain(await client.unary('/t.T/Echo', text('packed '.repeat(99)), { encoding })), 'packed '.repeat(99));
  }));

test('answers are packed for a client that accepts it', () =>
  withServer(async (client) => assert.equal((await client.unary('/t.T/Echo', text('a'.repeat(5000)))).byteLength, 5000), { encoding: 'gzip' }));

test('a fault crosses the wire with its code and any text', () =>
  withServer(async (client) => {
    await assert.rejects(client.unary('/t.T/Fail', text('no such 100 % “thing”\n')), { code: 'NOT_FOUND', message: 'no such 100 % “thing”\n' });
    await assert.rejects(client.unary('/t.T/None', text('')), { code: 'UNSUPPORTED', message: 'The server does not implement the method /t.T/None' });
  }));

test('metadata, bytes among it, goes both ways, and the deadline arrives', () =>
  withServer(async (client) => {
    const got = new Map<string, string | Uint8Array>();
    const metadata = new Map<string, string | Uint8Array>([
      ['Who', 'me'],
      ['raw-bin', Uint8Array.of(0, 255)],
      ['grpc-status', '9'],
    ]);
    const left = await client.unary('/t.T/Meta', text(''), {
      metadata,
      timeoutMs: 5000,
      onMetadata: (all) => all.forEach((value, name) => got.set(name, value)),
    });
    assert.ok(Number(plain(left)) === 5000);
    assert.deepEqual(
      [...got],
      [
        ['seen', 'me'],
        ['raw-bin', Uint8Array.of(0, 255)],
      ],
    );
  }));

test('a deadline ends the call on both sides', () =>
  withServer(async (client) => {
    await assert.rejects(client.unary('/t.T/Hang', text(''), { timeoutMs: 40 }), { code: 'DEADLINE_EXCEEDED' });
    while (seen.length === 0) await sleep(2);
    assert.ok(['DEADLINE_EXCEEDED', 'CANCELLED'].includes(seen[0]!));
  }));

test('cancelling ends the call on both sides', () =>
  withServer(async (client) => {
    const stop = new AbortController();
    const call = client.unary('/t.T/Hang', text(''), { signal: stop.signal });
    await sleep(30);
    stop.abort();
    await assert.rejects(call, { code: 'CANCELLED' });
    while (seen.length === 0) await sleep(2);
    assert.deepEqual(seen, ['CANCELLED']);
    await assert.rejects(client.unary('/t.T/Echo', text(''), { signal: stop.signal }), { code: 'CANCELLED' });
  }));

test('messages go both ways at once, and a failing stream gives what came before', () =>
  withServer(async (client) => {
    const answers: string[] = [];
    for await (const answer of client.stream('/t.T/Chat', slowly([text('a'), text('b')]))) answers.push(plain(answer));
    assert.deepEqual(answers, ['re: a', 're: b']);
    await assert.rejects(
      async () => {
        for await (const answer of client.stream('/t.T/Chat', slowly([text('c'), text('stop'), text('d')]))) answers.push(plain(answer));
      },
      { code: 'UNSUPPORTED', message: 'enough' },
    );
    assert.deepEqual(answers, ['re: a', 're: b', 're: c']);
  }));

test('a reader that does not read holds the writer back, and leaving the loop cancels the call', () =>
  withServer(async (client) => {
    for await (const block of client.stream('/t.T/Count', [new Uint8Array(100_000)])) {
      assert.equal(block.byteLength, 100_000);
      await sleep(100);
      break;
    }
    while (seen.length === 0) await sleep(2);
    assert.deepEqual(seen, ['stopped, held back']);
  }));

test('requests that fail end the call', () =>
  withServer(async (client) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield text('a');
      throw new Fault('INPUT_CORRUPT', 'the camera broke');
    }
    await assert.rejects(all(client.stream('/t.T/Chat', broken())), { code: 'INPUT_CORRUPT', message: 'the camera broke' });
  }));

test('an answer that ends early ends the call, though the requests never do', () =>
  withServer(async (client) => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield text('stop');
      await new Promise(() => undefined);
    }
    await assert.rejects(all(client.stream('/t.T/Chat', endless())), { code: 'UNSUPPORTED', message: 'enough' });
  }));

test('100 calls at once on one connection', () =>
  withServer(async (client) => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.unary('/t.T/Echo', new Uint8Array(50_000).fill(i))));
    answers.forEach((answer, i) => assert.ok(answer.byteLength === 50_000 && answer.every((byte) => byte === i)));
  }));

test('a message over the limit is refused, packed or not', () =>
  withServer(
    async (client) => {
      await assert.rejects(client.unary('/t.T/Echo', new Uint8Array(1001)), {
        code: 'RESOURCE_EXHAUSTED',
        message: 'Received message larger than max (1001 vs. 1000)',
      });
      await assert.rejects(client.unary('/t.T/Echo', new Uint8Array(100_000), { encoding: 'gzip' }), {
        code: 'RESOURCE_EXHAUSTED',
        message: /after decompression/,
      });
      assert.equal((await client.unary('/t.T/Echo', new Uint8Array(1000))).byteLength, 1000);
    },
    { maxMessageBytes: 1000 },
  ));

test('closing lets calls under way end, and takes no new ones', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await openGrpcServer({ methods: new Map([['/t.T/Wait', { kind: 'unary', handle: () => held.then(() => text('done')) }]]) });
  const client = createGrpcClient({ url: `http://127.0.0.1:${server.port}` });
  const call = client.unary('/t.T/Wait', text(''));
  await sleep(30);
  const closing = server.close();
  await sleep(10);
  release();
  assert.equal(plain(await call), 'done');
  await closing;
  await assert.rejects(client.unary('/t.T/Wait', text('')), { code: 'UNAVAILABLE' });
  await client.close();
});

test('a client whose server has asked it to leave closes as soon as its calls have ended', async () => {
  const server = await openGrpcServer({ methods: METHODS });
  const client = createGrpcClient({ url: `http://127.0.0.1:${server.port}` });
  const stop = new AbortController();
  const hanging = client.unary('/t.T/Hang', new Uint8Array(0), { signal: stop.signal });
  await sleep(50);
  const closed = server.close();
  await sleep(50);
  const left = client.close();
  stop.abort();
  await assert.rejects(hanging, { code: 'CANCELLED' });
  await Promise.all([left, closed]);
});

test('closing without patience cuts calls off', async () => {
  const server = await openGrpcServer({ methods: METHODS });
  const client = createGrpcClient({ url: `http://127.0.0.1:${server.port}` });
  const call = assert.rejects(client.unary('/t.T/Hang', text('')), Fault);
  await sleep(30);
  await server.close(20);
  await call;
  await client.close();
});

test('a server that is gone is UNAVAILABLE; one that comes back is found again', async () => {
  const first = await openGrpcServer({ methods: METHODS });
  const client = createGrpcClient({ url: `http://127.0.0.1:${first.port}`, keepalive: { intervalMs: 20, timeoutMs: 500 } });
  assert.equal(plain(await client.unary('/t.T/Echo', text('1'))), '1');
  await sleep(60);
  await first.close();
  await assert.rejects(client.unary('/t.T/Echo', text('2')), { code: 'UNAVAILABLE' });
  const second = await openGrpcServer({ methods: METHODS, port: first.port });
  assert.equal(plain(await client.unary('/t.T/Echo', text('3'))), '3');
  await client.close();
  await second.close();
});

test('what is no gRPC is answered and leaves the server alive', () =>
  withServer(async (client, { port }) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const ask = async (headers: object, body: Uint8Array): Promise<Record<string, unknown>> => {
      const stream = session.request({ ':method': 'POST', ':path': '/t.T/Echo', 'content-type': 'application/grpc', ...headers });
      stream.on('error', () => undefined).resume();
      const got = {};
      stream.on('response', (answer) => Object.assign(got, answer)).on('trailers', (answer) => Object.assign(got, answer));
      if (!stream.writableEnded) stream.end(body);
      await once(stream, 'close');
      return got;
    };
    const whole = joined(plainFrame(text('abc')));
    assert.equal((await ask({ 'content-type': 'text/plain' }, whole))[':status'], 415);
    assert.equal((await ask({ ':method': 'GET' }, new Uint8Array(0)))[':status'], 405);
    assert.equal((await ask({}, whole))['grpc-status'], '0');
    assert.equal((await ask({}, whole.subarray(0, 6)))['grpc-status'], '13', 'a message cut off');
    assert.equal((await ask({}, Uint8Array.of(9, 0, 0, 0, 0)))['grpc-status'], '13', 'a wrong first byte');
    assert.equal((await ask({}, new Uint8Array(0)))['grpc-status'], '13', 'no message');
    assert.equal((await ask({}, joined([whole, whole])))['grpc-status'], '13', 'two messages');
    assert.equal((await ask({}, Uint8Array.of(0, 255, 255, 255, 255)))['grpc-status'], '8', 'a length over the limit');
    assert.equal((await ask({}, Uint8Array.of(1, 0, 0, 0, 1, 7)))['grpc-status'], '13', 'packed without an encoding');
    assert.equal((await ask({ 'grpc-encoding': 'gzip' }, Uint8Array.of(1, 0, 0, 0, 1, 7)))['grpc-status'], '13', 'not what the encoding says');
    assert.equal((await ask({ 'grpc-encoding': 'br' }, whole))['grpc-status'], '12');
    session.close();
    assert.equal(plain(await client.unary('/t.T/Echo', text('still here'))), 'still here');
  }));

test('frames are cut right wherever the chunks end', () => {
  const next = random(2);
  const messages = Array.from({ length: 200 }, () => new Uint8Array(Math.floor(next() ** 4 * 40_000)).map(() => next() * 256));
  const bytes = joined(messages.flatMap(plainFrame));
  const cutter = new FrameCutter(50_000);
  const got: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const size = 1 + Math.floor(next() ** 3 * 9000);
    got.push(...cutter.push(bytes.subarray(at, at + size)).map((frame) => frame.bytes));
    at += size;
  }
  assert.equal(cutter.pendingBytes, 0);
  assert.equal(got.length, messages.length);
  got.forEach((message, i) => assert.equal(Buffer.compare(message, messages[i]!), 0));
});

test('status messages and timeouts as headers', () => {
  for (const message of ['plain', '100 %', 'ねこ\n', '%41']) assert.equal(decodeMessage(encodeMessage(message)), message);
  assert.equal(encodeMessage('é%'), '%C3%A9%25');
  assert.equal(decodeMessage('%zz %4'), '%zz %4');
  const timeouts: [number, string][] = [
    [0, '0n'],
    [1, '1000000n'],
    [1000, '1000000u'],
    [3_600_000, '3600000m'],
    [1e12, '16666667M'],
  ];
  for (const [ms, header] of timeouts) assert.equal(formatTimeout(ms), header);
  assert.equal(parseTimeout('250m'), 250);
  assert.equal(parseTimeout('2S'), 2000);
  assert.equal(parseTimeout('123456789S'), undefined);
  assert.equal(parseTimeout(''), undefined);
});
