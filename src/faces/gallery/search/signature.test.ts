import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../../testing/fuzz.js';
import { Signer } from './signature.js';

function differing(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  a.forEach((word, i) => {
    for (let rest = (word ^ b[i]!) >>> 0; rest > 0; rest >>>= 1) bits += rest & 1;
  });
  return bits;
}

const signatureOf = (values: Float32Array): Uint32Array => {
  const words = new Uint32Array(16);
  new Signer(values.length).sign(values, words, 0);
  return words;
};

for (const dimensions of [64, 128, 512, 600, 1024, 2048])
  test(`the share of differing bits follows the angle, with ${dimensions} dimensions`, () => {
    const next = random(dimensions);
    const noise = (): Float32Array => Float32Array.from({ length: dimensions }, () => next() - 0.5);
    for (const degrees of [0, 30, 60, 90, 180]) {
      let bits = 0;
      for (let round = 0; round < 20; round++) {
        const a = noise();
        const other = noise();
        const length = (values: Float32Array): number => Math.hypot(...values);
        const along = a.reduce((sum, value, i) => sum + value * other[i]!, 0) / length(a) ** 2;
        const across = other.map((value, i) => value - along * a[i]!);
        const turn = (degrees * Math.PI) / 180;
        const b = a.map((value, i) => (value * Math.cos(turn)) / length(a) + (across[i]! * Math.sin(turn)) / length(across));
        bits += differing(signatureOf(a), signatureOf(b));
      }
      // 10,240 bits, whose share has a standard deviation of at most 0.005; few dimensions make the bits depend on each other.
      assert.ok(Math.abs(bits / (20 * 512) - degrees / 180) < 0.03, `${degrees} degrees: ${bits / (20 * 512)}`);
    }
  });
