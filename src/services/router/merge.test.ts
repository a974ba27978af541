import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, ModelStatisticsSchema, type ModelStatistics } from '../../wire/index.js';
import { mergeIndex, mergeStatistics } from './merge.js';

const row = (name: string, version: string, state: string, reason = '') => ({ name, version, state, reason });

test('an index says where servers differ', () => {
  const merged = mergeIndex([
    { server: 'a', rows: [row('m', '1', 'READY'), row('n', '', ''), row('x', '1', 'UNAVAILABLE', 'no file')] },
    { server: 'b', rows: [row('m', '1', 'READY'), row('n', '2', 'READY'), row('x', '1', 'LOADING')] },
  ]);
  assert.deepEqual(merged, [
    row('m', '1', 'READY'),
    row('n', '2', 'READY', 'a: not loaded; b: READY'),
    row('x', '1', 'UNAVAILABLE', 'a: UNAVAILABLE (no file); b: LOADING'),
  ]);
  assert.deepEqual(
    mergeIndex([
      { server: 'a', rows: [row('m', '', '')] },
      { server: 'b', rows: [] },
    ]),
    [row('m', '', '', 'a: not loaded; b: not there')],
  );
});

test('counters of all servers are added up, batch by batch', () => {
  const statistics = (count: bigint, batchSize: bigint): ModelStatistics =>
    create(ModelStatisticsSchema, {
      name: 'm',
      version: '1',
      lastInference: count,
      inferenceCount: count,
      inferenceStats: { success: { count, ns: count * 10n } },
      batchStats: [{ batchSize, computeInfer: { count, ns: 5n } }],
    });
  const [merged, ...others] = mergeStatistics([[statistics(3n, 1n)], [statistics(4n, 1n)], [statistics(5n, 2n)]]);
  assert.deepEqual([others.length, merged!.inferenceCount, merged!.lastInference], [0, 12n, 5n]);
  assert.deepEqual([merged!.inferenceStats!.success!.count, merged!.inferenceStats!.success!.ns], [12n, 120n]);
  assert.deepEqual(merged!.batchStats.map(({ batchSize, computeInfer }) => [batchSize, computeInfer!.count, computeInfer!.ns]), [[1n, 7n, 10n], [2n, 5n, 5n]]); // prettier-ignore
});
