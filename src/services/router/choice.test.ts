import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPreference } from './choice.js';

const servers = ['a:8001', 'b:8001', 'c:8001', 'd:8001'].map((name) => ({ name }));
const keys = Array.from({ length: 2000 }, (_, i) => `n${i}\nm`);
const first = (from: readonly { readonly name: string }[], key: string): string => byPreference(from, key)[0]!.name;

test('sequences prefer servers evenly, whatever the order in which these are named', () => {
  const counts = new Map<string, number>();
  for (const key of keys) {
    assert.equal(first(servers, key), first(servers.toReversed(), key));
    counts.set(first(servers, key), (counts.get(first(servers, key)) ?? 0) + 1);
  }
  // Four standard deviations of a fair choice: 4 * sqrt(2000 * 1/4 * 3/4) = 77.
  for (const count of counts.values()) assert.ok(Math.abs(count - 500) < 78, String(count));
});

test('a server that goes moves only those that preferred it', () => {
  const without = servers.filter(({ name }) => name !== 'b:8001');
  for (const key of keys) if (first(servers, key) !== 'b:8001') assert.equal(first(without, key), first(servers, key));
});
