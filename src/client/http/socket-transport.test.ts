import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { serverAddress } from '../server-address.js';
import { createSocketTransport, type SocketTransportOptions } from './socket-transport.js';
import type { HttpRequest, HttpTransport } from './transport.js';

const post = (path: string, body = ''): HttpRequest => ({ method: 'POST', path, headers: { 'x-a': 'b' }, chunks: [new TextEncoder().encode(body)] });
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function withServer(
  listener: RequestListener,
  use: (transport: HttpTransport, server: Server, connections: () => number) => Promise<void>,
  options: SocketTransportOptions = {},
): Promise<void> {
  let connections = 0;
  const server = createServer(listener).on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createSocketTransport(serverAddress(`127.0.0.1:${(server.address() as AddressInfo).port}/base`, 80), options);
  try {
    await use(transport, server, () => connections);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('x-path', `${request.method} ${request.url} ${request.headers['x-a']}`);
    response.end(Buffer.concat(chunks));
  });
};

test('requests travel with path, headers and body, one after the other on one connection', () =>
  withServer(echo, async (transport, _, connections) => {
    for (const body of ['one', '', 'x'.repeat(3_000_000)]) {
      const answer = await transport.exchange(post('/v2', body));
      assert.deepEqual([answer.status, answer.header('x-path'), text(answer.body) === body], [200, 'POST /base/v2 b', true]);
    }
    assert.equal(connections(), 1);
    await transport.close();
    await assert.rejects(transport.exchange(post('/v2')), { code: 'UNAVAILABLE', message: /closed/ });
  }));

test('no more connections than allowed: the rest waits its turn', () =>
  withServer(
    echo,
    async (transport, _, connections) => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_unused, i) => transport.exchange(post('/', `${i}`))));
      assert.deepEqual(answers.map(({ body }) => text(body)), Array.from({ length: 20 }, (_unused, i) => `${i}`)); // prettier-ignore
      assert.equal(connections(), 3);
    },
    { connections: 3 },
  ));

test('a connection that the server has closed is not used again', () =>
  withServer(echo, async (transport, server, connections) => {
    await transport.exchange(post('/'));
    server.closeIdleConnections();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await transport.exchange(post('/', 'again'))).status, 200);
    assert.equal(connections(), 2);
  }));

test('a stream is read as it comes; leaving it ends the connection', () => {
  let gone: Promise<unknown> | undefined;
  return withServer(
    (_, response) => {
      gone = once(response, 'close');
      response.write('a');
      const timer = setInterval(() => response.write('b'), 1);
      response.on('close', () => clearInterval(timer));
    },
    async (transport) => {
      const answer = await transport.stream(post('/'));
      let all = '';
      for await (const piece of answer.body) {
        all += text(piece);
        if (all.length >= 3) break;
      }
      assert.match(all, /^abb/);
      await gone;
    },
  );
});

test('a reader that is slow holds the server back', () => {
  let written = 0;
  return withServer(
    (_, response) => {
      const block = Buffer.alloc(1 << 20);
      const write = (): void => {
        while (written < 200 && response.write(block)) written++;
      };
      response.on('drain', write);
      write();
    },
    async (transport) => {
      const answer = await transport.stream(post('/'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.ok(written < 50, `${written} MiB were sent ahead`);
      for await (const _ of answer.body) break;
    },
  );
});

test('an abort ends the exchange, and what waits for a connection too', () =>
  withServer(
    () => {},
    async (transport) => {
      const controller = new AbortController();
      const calls = [1, 2].map(() => transport.exchange({ ...post('/'), signal: controller.signal }));
      setTimeout(() => controller.abort(), 10);
      for (const call of calls) await assert.rejects(call, { code: 'CANCELLED' });
    },
    { connections: 1 },
  ));

test('headers with line breaks are refused', () =>
  withServer(echo, async (transport) => {
    await assert.rejects(transport.exchange({ ...post('/'), headers: { 'x-a': 'b\r\nx-evil: 1' } }), { code: 'INVALID_ARGUMENT', message: /"x-a"/ });
  }));

test('servers that close without an answer, or in the middle of one, or answer nonsense, are told apart', async () => {
  const answers: Record<string, (socket: Socket) => void> = {
    'without an answer': (socket) => socket.end(),
    'in the middle': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    'no HTTP': (socket) => socket.end('220 smtp ready\r\n\r\n'),
  };
  for (const [words, answer] of Object.entries(answers)) {
    const server = createPlainServer((socket) => {
      socket.on('error', () => {}).once('data', () => answer(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const transport = createSocketTransport(serverAddress(`127.0.0.1:${(server.address() as AddressInfo).port}`, 80));
    await assert.rejects(transport.exchange(post('/')), { message: new RegExp(words) });
    server.close();
  }
});
