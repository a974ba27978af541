import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { BatchPlanner, type BatchRules } from './batch-planner.js';
import type { Schedulable } from './scheduler.js';

interface Item extends Schedulable {
  readonly name: string;
}

const item = (name: string, more: Partial<Schedulable> = {}): Item => ({
  name,
  rows: 1,
  key: 'k',
  priority: 0,
  arrivedMs: 0,
  deadlineMs: Infinity,
  timeoutMs: 0,
  ...more,
});

const plannerOf = (rules: Partial<BatchRules>, ...items: Item[]): BatchPlanner<Item> => {
  const planner = new BatchPlanner<Item>({ model: 'm', maxBatch: 4, maxDelayMs: 0, maxQueue: Infinity, ...rules });
  for (const each of items) assert.equal(planner.add(each), undefined);
  return planner;
};

const IDLE = { index: 0, idle: true };
const BUSY = { index: 0, idle: false };
const names = (batch: readonly Item[] | undefined): string | undefined => batch?.map(({ name }) => name).join('');

test('an idle instance gets what there is, up to the maximum, first come first served', () => {
  const planner = plannerOf({}, ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => item(name)));
  assert.equal(names(planner.next(0, IDLE)), 'abcd');
  assert.equal(names(planner.next(0, IDLE)), 'ef');
  assert.equal(planner.next(0, IDLE), undefined);
  assert.equal(planner.size, 0);
});

test('behind a running batch only goes what can grow no more', () => {
  const planner = plannerOf({}, item('a'), item('b'), item('c'));
  assert.equal(planner.next(0, BUSY), undefined);
  planner.add(item('d'));
  assert.equal(names(planner.next(0, BUSY)), 'abcd');
});

test('a partial batch waits until its oldest request has waited long enough', () => {
  const planner = plannerOf({ maxDelayMs: 10 }, item('a', { arrivedMs: 100 }), item('b', { arrivedMs: 105 }));
  assert.equal(planner.dueMs, 110);
  assert.equal(planner.next(109, IDLE), undefined);
  assert.equal(names(planner.next(110, IDLE)), 'ab');
  assert.equal(planner.dueMs, Infinity);
});

test('rows count, not requests; a request that does not fit closes the batch and leads the next', () => {
  const planner = plannerOf({ maxDelayMs: 99 }, item('a', { rows: 3 }), item('b', { rows: 2 }), item('c'));
  assert.equal(names(planner.next(0, BUSY)), 'a');
  assert.equal(planner.next(0, BUSY), undefined);
  assert.equal(names(planner.next(99, IDLE)), 'bc');
});

test('only requests of one key share a run; the others keep their turn', () => {
  const planner = plannerOf({}, item('a'), item('X', { key: 'other' }), item('b'), item('Y', { key: 'other' }));
  assert.equal(names(planner.next(0, IDLE)), 'ab');
  assert.equal(names(planner.next(0, IDLE)), 'XY');
});

test('better priorities lead; lower ones fill up what room is left', () => {
  const planner = plannerOf({ maxBatch: 3 }, item('c', { priority: 2 }), item('b', { priority: 1 }), item('a'), item('d', { priority: 2 }));
  assert.equal(names(planner.next(0, IDLE)), 'abc');
  assert.equal(names(planner.next(0, IDLE)), 'd');
});

test('a due batch is not held up by a better one that still waits for company', () => {
  const planner = plannerOf({ maxDelayMs: 10 }, item('old', { priority: 1, key: 'other' }), item('new', { arrivedMs: 9 }));
  assert.equal(names(planner.next(10, IDLE)), 'old');
  assert.equal(planner.next(10, IDLE), undefined);
});

test('the queue has a limit', () => {
  const planner = plannerOf({ maxQueue: 2 }, item('a'), item('b'));
  assert.deepEqual(planner.add(item('c')), new Fault('RESOURCE_EXHAUSTED', 'model "m": 2 requests wait already (maxQueue); try again later'));
  planner.next(0, IDLE);
  assert.equal(planner.add(item('c')), undefined);
});

