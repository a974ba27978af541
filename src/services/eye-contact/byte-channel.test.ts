import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { ByteChannel } from './byte-channel.js';

const PATIENCE_MS = 60_000;

test('a writer that is ahead waits until the reader has taken enough', async () => {
  const channel = new ByteChannel(10);
  let written = 0;
  const writing = (async () => {
    for (let i = 0; i < 5; i++) {
      await channel.push(new Uint8Array(6).fill(i));
      written++;
    }
    channel.end();
  })();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(written, 1, 'twelve bytes are more than ten');
  const read: number[] = [];
  for (let piece = await channel.take(4, PATIENCE_MS); piece; piece = await channel.take(4, PATIENCE_MS)) {
    assert.ok(piece.byteLength <= 4);
    read.push(...piece);
  }
  await writing;
  assert.deepEqual(read, [0, 1, 2, 3, 4].flatMap((value) => Array.from({ length: 6 }, () => value))); // prettier-ignore
});

test('a reader that loses patience is told so, and may ask again', async () => {
  const channel = new ByteChannel(10);
  assert.equal(await channel.take(4, 1), null);
  await channel.push(new Uint8Array([7]));
  assert.deepEqual(await channel.take(4, 1), new Uint8Array([7]));
  channel.end();
  assert.equal(await channel.take(4, 1), undefined);
});

test('a failure reaches both sides at once, whatever they wait for', async () => {
  const full = new ByteChannel(1);
  const writing = full.push(new Uint8Array(5));
  full.fail(new Fault('CANCELLED', 'gone'));
  await assert.rejects(writing, { code: 'CANCELLED' });
  await assert.rejects(full.take(1, PATIENCE_MS), { code: 'CANCELLED' });
  const empty = new ByteChannel(1);
  const reading = empty.take(1, PATIENCE_MS);
  empty.fail(new Fault('INPUT_CORRUPT', 'broken'));
  await assert.rejects(reading, { code: 'INPUT_CORRUPT' });
});
