import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { mutations, random } from '../../testing/fuzz.js';
import type { Exchange } from './exchange.js';
import { type HttpServer, openHttpServer } from './http-server.js';

let server: HttpServer;
/** Of exchanges to /wait: the way to answer them. */
const waiting: Exchange[] = [];

before(async () => {
  const echo = (exchange: Exchange): void => {
    if (exchange.path === '/wait') waiting.push(exchange);
    else if (exchange.path === '/refuse') exchange.replyJson('"no"', 400);
    else if (exchange.path === '/stream') {
      exchange.begin('text/plain');
      void exchange.write('one').then(() => exchange.write('two').then(() => exchange.end()));
    } else
      exchange.body().then(
        (body) => exchange.replyText(`${exchange.method} ${Buffer.from(body).toString('latin1')}`),
        () => {},
      );
  };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, answer: echo, maxBodyBytes: 1000, tls: undefined });
});
after(() => server.close(100));

async function open(): Promise<{ readonly socket: Socket; text(): string; has(wanted: RegExp): Promise<void> }> {
  const socket = connect(server.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  let all = '';
  socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
  const has = async (wanted: RegExp): Promise<void> => {
    while (!wanted.test(all)) await once(socket, 'data');
  };
  return { socket, text: () => all, has };
}

/** All that the server answers until it closes the connection. */
async function answerTo(...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const { socket, text } = await open();
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return text();
}

const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test('requests that come together are answered in their order', async () => {
  const post = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n';
  const text = await answerTo(
    `${post}ab${post}cd\r\nPOST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ne\r\n1\r\nf\r\n0\r\n\r\n${LAST}`,
  );
  assert.deepEqual(text.match(/^(POST|GET) .*?(?=HTTP|$)/gms), ['POST ab', 'POST cd', 'POST ef', 'GET ']);
  assert.equal(text.match(/HTTP\/1\.1 200 OK\r\n/g)?.length, 4);
  assert.match(text, /\r\nConnection: keep-alive\r\nKeep-Alive: timeout=120\r\n[^]*\r\nConnection: close\r\n/);
});

test('a request may come byte by byte', async () => {
  const { socket, has } = await open();
  for (const char of 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc') socket.write(char);
  await has(/POST abc$/);
  socket.destroy();
});

test('a client that waits for a word before its body gets one', async () => {
  const { socket, has } = await open();
  socket.write('POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await has(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  socket.write('abc');
  await has(/POST abc$/);
  socket.destroy();
});

test('a refused body does not hold up what follows', async () => {
  const text = await answerTo('POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nab', 'cdef', LAST);
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n[^]*"no"HTTP\/1\.1 200 OK\r\n[^]*GET $/);
});

test('an answer of unknown length goes in chunks, or ends with the connection for HTTP/1.0', async () => {
  assert.match(
    await answerTo('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n', LAST),
    /\r\nTransfer-Encoding: chunked\r\n[^]*\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\nHTTP/,
  );
  assert.match(await answerTo('GET /stream HTTP/1.0\r\n\r\n'), /\r\nConnection: close\r\n\r\nonetwo$/);
});

test('HEAD is answered without the body', async () => {
  assert.match(await answerTo('HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /\r\nContent-Length: 5\r\n[^]*\r\n\r\n$/);
});

test('what is no HTTP/1.1 is refused and the connection closed', async () => {
  const ask = (text: string): Promise<string> => answerTo(text);
  assert.match(await ask('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n\r\n\{"error":"the request is no HTTP/);
  assert.match(await ask(`GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(70_000)}`), /^HTTP\/1\.1 400 [^]*longer than 64 KiB/);
  assert.match(await ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n'), /^HTTP\/1\.1 413 /);
  assert.match(await ask('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'), /^HTTP\/1\.1 400 [^]*is no size of a chunk/);
});

test('a client that goes in mid-request is told to whoever answers it', async () => {
  const { socket } = await open();
  socket.write('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n');
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const exchange = waiting.pop()!;
  const aborted = once(exchange.signal, 'abort');
  socket.destroy();
  await aborted;
  exchange.replyText('nobody reads this');
  assert.ok(exchange.ended);
});

test('closing lets the answer under way end', async () => {
  const other = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    answer: (exchange) => void waiting.push(exchange),
    maxBodyBytes: 10,
    tls: undefined,
  });
  const idle = connect(other.port, '127.0.0.1');
  const busy = connect(other.port, '127.0.0.1');
  let text = '';
  busy.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  busy.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const closing = other.close(10_000);
  await once(idle.resume(), 'close');
  waiting.pop()!.replyText('done');
  await closing;
  assert.match(text, /\r\nConnection: close\r\n\r\ndone$/);
});

test('no bytes bring the server down', async () => {
  const seed = Buffer.from(
    'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab',
  );
  for (const bytes of mutations(seed, 200, random(11))) {
    const { socket } = await open();
    socket.end(bytes);
    await once(socket, 'close');
  }
  assert.match(await answerTo(LAST), /^HTTP\/1\.1 200 OK/);
});