test('expired requests are handed back once, the rest keep their order', () => {
  const planner = plannerOf({}, item('a', { deadlineMs: 5 }), item('b'), item('c', { deadlineMs: 7 }), item('d'));
  assert.equal(planner.deadlineMs, 5);
  assert.deepEqual(planner.expire(4), []);
  assert.equal(names(planner.expire(5).map(({ request }) => request)), 'a');
  assert.equal(planner.deadlineMs, 7);
  assert.equal(names(planner.expire(100).map(({ request }) => request)), 'c');
  assert.equal(planner.deadlineMs, Infinity);
  assert.equal(names(planner.next(0, IDLE)), 'bd');
});

test('a request leaves the queue once', () => {
  const b = item('b');
  const planner = plannerOf({}, item('a'), b, item('c'));
  assert.equal(planner.remove(b), true);
  assert.equal(planner.remove(b), false);
  assert.equal(names(planner.next(0, IDLE)), 'ac');
});

/** Mulberry32: the same numbers on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface History {
  readonly added: Item[];
  readonly left: Map<Item, string>;
}

function leave({ left }: History, items: readonly Item[], how: string): void {
  for (const each of items) {
    assert.ok(!left.has(each), `${each.name} left twice: ${left.get(each)} and ${how}`);
    left.set(each, how);
  }
}

function checkBatch(batch: readonly Item[], rules: BatchRules, history: History): void {
  assert.ok(batch.length > 0);
  assert.ok(batch.reduce((sum, { rows }) => sum + rows, 0) <= rules.maxBatch, 'more rows than allowed');
  assert.equal(new Set(batch.map(({ key }) => key)).size, 1, 'keys mixed');
  leave(history, batch, 'run');
  for (const each of batch) {
    const overtaken = history.added.find((other) => {
      if (other === each) return false;
      const earlier = history.added.indexOf(other) < history.added.indexOf(each);
      return earlier && other.priority === each.priority && other.key === each.key && !history.left.has(other);
    });
    assert.equal(overtaken, undefined, `${each.name} overtook ${overtaken?.name}`);
  }
}

test('whatever happens, nothing is lost, nothing comes twice, nobody overtakes and no batch is too large', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const pick = random(seed);
    const rules = { model: 'm', maxBatch: 1 + pick(6), maxDelayMs: pick(3) * 5, maxQueue: 3 + pick(20) };
    const planner = new BatchPlanner<Item>(rules);
    const history: History = { added: [], left: new Map() };
    for (let nowMs = 0; nowMs < 200; nowMs++) {
      const what = pick(10);
      if (what < 6) {
        const deadlineMs = pick(4) === 0 ? nowMs + pick(20) : Infinity;
        const rows = 1 + pick(rules.maxBatch);
        const fresh = item(`s${seed}t${nowMs}`, { rows, key: `k${pick(3)}`, priority: pick(3), arrivedMs: nowMs, deadlineMs });
        const room = planner.size < rules.maxQueue;
        assert.equal(planner.add(fresh)?.code, room ? undefined : 'RESOURCE_EXHAUSTED');
        if (room) history.added.push(fresh);
      } else if (what < 7) {
        const waiting = history.added.filter((each) => !history.left.has(each));
        const gone = waiting[pick(Math.max(1, waiting.length))];
        if (gone) {
          assert.ok(planner.remove(gone));
          leave(history, [gone], 'removed');
        }
      } else {
        const late = planner.expire(nowMs).map(({ request }) => request);
        for (const each of late) assert.ok(each.deadlineMs <= nowMs);
        leave(history, late, 'expired');
        const free = { index: 0, idle: pick(2) === 0 };
        const batch = planner.next(nowMs, free);
        if (batch) checkBatch(batch, rules, history);
        else if (free.idle && planner.size > 0) assert.ok(planner.dueMs > nowMs, 'a due batch was held back');
      }
      assert.equal(planner.size, history.added.length - history.left.size);
    }
    leave(history, planner.clear(), 'cleared');
    assert.equal(history.left.size, history.added.length);
    assert.equal(planner.size, 0);
  }
});

test('a long queue that moves on stays in order', () => {
  const planner = plannerOf({ maxBatch: 1 });
  let next = 0;
  for (let i = 0; i < 3000; i++) {
    planner.add(item(`${i}`));
    if (i % 3 !== 0) assert.equal(names(planner.next(0, IDLE)), `${next++}`);
  }
  while (planner.size > 0) assert.equal(names(planner.next(0, IDLE)), `${next++}`);
  assert.equal(next, 3000);
});
