import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportPlan } from './report-plan.js';

const PLAN = [
  { name: 'people', reads: [], summary: 'finds people' },
  { name: 'cars', reads: [], summary: 'finds cars' },
  { name: 'tracker', reads: ['people', 'cars'], summary: 'follows' },
  { name: 'looks', reads: ['tracker'], summary: 'looks' },
  { name: 'gate', reads: ['tracker'], summary: 'counts' },
];
const file = (path: string) => ({ path, holds: `what ${path} holds` });
const drawn = (plan: ReturnType<typeof reportPlan>): unknown[] => plan.map(({ id, name, kind, reads }) => [id ?? name, kind, reads]);

test('nodes that look at frames read every stream, files what nobody else reads; equal names stay apart', () => {
  assert.deepEqual(drawn(reportPlan(['door', 'people'], PLAN, [file('a.mp4'), file('tracker')])), [
    ['source door', 'source', []],
    ['source people', 'source', []],
    ['people', 'node', ['source door', 'source people']],
    ['cars', 'node', ['source door', 'source people']],
    ['tracker', 'node', ['people', 'cars']],
    ['looks', 'node', ['tracker']],
    ['gate', 'node', ['tracker']],
    ['file a.mp4', 'output', ['looks', 'gate']],
    ['file tracker', 'output', ['looks', 'gate']],
  ]);
});

test('many files behind several nodes share a box', () => {
  const files = ['a.mp4', 'b.mp4', 'c.jsonl', 'd.jsonl'].map(file);
  const last = reportPlan(['door'], PLAN, files).at(-1)!;
  assert.deepEqual([last.name, last.does, last.reads], ['4 files', 'a.mp4, b.mp4, c.jsonl, d.jsonl', ['looks', 'gate']]);
  assert.equal(reportPlan(['door'], PLAN.slice(0, 4), files).filter(({ kind }) => kind === 'output').length, 4);
});
