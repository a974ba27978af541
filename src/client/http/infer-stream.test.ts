import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createHttpClient, type HttpInferenceClient, tensor } from '../index.js';

async function withServer(listener: RequestListener, use: (client: HttpInferenceClient) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using client = createHttpClient(`127.0.0.1:${(server.address() as AddressInfo).port}`, { retry: false });
  try {
    await use(client);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function sums(client: HttpInferenceClient): Promise<unknown[]> {
  const got: unknown[] = [];
  try {
    for await (const result of client.inferStream('m', { IN: tensor('INT32', [2], [1, 2]) }, { parameters: { n: 3 } }))
      got.push([result.output('OUT', 'INT32').shape, ...result.output('OUT', 'INT32').data]);
  } catch (error) {
    got.push((error as Error).message);
  }
  return got;
}

const response = (value: number): string =>
  JSON.stringify({ model_name: 'm', model_version: '1', outputs: [{ name: 'OUT', datatype: 'INT32', shape: [1, 1], data: [value] }] });

test('a server that streams inference responses keeps their shapes; an error among them ends the stream', () =>
  withServer(
    (request, answer) => {
      assert.match(request.headers.accept ?? '', /text\/event-stream/);
      answer.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (const text of [response(1), response(2), '{"error":"it fell over"}']) answer.write(`data: ${text}\n\n`);
      answer.end();
    },
    async (client) => {
      assert.deepEqual(await sums(client), [[[1, 1], 1], [[1, 1], 2], 'it fell over']);
    },
  ));

test('one that answers once gives one result, and its refusals are told', () => {
  let refuse = false;
  return withServer(
    (_, answer) => {
      answer.writeHead(refuse ? 503 : 200, { 'content-type': 'application/json' }).end(refuse ? '{"error":"busy"}' : response(7));
    },
    async (client) => {
      assert.deepEqual(await sums(client), [[[1, 1], 7]]);
      refuse = true;
      assert.deepEqual(await sums(client), ['busy']);
    },
  );
});

test('where infer does not take decoupled models, generate_stream does: its values become tensors of the type that the model tells', () => {
  const bodies: string[] = [];
  return withServer(
    (request, answer) => {
      if (request.url === '/v2/models/m')
        answer.end(
          JSON.stringify({ name: 'm', versions: ['1'], platform: '', inputs: [], outputs: [{ name: 'OUT', datatype: 'INT32', shape: [1] }] }),
        );
      else if (request.url === '/v2/models/m/infer') answer.writeHead(501).end('{"error":"no decoupled models"}');
      else {
        request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
        answer.writeHead(200, { 'content-type': 'text/event-stream' });
        answer.end('data: {"model_name":"m","model_version":"1","OUT":4}\n\ndata: {"model_name":"m","model_version":"1","OUT":[5,6]}\n\n');
      }
    },
    async (client) => {
      assert.deepEqual(await sums(client), [[[1], 4], [[2], 5, 6]]); // prettier-ignore
      assert.deepEqual(bodies, ['{"IN":[1,2],"parameters":{"n":3}}']);
    },
  );
});
