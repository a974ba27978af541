import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectsOf } from './event-stream.js';

async function read(text: string, type: string, size: number): Promise<unknown[]> {
  const bytes = new TextEncoder().encode(text);
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const all: unknown[] = [];
  for await (const object of objectsOf(pieces(), type)) all.push(Object.fromEntries(object));
  return all;
}

test('events and lines are read however they are cut, umlauts too', async () => {
  const events = ': comment\r\nevent: x\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata:{"b":"ü"}\n\ndata: {"c":[]}';
  const lines = '{"a":1}\n\n{"b":"ü"}\r\n{"c":[]}';
  for (const size of [1, 2, 5, 1000]) {
    assert.deepEqual(await read(events, 'text/event-stream; charset=utf-8', size), [{ a: 1 }, { b: 'ü' }, { c: [] }]);
    assert.deepEqual(await read(lines, 'application/x-ndjson', size), [{ a: 1 }, { b: 'ü' }, { c: [] }]);
  }
});

test("an error within the stream is a fault with the server's text; what is no object is refused", async () => {
  await assert.rejects(read('data: {"error":"model fell over"}\n\n', 'text/event-stream', 9), { code: 'UNKNOWN', message: 'model fell over' });
  await assert.rejects(read('data: 5\n\n', 'text/event-stream', 9), { code: 'INPUT_CORRUPT' });
});
