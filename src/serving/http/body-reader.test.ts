import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { type BodyReader, bodyReader, ChunkedBody, FixedBody, wholeBody } from './body-reader.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Gives `bytes` in pieces of `size`; answers how many were taken. */
function feed(reader: BodyReader, bytes: Uint8Array, size: number): number {
  let taken = 0;
  for (let at = 0; at < bytes.byteLength && !reader.done; at += size) taken += reader.push(bytes.subarray(at, at + size));
  return taken;
}

test('a body of known length is read in its two parts, wherever the pieces end', () => {
  const bytes = Buffer.from('headTAILnext');
  for (const size of [1, 2, 3, 5, 8, 12])
    for (const cut of [0, 1, 4, 8, 20]) {
      const reader = new FixedBody(8, cut);
      assert.equal(feed(reader, bytes, size), 8);
      const { head, tail } = reader.body();
      assert.deepEqual([text(head), text(tail)], ['headTAIL'.slice(0, cut), 'headTAIL'.slice(cut)], `${size} ${cut}`);
      assert.equal(text(wholeBody(reader.body())), 'headTAIL');
    }
});

test('the second part lies in memory of its own', () => {
  const reader = new FixedBody(12, 4);
  reader.push(Buffer.from('headtailtail'));
  const { tail } = reader.body();
  assert.deepEqual([tail.byteOffset, tail.buffer.byteLength], [0, 8]);
});

const CHUNKS = Buffer.from('5;x=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\nGET');

test('chunks are put together, with extensions and trailers', () => {
  for (const size of [1, 2, 7, 100]) {
    const reader = new ChunkedBody(100);
    assert.equal(feed(reader, CHUNKS, size), CHUNKS.byteLength - 3);
    assert.equal(text(reader.body().head), 'hello0123456789');
  }
});

test('a body over the limit is refused, told or not', () => {
  assert.throws(() => bodyReader(101, 100, undefined), { code: 'PAYLOAD_TOO_LARGE' });
  assert.throws(() => feed(new ChunkedBody(10), CHUNKS, 3), { code: 'PAYLOAD_TOO_LARGE' });
});

test('a body that nobody wants is passed over', () => {
  for (const reader of [new FixedBody(8, 3), new ChunkedBody(100)]) {
    reader.push(Buffer.from('3\r\na'));
    reader.drop();
    feed(reader, Buffer.from('bc\r\n0\r\n\r\n'), 1);
    assert.ok(reader.done);
  }
});

test('damaged chunks end in a fault or in a body, never otherwise', () => {
  const next = random(4);
  for (const bytes of mutations(CHUNKS, 2000, next))
    try {
      feed(new ChunkedBody(1000), bytes, 1 + Math.floor(next() * 20));
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
});
