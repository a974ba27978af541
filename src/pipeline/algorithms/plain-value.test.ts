import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainCopy } from './plain-value.js';

test('plain data is copied: what the algorithm changes later does not change what it gave', () => {
  const given = { count: 1, names: ['a', null], deep: { is: true } };
  const copy = plainCopy(given, 'it');
  given.count = 2;
  given.names.push('b');
  given.deep.is = false;
  assert.deepEqual(copy, { count: 1, names: ['a', null], deep: { is: true } });
  assert.equal(plainCopy(undefined, 'it'), undefined);
  assert.deepEqual(plainCopy({ there: 0, not: undefined }, 'it'), { there: 0 });
  assert.deepEqual(plainCopy(Object.assign(Object.create(null), { a: 1 }), 'it'), { a: 1 });
});

test('the same part twice is no cycle', () => {
  const part = { a: 1 };
  assert.deepEqual(plainCopy([part, part], 'it'), [{ a: 1 }, { a: 1 }]);
});

test('a key called __proto__ stays a key', () => {
  const copy = plainCopy(JSON.parse('{"__proto__": {"a": 1}}'), 'it');
  assert.equal(JSON.stringify(copy), '{"__proto__":{"a":1}}');
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
});

class Counts {
  total = 1;
}
const loop: Record<string, unknown> = { name: 'a' };
loop['self'] = [loop];
let deep: unknown = 1;
for (let level = 0; level < 70; level++) deep = [deep];

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [() => 1, /it gave what is no plain data: the result is a function; only data can be given/],
  [{ a: [1, { b: () => 1 }] }, /a\[1\]\.b is a function/],
  [{ a: Number.NaN }, /a is NaN, which JSON does not hold; give null/],
  [{ a: Infinity }, /a is Infinity/],
  [{ a: 10n }, /a is a BigInt; write String\(it\)/],
  [{ a: Symbol('x') }, /a is a symbol/],
  [[undefined], /\[0\] is undefined; give null/],
  [new Counts(), /the result is a Counts; give its data as a plain object/],
  [{ a: new Float32Array(2) }, /a is a Float32Array; write Array\.from\(it\)/],
  [new Map(), /is a Map; write Object\.fromEntries\(it\)/],
  [new Set(), /is a Set; write \[\.\.\.it\]/],
  [new Date(0), /is a Date; write its toISOString\(\) or getTime\(\)/],
  [{ later: Promise.resolve(1) }, /later is a promise; await it/],
  [loop, /self\[0\] holds itself/],
  [deep, /more than 64 levels deep/],
];

for (const [given, message] of REFUSED)
  test(`refused: ${message.source}`, () => assert.throws(() => plainCopy(given, 'it'), { code: 'INVALID_ARGUMENT', message }));
