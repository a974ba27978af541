import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { BatchPlanner, type BatchRules } from './batch-planner.js';
import { queueLevels } from './queue-levels.js';
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

test('a preferred size leaves at once, to any instance; the largest that is reached counts', () => {
  const rows = (count: number): Item[] => Array.from({ length: count }, (_, i) => item(`${i}`));
  const taken = (count: number, rules: Partial<BatchRules>, nowMs: number, free: typeof IDLE): number =>
    plannerOf({ maxBatch: 8, ...rules }, ...rows(count)).next(nowMs, free)?.length ?? 0;
  for (const [count, preferred, maxDelayMs, nowMs, free, expected] of [
    [3, [4], 0, 0, IDLE, 3],
    [4, [4], 10, 0, BUSY, 4],
    [6, [4], 10, 0, BUSY, 4],
    [6, [2, 4], 10, 0, IDLE, 4],
    [3, [2, 4], 10, 0, IDLE, 2],
    [1, [2, 4], 10, 9, IDLE, 0],
    [1, [2, 4], 10, 10, IDLE, 1],
    [6, [4], 10, 10, IDLE, 6],
    [7, [4], 10, 10, BUSY, 7],
    [8, [6], 0, 0, BUSY, 6],
    [9, [], 10, 0, BUSY, 8],
  ] as const) {
    const rules = preferred.length > 0 ? { preferred, maxDelayMs } : { maxDelayMs };
    assert.equal(taken(count, rules, nowMs, free), expected, `${count} waiting, preferred ${preferred.join()}, at ${nowMs} ms`);
  }
});

test('levels: 0 and what lies beyond the last are the default level', () => {
  const levels = queueLevels({ kind: 'batch', priorityLevels: 3, defaultPriorityLevel: 2 });
  const planner = plannerOf({ levels, maxBatch: 1 }, ...[3, 0, 9, 1, 2].map((priority) => item(`${priority}`, { priority })));
  assert.equal(Array.from({ length: 5 }, () => names(planner.next(0, IDLE))).join(''), '10923');
});

test('without levels priorities are not looked at', () => {
  const planner = plannerOf(
    { levels: queueLevels({ kind: 'batch' }), maxBatch: 1 },
    ...[3, 0, 1].map((priority) => item(`${priority}`, { priority })),
  );
  assert.equal(Array.from({ length: 3 }, () => names(planner.next(0, IDLE))).join(''), '301');
});

test('a level takes as many as its policy allows, delayed ones included', () => {
  const priorityQueuePolicies = { 1: { maxQueueSize: 2, timeoutAction: 'delay', defaultTimeoutMs: 5 } } as const;
  const levels = queueLevels({ kind: 'batch', priorityLevels: 2, defaultPriorityLevel: 2, priorityQueuePolicies });
  const planner = plannerOf({ levels }, item('a', { priority: 1 }), item('b', { priority: 1 }));
  planner.expire(5);
  assert.deepEqual(planner.add(item('c', { priority: 1 })), new Fault('UNAVAILABLE', 'Exceeds maximum queue size'));
  assert.equal(planner.add(item('d', { priority: 2 })), undefined);
});

test('a request that waits longer than its policy allows is refused or served last, and may ask for less time, never more', () => {
  const outcome = (policy: object, timeoutMs: number): string => {
    const levels = queueLevels({ kind: 'batch', defaultQueuePolicy: policy });
    const planner = plannerOf({ levels, maxBatch: 1 }, item('a', { timeoutMs }), item('b', { arrivedMs: 3 }));
    const expected = planner.deadlineMs;
    const faults = planner.expire(6).map(({ fault }) => `${fault.code} ${fault.message}`);
    return `${expected}: ${[...faults, names(planner.next(6, IDLE)), names(planner.next(6, IDLE))].join(', ')}`;
  };
  const REFUSED = 'UNAVAILABLE Request timeout expired';
  for (const [policy, timeoutMs, expected] of [
    [{ defaultTimeoutMs: 5 }, 0, `5: ${REFUSED}, b, `],
    [{ defaultTimeoutMs: 5 }, 1, `5: ${REFUSED}, b, `],
    [{ defaultTimeoutMs: 50, allowTimeoutOverride: true }, 2, `2: ${REFUSED}, b, `],
    [{ defaultTimeoutMs: 50, allowTimeoutOverride: true }, 0, '50: a, b'],
    [{ defaultTimeoutMs: 7, allowTimeoutOverride: true }, 99, '7: a, b'],
    [{ allowTimeoutOverride: true }, 1, 'Infinity: a, b'],
    [{ defaultTimeoutMs: 5, timeoutAction: 'delay' }, 0, '5: b, a'],
  ] as const)
    assert.equal(outcome(policy, timeoutMs), expected, JSON.stringify([policy, timeoutMs]));
});

test('a delayed request stays before the next level, and keeps its own deadline', () => {
  const levels = queueLevels({
    kind: 'batch',
    priorityLevels: 2,
    defaultPriorityLevel: 2,
    defaultQueuePolicy: { defaultTimeoutMs: 5, timeoutAction: 'delay' },
  });
  const planner = plannerOf({ levels, maxBatch: 1 }, item('late', { priority: 1, deadlineMs: 50 }), item('low', { priority: 2, arrivedMs: 4 }));
  planner.expire(5);
  planner.add(item('fresh', { priority: 1, arrivedMs: 5 }));
  assert.equal(names(planner.next(5, IDLE)), 'fresh');
  assert.deepEqual(
    planner.expire(50).map(({ request, fault }) => `${request.name} ${fault.code}`),
    ['late DEADLINE_EXCEEDED'],
  );
  assert.equal(names(planner.next(50, IDLE)), 'low');
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
