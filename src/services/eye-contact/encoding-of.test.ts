import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VideoEncoding } from '../../media/index.js';
import { OutputVideoEncodingSchema } from '../../wire/eye-contact.js';
import { create, type MessageInitShape } from '../../wire/index.js';
import { bitsPerSecondFor, encodingOf } from './encoding-of.js';

const VIDEO = { codedSize: { width: 1280, height: 720 }, frameRate: { num: 30, den: 1 } };

function encoded(encodingType: MessageInitShape<typeof OutputVideoEncodingSchema>['encodingType']): VideoEncoding {
  const choice = encodingOf(create(OutputVideoEncodingSchema, { encodingType: encodingType! }));
  return typeof choice === 'function' ? choice(VIDEO as never) : choice;
}

/** A wrapped value as it stands in the message, by its bytes. */
const wrapped = (type: string, ...bytes: readonly number[]) => ({
  typeUrl: `type.googleapis.com/google.protobuf.${type}`,
  value: Uint8Array.from(bytes),
});

function int(value: number) {
  const bytes = [0x08];
  let left = value;
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128);
  return wrapped('Int32Value', ...bytes, left);
}

test('without a word, the quality is constant; lossless is lossless', () => {
  assert.deepEqual(encodingOf(undefined), {});
  assert.deepEqual(encoded({ case: 'lossless', value: true }), { lossless: true });
  assert.deepEqual(encoded({ case: 'lossless', value: false }), {});
});

test('a rate is obeyed; without one it follows from the picture: 3 Mbit/s at 720p', () => {
  assert.deepEqual(encoded({ case: 'lossy', value: { bitrate: 2_000_000, idrInterval: 4 } }), { keyFrameEvery: 4, bitsPerSecond: 2_000_000 });
  const { bitsPerSecond, keyFrameEvery } = encoded({ case: 'lossy', value: {} });
  assert.equal(keyFrameEvery, 8);
  assert.equal(bitsPerSecond, bitsPerSecondFor(VIDEO));
  assert.ok(Math.abs(bitsPerSecond! - 3e6) < 1e5);
  assert.throws(() => encoded({ case: 'lossy', value: { bitrate: 0, idrInterval: 0 } }), {
    message: /bitrate must be above 0.*idr_interval must be above 0/,
  });
});

test('custom properties that mean something are obeyed', () => {
  const custom = { bitrate: int(1_000_000), maxbitrate: int(2_000_000), idrinterval: int(12), 'num-B-Frames': int(0) };
  assert.deepEqual(encoded({ case: 'customEncoding', value: { custom } }), {
    bitsPerSecond: 1_000_000,
    maxBitsPerSecond: 2_000_000,
    keyFrameEvery: 12,
    bFrames: 0,
  });
});

test('the others are refused by name, all of them at once, and so are values that are no numbers', () => {
  const custom = {
    sharpness: int(1),
    toString: int(1),
    idrinterval: wrapped('FloatValue', 0x0d, 0, 0, 0xc0, 0x3f),
    bitrate: wrapped('StringValue', 0x0a, 4, 0x6d, 0x75, 0x63, 0x68),
    maxbitrate: { typeUrl: 'type.googleapis.com/some.Other', value: new Uint8Array([1]) },
  };
  assert.throws(
    () => encoded({ case: 'customEncoding', value: { custom } }),
    (error: Error) => {
      for (const name of Object.keys(custom)) assert.match(error.message, new RegExp(`"${name}"`));
      return true;
    },
  );
});
