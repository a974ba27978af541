import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGrpcClient } from './client.js';
import { openGrpcServer } from './server.js';

test('many large messages at a time are answered, however much memory their session takes', { timeout: 60_000 }, async () => {
  const server = await openGrpcServer({ methods: new Map([['/a/B', { kind: 'unary', handle: (request) => request }]]) });
  const client = createGrpcClient({ url: `http://127.0.0.1:${server.port}` });
  const message = new Uint8Array(1 << 20);
  const sizes = await Promise.all(
    Array.from({ length: 32 }, async () => {
      await client.unary('/a/B', message);
      return (await client.unary('/a/B', message)).byteLength;
    }),
  );
  assert.ok(sizes.every((size) => size === message.byteLength));
  await client.close();
  await server.close(100);
});
