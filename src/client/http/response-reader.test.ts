import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { ResponseReader } from './response-reader.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Read {
  readonly status: number;
  readonly keepAlive: boolean;
  body: string;
  ended: boolean;
}

/** What a reader makes of `input`, given in pieces of `size` bytes. */
function read(input: Uint8Array, size: number, finish = true): Read[] {
  const all: Read[] = [];
  const reader = new ResponseReader({
    head: ({ status, keepAlive }) => void all.push({ status, keepAlive, body: '', ended: false }),
    data: (piece) => void (all.at(-1)!.body += new TextDecoder('latin1').decode(piece)),
    end: () => void (all.at(-1)!.ended = true),
  });
  for (let at = 0; at < input.byteLength; at += size) reader.push(input.subarray(at, at + size));
  if (finish) reader.finish();
  return all;
}

const SAMPLES: readonly (readonly [title: string, text: string, expected: Omit<Read, 'ended'>])[] = [
  ['a body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', { status: 200, keepAlive: true, body: 'hello' }],
  ['an empty body', 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n', { status: 400, keepAlive: true, body: '' }],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, keepAlive: true, body: '' }],
  [
    'chunks, with extensions and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\nA\r\n 0123456789\r\n0\r\nx: y\r\n\r\n'.replace(
      ' 0123456789',
      '0123456789',
    ),
    { status: 200, keepAlive: true, body: 'hello0123456789' },
  ],
  ['a body up to the end', 'HTTP/1.0 200 OK\r\n\r\nhello', { status: 200, keepAlive: false, body: 'hello' }],
  ['a connection that closes', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx', { status: 200, keepAlive: false, body: 'x' }],
  [
    'an interim answer first',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    { status: 200, keepAlive: true, body: 'x' },
  ],
];

for (const [title, text, expected] of SAMPLES)
  test(`reads ${title}, in one piece or byte by byte`, () => {
    for (const size of [1, 2, 7, text.length]) assert.deepEqual(read(bytes(text), size), [{ ...expected, ended: true }]);
  });

test('answers follow one another on a connection', () => {
  const two = SAMPLES[0]![1] + SAMPLES[3]![1];
  assert.deepEqual(
    read(bytes(two), 11).map(({ body }) => body),
    ['hello', 'hello0123456789'],
  );
});

test('what is no HTTP/1.1 is refused, and an answer that breaks off is told', () => {
  for (const text of [
    'HTTP/2 200\r\n\r\n',
    'SSH-2.0-OpenSSH\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nxy\r\n',
  ])
    assert.throws(() => read(bytes(text), 1000), { code: 'INPUT_CORRUPT', message: /^the server's answer is no HTTP\/1\.1: / }, text);
  assert.throws(() => read(bytes('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel'), 1000), { code: 'UNAVAILABLE' });
  assert.throws(() => read(new Uint8Array(70_000).fill(65), 1000, false), { code: 'INPUT_CORRUPT' });
});

test('damaged answers end in a fault or in an answer, never otherwise', () => {
  const next = random(7);
  for (const [, text] of SAMPLES)
    for (const damaged of mutations(bytes(text), 400, next))
      try {
        read(damaged, 1 + Math.floor(next() * 40));
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
      }
});
