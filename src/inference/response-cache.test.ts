import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../core/index.js';
import { ResponseCache, cacheKey } from './response-cache.js';

const floats = (name: string, ...data: number[]): Tensor => ({ name, datatype: 'FP32', shape: [data.length], data: Float32Array.from(data) });
const texts = (...words: string[]): Tensor => ({ name: 't', datatype: 'BYTES', shape: [words.length], data: words.map((word) => Buffer.from(word)) });
const answer = (...data: number[]) => ({ outputs: [floats('y', ...data)] });

test('keys are equal for equal inputs in any order, and for nothing else', () => {
  const key = cacheKey('m', [floats('a', 1), floats('b', 2)], undefined);
  assert.equal(cacheKey('m', [floats('b', 2), floats('a', 1)], undefined), key);
  const others = [
    cacheKey('n', [floats('a', 1), floats('b', 2)], undefined),
    cacheKey('m', [floats('a', 1), floats('b', 2)], ['y']),
    cacheKey('m', [floats('a', 1), floats('b', 3)], undefined),
    cacheKey('m', [floats('a', 1, 2)], undefined),
    cacheKey('m', [{ ...floats('a', 1, 2), shape: [1, 2] }], undefined),
    cacheKey('m', [texts('ab', 'c')], undefined),
    cacheKey('m', [texts('a', 'bc')], undefined),
  ];
  assert.equal(new Set([key, ...others]).size, others.length + 1);
});

test('an answer is kept and given out as copies', () => {
  const cache = new ResponseCache(10_000);
  const given = answer(1, 2);
  cache.put('k', given);
  (given.outputs[0]!.data as Float32Array)[0] = 9;
  const first = cache.get('k')!;
  assert.deepEqual(first, answer(1, 2));
  (first.outputs[0]!.data as Float32Array)[0] = 9;
  assert.deepEqual(cache.get('k'), answer(1, 2));
});

test('what was not asked for longest makes room; what is too large is not kept; nothing is counted twice', () => {
  const cache = new ResponseCache(700);
  for (const key of ['a', 'b', 'b']) cache.put(key, answer(1));
  cache.get('a');
  cache.put('c', answer(1));
  assert.deepEqual([cache.get('b'), cache.size], [undefined, 2]);
  assert.ok(cache.get('a') && cache.get('c'));
  cache.put('d', answer(...Array.from({ length: 200 }, () => 0)));
  assert.equal(cache.get('d'), undefined);
  cache.clear('a');
  cache.clear('c');
  assert.deepEqual([cache.size, cache.bytes], [0, 0]);
});
