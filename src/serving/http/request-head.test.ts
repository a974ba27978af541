import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { parseRequestHead } from './request-head.js';

const head = (...lines: readonly string[]): string => lines.join('\r\n');

test('a head says method, path, headers and how long the body is', () => {
  const read = parseRequestHead(head('POST /v2/models/a%20b/infer?x=1 HTTP/1.1', 'Host: a', 'X-One: 1 ', 'x-one:2', 'Content-Length: 12'));
  assert.deepEqual([read.method, read.path, read.length, read.keepAlive, read.readsChunks], ['POST', '/v2/models/a%20b/infer', 12, true, true]);
  assert.equal(read.headers.get('x-one'), '1, 2');
  assert.equal(parseRequestHead(head('GET / HTTP/1.1', 'host: a')).length, 0);
  assert.equal(parseRequestHead(head('POST / HTTP/1.1', 'host: a', 'Transfer-Encoding: Chunked')).length, undefined);
  assert.equal(parseRequestHead(head('POST / HTTP/1.1', 'host: a', 'Expect: 100-continue', 'content-length: 1')).waits, true);
});

test('a connection is kept as its version and its header say', () => {
  const keeps = (version: string, ...more: readonly string[]): boolean =>
    parseRequestHead(head(`GET / HTTP/${version}`, 'host: a', ...more)).keepAlive;
  assert.deepEqual(
    [keeps('1.1'), keeps('1.1', 'Connection: Close'), keeps('1.1', 'connection: te, close'), keeps('1.0'), keeps('1.0', 'connection: keep-alive')],
    [true, false, false, false, true],
  );
});

test('what two readers could understand in two ways is refused', () => {
  for (const lines of [
    ['GET / HTTP/2.0', 'host: a'],
    ['GET  / HTTP/1.1', 'host: a'],
    ['GET /a b HTTP/1.1', 'host: a'],
    ['GET / HTTP/1.1'],
    ['GET / HTTP/1.1', 'host: a', 'host: b'],
    ['GET / HTTP/1.1', 'host: a', 'x : 1'],
    ['GET / HTTP/1.1', 'host: a', ' folded'],
    ['GET / HTTP/1.1', 'host: a', 'x: a\nb: c'],
    ['GET / HTTP/1.1', 'host: a', 'x: a\0'],
    ['GET / HTTP/1.1', 'host: a', 'content-length: 1', 'content-length: 1'],
    ['GET / HTTP/1.1', 'host: a', 'content-length: +1'],
    ['GET / HTTP/1.1', 'host: a', 'content-length: 1', 'transfer-encoding: chunked'],
    ['GET / HTTP/1.1', 'host: a', 'transfer-encoding: gzip, chunked'],
    ['GET / HTTP/1.0', 'host: a', 'transfer-encoding: chunked'],
  ])
    assert.throws(() => parseRequestHead(head(...lines)), { code: 'INVALID_ARGUMENT', message: /^the request is no HTTP\/1\.1: / }, lines.join('|'));
});

test('damaged heads end in a fault or are read, never otherwise', () => {
  const seed = new TextEncoder().encode(head('POST /v2/models/simple/infer HTTP/1.1', 'Host: a', 'Content-Length: 12', 'Accept: */*'));
  for (const bytes of mutations(seed, 2000, random(3)))
    try {
      const { length } = parseRequestHead(Buffer.from(bytes).toString('latin1'));
      assert.ok(length === undefined || Number.isSafeInteger(length));
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
});
