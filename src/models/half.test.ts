import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHalf, toHalf } from './half.js';

test('every half-precision number goes to a number and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromHalf(bits);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(toHalf(value))));
    else assert.equal(toHalf(value), bits);
  }
});

test('known numbers, rounding to even, and what is too large', () => {
  // IEEE 754-2008 binary16: 1, -2, the smallest subnormal, the largest number, one third.
  const cases: [number, number][] = [
    [1, 0x3c00],
    [-2, 0xc000],
    [2 ** -24, 0x0001],
    [65_504, 0x7bff],
    [1 / 3, 0x3555],
    // Halfway between 2048 and 2050 goes to the even fraction, between 2050 and 2052 too.
    [2049, 0x6800],
    [2051, 0x6802],
    [2 ** -25, 0],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [-Infinity, 0xfc00],
  ];
  for (const [value, bits] of cases) assert.equal(toHalf(value), bits, String(value));
});
