import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamsFromFront } from './box-order.js';

function box(type: string, content = 8): Uint8Array {
  const bytes = Buffer.alloc(8 + content);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.write(type, 4, 'latin1');
  return bytes;
}

const file = (...types: string[]): Uint8Array => Buffer.concat(types.map((type) => box(type)));

test('an index before the pictures can be streamed, one behind them cannot', () => {
  assert.equal(streamsFromFront(file('ftyp', 'free', 'moov', 'mdat')), true);
  assert.equal(streamsFromFront(file('ftyp', 'mdat', 'moov')), false);
});

test('as long as neither has come, more is wanted', () => {
  for (let length = 0; length < 40; length++) {
    const answer = streamsFromFront(file('ftyp', 'free', 'moov').subarray(0, length));
    assert.equal(answer, undefined, `${length} bytes`);
  }
});

test('WebM streams; what is no video is read whole, so that libav can say what it is', () => {
  assert.equal(streamsFromFront(Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0])), true);
  assert.equal(streamsFromFront(Buffer.from('GIF89a and more of it')), false);
});

test('sizes of 64 bits are understood, sizes that cannot be end the search', () => {
  const wide = Buffer.concat([box('free', 16), box('moov')]);
  wide.writeUInt32BE(1, 0);
  wide.writeBigUInt64BE(24n, 8);
  assert.equal(streamsFromFront(wide), true);
  const wrong = Buffer.from(file('ftyp', 'moov'));
  wrong.writeUInt32BE(3, 0);
  assert.equal(streamsFromFront(wrong), false);
});

test('any bytes at all get an answer', () => {
  let state = 12_345;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) & 0xff;
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(Array.from({ length: random() }, random));
    if (round % 2 === 0 && bytes.length > 8) bytes.write('ftyp', 4, 'latin1');
    assert.ok([true, false, undefined].includes(streamsFromFront(bytes)));
  }
});
