import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../core/index.js';
import { mutations, random } from '../../../testing/fuzz.js';
import { encodeHeaders, type Header, HpackDecoder } from './hpack.js';
import { decodeHuffman } from './huffman.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 7541, C.4: three requests of one connection, Huffman-coded. */
const REQUESTS: readonly (readonly [block: string, headers: readonly Header[]])[] = [
  [
    '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ],
  ],
  [
    '8286 84be 5886 a8eb 1064 9cbf',
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
      ['cache-control', 'no-cache'],
    ],
  ],
  [
    '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ],
  ],
];

test('the requests of the specification are read', () => {
  const decoder = new HpackDecoder();
  for (const [block, headers] of REQUESTS) assert.deepEqual(decoder.decode(hex(block)), headers);
});

test('every byte has its Huffman code', () => {
  // RFC 7541, C.6.1 and C.6.3.
  assert.equal(decodeHuffman(hex('d07abe941054d444a8200595040b8166e082a62d1bff')), 'Mon, 21 Oct 2013 20:13:21 GMT');
  assert.equal(
    decodeHuffman(hex('94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07')),
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  );
  for (const bad of ['1c', 'ffffffff', '00ff00']) assert.throws(() => decodeHuffman(hex(bad)), { code: 'INPUT_CORRUPT' }, bad);
});

test('the table forgets the oldest when it is full, and is emptied by its size', () => {
  const decoder = new HpackDecoder();
  const added = (name: string, value: string): Buffer =>
    Buffer.concat([Uint8Array.of(0x40, name.length), Buffer.from(name), Uint8Array.of(value.length), Buffer.from(value)]);
  for (let i = 0; i < 100; i++) decoder.decode(added(`name-${i}`, 'x'.repeat(100)));
  assert.deepEqual(decoder.decode(Buffer.of(0x80 | 62)), [['name-99', 'x'.repeat(100)]]);
  // 4096 bytes hold 29 headers of 32 + 7 + 100 bytes.
  assert.deepEqual(decoder.decode(Buffer.of(0x80 | 90)), [['name-71', 'x'.repeat(100)]]);
  assert.throws(() => decoder.decode(Buffer.of(0x80 | 91)), { code: 'INPUT_CORRUPT', message: /no header 91/ });
  const before = decoder.version;
  decoder.decode(Buffer.of(0x20));
  assert.notEqual(decoder.version, before);
  assert.throws(() => decoder.decode(Buffer.of(0x80 | 62)), { code: 'INPUT_CORRUPT' });
  assert.throws(() => decoder.decode(Buffer.of(0x3f, 0xe2, 0x1f)), { message: /was not offered/ });
});

test('what is written is read', () => {
  const headers: readonly Header[] = [
    [':status', '200'],
    [':status', '415'],
    ['content-type', 'application/grpc+proto'],
    ['grpc-status', '0'],
    ['grpc-message', 'x'.repeat(5000)],
    ['authorization', ''],
  ];
  assert.deepEqual(new HpackDecoder().decode(encodeHeaders(headers)), headers);
});

test('damaged blocks end in a fault or in headers, never otherwise', () => {
  const next = random(5);
  for (const [block] of REQUESTS)
    for (const bytes of mutations(hex(block), 1000, next))
      try {
        new HpackDecoder().decode(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
      }
});
