import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, LOG_LEVELS, memoryLog, NULL_LOG, type LogRecord } from './log.js';

test('records below the minimum are not written', () => {
  const records: LogRecord[] = [];
  const log = createLog((record) => records.push(record), 'warn');
  for (const level of LOG_LEVELS) log[level](`a ${level}`);
  assert.deepEqual(
    records.map(({ level }) => level),
    ['warn', 'error'],
  );
});

test('a child adds its fields to each record; those of the call win', () => {
  const log = memoryLog();
  log.child({ stream: 'cam', node: 'detector' }).child({ node: 'tracker' }).info('found', { count: 2 });
  log.child({ stream: 'cam' }).error('lost', { stream: 'door' });
  assert.deepEqual(log.records, [
    { level: 'info', message: 'found', fields: { stream: 'cam', node: 'tracker', count: 2 } },
    { level: 'error', message: 'lost', fields: { stream: 'door' } },
  ]);
});

test('the null log takes everything', () => {
  for (const level of LOG_LEVELS) assert.doesNotThrow(() => NULL_LOG.child({ a: 1 })[level]('nothing'));
});
