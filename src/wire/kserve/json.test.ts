import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { parseJson, writeJson, type JsonValue } from './json.js';

/** Maps as objects, so that JSON.parse may be compared with. */
const plain = (value: JsonValue): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner as JsonValue)]));
  return Array.isArray(value) ? value.map(plain) : value;
};

test('it agrees with JSON.parse where that can read', () => {
  for (const text of [
    '{}',
    '[]',
    ' [1, -2.5e3,\t0.1, 1E2]\n',
    '{"a":{"b":[true,false,null]},"":""}',
    String.raw`"a\"\\\/\b\f\n\r\t\u0041\ud83d\ude00é"`,
    '-0',
    '9007199254740991',
  ])
    assert.deepEqual(plain(parseJson(new TextEncoder().encode(text))), JSON.parse(text), text);
});

test('it reads what JSON.parse cannot: 64-bit integers, NaN and infinities, and 1 apart from 1.0 in parameters', () => {
  assert.deepEqual(parseJson('[18446744073709551615,-9223372036854775808]'), [18_446_744_073_709_551_615n, -9_223_372_036_854_775_808n]);
  assert.deepEqual(parseJson('[NaN,Infinity,-Infinity,Inf,-Inf]'), [Number.NaN, Infinity, -Infinity, Infinity, -Infinity]);
  assert.deepEqual(plain(parseJson('{"parameters":{"i":1,"d":1.0,"in":[{"x":2}]},"n":1}')), { parameters: { i: 1n, d: 1, in: [{ x: 2n }] }, n: 1 });
});

test('a member named __proto__ is a member like any other', () => {
  assert.deepEqual(
    [...(parseJson('{"__proto__":1,"constructor":2}') as ReadonlyMap<string, JsonValue>)],
    [
      ['__proto__', 1],
      ['constructor', 2],
    ],
  );
});

test('what is no JSON is refused with the text of RapidJSON and the offset in bytes', () => {
  const start = 'failed to parse the request JSON buffer: ';
  const cases: [string, string][] = [
    ['', 'The document is empty. at 0'],
    ['{} x', 'The document root must not be followed by other values. at 3'],
    ['[1,]', 'Invalid value. at 3'],
    ['{1:2}', 'Missing a name for object member. at 1'],
    ['{"a" 1}', 'Missing a colon after a name of object member. at 5'],
    ['{"a":1 "b"}', 'Missing a comma or } after an object member. at 7'],
    ['[1 2]', 'Missing a comma or ] after an array element. at 3'],
    ['["é" "', 'Missing a comma or ] after an array element. at 6'],
    [String.raw`"\u12g4"`, String.raw`Incorrect hex digit after \u escape in string. at 1`],
    [String.raw`"\ud800x"`, 'The surrogate pair in string is invalid. at 1'],
    [String.raw`"\x"`, 'Invalid escape character in string. at 1'],
    ['"abc', 'Missing a closing quotation mark in string. at 0'],
    ['1e400', 'Number too big to be stored in double. at 0'],
    ['1.', 'Miss fraction part in number. at 2'],
    ['1e', 'Miss exponent in number. at 2'],
    ['nul', 'Invalid value. at 0'],
  ];
  for (const [text, message] of cases) assert.throws(() => parseJson(text), { code: 'INTERNAL', message: start + message }, text);
  assert.throws(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22)), /Invalid encoding in string/);
  assert.throws(() => parseJson('['.repeat(100_000)), {
    code: 'INVALID_ARGUMENT',
    message: 'JSON nesting depth exceeds maximum allowed limit (256)',
  });
});

test('writing keeps big integers, NaN and names', () => {
  const value = new Map<string, bigint | number | string[]>([
    ['a', 2n ** 64n - 1n],
    ['"', Number.NaN],
    ['c', ['x']],
  ]);
  assert.equal(writeJson(value), '{"a":18446744073709551615,"\\"":NaN,"c":["x"]}');
  assert.equal(writeJson({ a: undefined, b: null }), '{"b":null}');
});

test('no text brings the reader down, and what JSON.parse takes it takes', () => {
  const seed = new TextEncoder().encode(String.raw`{"id":"q","inputs":[{"name":"x","shape":[2,1],"data":[[1.5],[-2e3]]}],"t":[true,null,"\u00e9"]}`);
  for (const bytes of mutations(seed, 4000, random(3))) {
    let ours: unknown;
    try {
      ours = parseJson(bytes);
    } catch (error) {
      assert.ok(error instanceof Fault && ['INTERNAL', 'INVALID_ARGUMENT'].includes(error.code), String(error));
    }
    let theirs: unknown;
    try {
      theirs = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      continue;
    }
    assert.notEqual(ours, undefined, `${String(theirs)} was refused`);
  }
});
