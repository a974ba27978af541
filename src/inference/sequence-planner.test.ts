import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedulable } from './scheduler.js';
import type { SequenceId } from './scheduling.js';
import { type SequenceEnd, SequencePlanner, type SequenceRules } from './sequence-planner.js';

interface Item extends Schedulable {
  readonly name: string;
}

const START = { start: true, end: false };
const END = { start: false, end: true };
const ON = { start: false, end: false };
const BOTH = { start: true, end: true };

/** A planner over instances 0 to `instances` - 1, with what it told of ends. */
function rig(rules: Partial<SequenceRules> = {}, instances = 1) {
  const ends: string[] = [];
  const onEnd = ({ id, reason, index }: SequenceEnd): void => void ends.push(`${id} ${reason} on ${index}`);
  const planner = new SequencePlanner<Item>(
    { model: 'm', strategy: { kind: 'direct' }, maxBatch: 1, maxIdleMs: 1000, maxQueue: Infinity, ...rules },
    onEnd,
  );
  for (let index = 0; index < instances; index++) planner.joined(index);
  const item = (id: SequenceId, flags: { start: boolean; end: boolean }, name: string, more: Partial<Schedulable> = {}): Item => ({
    name,
    rows: 1,
    key: '',
    priority: 0,
    arrivedMs: 0,
    deadlineMs: Infinity,
    timeoutMs: 0,
    sequence: { id, ...flags },
    ...more,
  });
  const add = (id: SequenceId, flags: { start: boolean; end: boolean }, name: string, more: Partial<Schedulable> = {}): Item => {
    const made = item(id, flags, name, more);
    const fault = planner.add(made);
    if (fault) throw fault;
    return made;
  };
  const next = (index = 0, nowMs = 0, idle = true): readonly Item[] => planner.next(nowMs, { index, idle }) ?? [];
  /** Runs one batch to its end; the names in it. */
  const run = (index = 0, nowMs = 0): string => {
    const batch = next(index, nowMs);
    for (const each of batch) planner.finished(each, nowMs, false);
    return batch.map(({ name }) => name).join('');
  };
  return { planner, ends, add, next, run };
}

const nameOf = (dismissals: readonly { readonly request: Item; readonly fault: Error }[]): string[] =>
  dismissals.map(({ request, fault }) => `${request.name}: ${fault.message}`);

test('requests of a sequence run in order, one at a time, and END frees the place', () => {
  const { add, next, run, planner, ends } = rig();
  add(1n, START, 'a');
  add(1n, ON, 'b');
  add(1n, END, 'c');
  const [a] = next();
  assert.deepEqual([a!.name, next()], ['a', []]);
  planner.finished(a!, 0, false);
  assert.deepEqual([run(), run(), run()], ['b', 'c', '']);
  assert.deepEqual(ends, ['1 end on 0']);
  assert.deepEqual(planner.held, { live: 0, backlog: 0, remembered: 1, requests: 0 });
});

test('a sequence takes the lowest free row, and stays on its instance', () => {
  const { add, run, planner } = rig({ maxBatch: 2 }, 2);
  for (const id of [1n, 2n, 3n, 4n]) add(id, START, `${id}`);
  assert.deepEqual([run(0), run(1)], ['13', '24']);
  add(3n, ON, 'x');
  assert.deepEqual([run(1), run(0)], ['', 'x']);
  assert.equal(planner.sequenceOf(add(3n, ON, 'y'))!.chain.seat!.slot, 1);
});

test('a sequence without a place waits in the backlog and gets the first that is freed', () => {
  const { add, run, planner } = rig();
  add(1n, START, 'a');
  add('two', START, 'b');
  add('two', END, 'c');
  add('three', BOTH, 'd');
  assert.equal(planner.held.backlog, 2);
  assert.deepEqual([run(), run()], ['a', '']);
  add(1n, END, 'e');
  assert.deepEqual([run(), run(), run(), run(), run()], ['e', 'b', 'c', 'd', '']);
});

test('START on an id that lives ends the older one after its requests, in the same place', () => {
  const { add, run, planner, ends } = rig({}, 2);
  add(1n, START, 'a');
  add(1n, ON, 'b');
  add(1n, START, 'A');
  add(1n, END, 'B');
  assert.deepEqual([run(1), run(0), run(0)], ['', 'a', 'b']);
  assert.deepEqual(ends, ['1 restarted on 0']);
  assert.deepEqual([run(0), run(0)], ['A', 'B']);
  assert.deepEqual(ends, ['1 restarted on 0', '1 end on 0']);
  assert.equal(planner.held.live, 0);
});

test('after END the id is free at once, also while the END still waits', () => {
  const { add, run } = rig({}, 2);
  add(1n, START, 'a');
  add(1n, END, 'b');
  add(1n, START, 'c');
  assert.deepEqual([run(1), run(0), run(0)], ['c', 'a', 'b']);
});

test('a request of a sequence that is not live is refused with the reason', () => {
  const { add, run, planner } = rig({ maxBatch: 4 });
  const refusal = (id: SequenceId, arrivedMs = 0): string => {
    try {
      add(id, ON, 'late', { arrivedMs });
      return 'taken';
    } catch (error) {
      assert.equal((error as { code: string }).code, 'INVALID_ARGUMENT');
      return (error as Error).message;
    }
  };
  const triton = (id: SequenceId): string =>
    `inference request for sequence ${id} to model 'm' must specify the START flag on the first request of the sequence: `;
  assert.equal(refusal(5n), `${triton(5n)}it was never started`);
  add(5n, BOTH, 'a');
  run();
  assert.equal(refusal(5n, 1500), `${triton(5n)}it ended 1.5 s ago`);
  add('x', START, 'b', { arrivedMs: 2000 });
  run(0, 2000);
  planner.expire(3000);
  assert.equal(refusal('x', 14_000), `${triton('x')}it was idle for 12 s and its place was given up`);
  add(7n, START, 'c', { arrivedMs: 20_000 });
  planner.remove(add(7n, ON, 'd', { arrivedMs: 20_000 }), 20_000);
  assert.equal(refusal(7n, 21_000), `${triton(7n)}one of its requests was called off 1 s ago, which ended it`);
  add(8n, START, 'e', { arrivedMs: 30_000 });
  planner.lost(0, 30_000);
  assert.equal(refusal(8n, 30_000), `${triton(8n)}the instance that held its state was lost 0 s ago`);
});

test('idle sequences give up their place; work in hand is no idleness', () => {
  const { add, next, run, planner, ends } = rig({ maxBatch: 3 });
  add(1n, START, 'a');
  add(2n, START, 'b', { arrivedMs: 600 });
  run(0, 600);
  assert.equal(planner.deadlineMs, 1600);
  add(3n, START, 'c', { arrivedMs: 700 });
  const [c] = next(0, 700);
  planner.expire(1599);
  assert.deepEqual(ends, []);
  planner.expire(1600);
  assert.deepEqual(ends, ['1 idle on 0', '2 idle on 0']);
  planner.expire(5000);
  planner.finished(c!, 5000, false);
  planner.expire(5999);
  assert.equal(ends.length, 2);
  planner.expire(6000);
  assert.deepEqual(ends.slice(2), ['3 idle on 0']);
  assert.equal(planner.deadlineMs, Infinity);
});

test('direct: a run takes one request of each row that has one, of the form of the oldest', () => {
  const { add, run } = rig({ maxBatch: 4 });
  add(1n, START, 'a', { arrivedMs: 3 });
  add(2n, START, 'b', { arrivedMs: 1, key: 'other' });
  add(3n, START, 'c', { arrivedMs: 2, key: 'other' });
  add(1n, ON, 'd', { arrivedMs: 4 });
  assert.deepEqual([run(), run(), run()], ['bc', 'a', 'd']);
});

test('direct: nothing goes behind a running batch', () => {
  const { add, next } = rig({ maxBatch: 2 });
  add(1n, START, 'a');
  assert.deepEqual(next(0, 0, false), []);
});

test('direct: with a minimum of rows, fewer wait for the delay', () => {
  const { add, next, planner } = rig({ maxBatch: 4, strategy: { kind: 'direct', minimumSlotUtilization: 0.5, maxQueueDelayMs: 10 } });
  add(1n, START, 'a', { arrivedMs: 100 });
  assert.deepEqual([next(0, 109), planner.dueMs], [[], 110]);
  assert.equal(next(0, 110).length, 1);
  add(2n, START, 'b', { arrivedMs: 200 });
  add(3n, START, 'c', { arrivedMs: 200 });
  assert.equal(next(0, 200).length, 2);
});

test('oldest: sequences share runs, each with one request, the oldest first', () => {
  const { add, next, planner } = rig({ maxBatch: 2, strategy: { kind: 'oldest', maxCandidateSequences: 3 } });
  for (const [id, at] of [
    [1n, 0],
    [2n, 1],
    [3n, 2],
    [4n, 3],
  ] as const)
    add(id, START, `${id}`, { arrivedMs: at });
  add(1n, ON, 'x', { arrivedMs: 4 });
  const first = next(0, 5);
  const second = next(0, 5);
  assert.deepEqual(
    [first, second].map((batch) => batch.map(({ name }) => name).join('')),
    ['12', '3'],
  );
  assert.deepEqual(next(0, 5), []);
  planner.finished(first[0]!, 5, false);
  assert.equal(next(0, 5)[0]!.name, 'x');
  assert.equal(planner.held.backlog, 1);
});

test('oldest: preferred sizes and a delay hold a batch back', () => {
  const strategy = { kind: 'oldest', maxCandidateSequences: 8, preferredBatchSizes: [2], maxQueueDelayMs: 10 } as const;
  const { add, next, planner } = rig({ maxBatch: 4, strategy });
  add(1n, START, 'a');
  assert.deepEqual([next(), planner.dueMs], [[], 10]);
  add(2n, START, 'b');
  assert.equal(next().length, 2);
});

test('a request that is called off in the queue takes the rest of its sequence with it', () => {
  const { add, run, planner, ends } = rig();
  add(1n, START, 'a');
  run();
  add(1n, ON, 'b');
  const c = add(1n, ON, 'c');
  add(1n, END, 'd');
  add(2n, BOTH, 'e');
  assert.equal(planner.remove(c, 0), true);
  assert.equal(planner.remove(c, 0), false);
  assert.equal(planner.deadlineMs, -Infinity);
  assert.deepEqual(nameOf(planner.expire(0)), [
    'b: model "m": another request of its sequence was called off',
    'd: model "m": another request of its sequence was called off',
  ]);
  assert.deepEqual(ends, ['1 cancelled on 0']);
  assert.equal(run(), 'e');
  assert.equal(planner.size, 0);
});

test('a request with a timeout waits so long in the backlog, not in a place', () => {
  const { add, run, planner, ends } = rig();
  add(1n, START, 'a', { timeoutMs: 5 });
  add(2n, START, 'b', { timeoutMs: 5 });
  add(2n, ON, 'c');
  assert.equal(planner.deadlineMs, 5);
  assert.deepEqual(planner.expire(4), []);
  assert.deepEqual(nameOf(planner.expire(5)), [
    'b: timeout of the corresponding sequence has been expired',
    'c: timeout of the corresponding sequence has been expired',
  ]);
  assert.deepEqual([run(), ends, planner.held.backlog], ['a', [], 0]);
});

test('a deadline that passes in the queue ends the sequence', () => {
  const { add, run, planner } = rig();
  add(1n, START, 'a', { deadlineMs: 50 });
  run();
  add(1n, ON, 'b', { deadlineMs: 20 });
  add(1n, ON, 'c');
  assert.equal(planner.deadlineMs, 20);
  assert.deepEqual(
    planner.expire(20).map(({ request, fault }) => `${request.name} ${fault.code}`),
    ['b DEADLINE_EXCEEDED', 'c DEADLINE_EXCEEDED'],
  );
});

test('with its instance a sequence is lost; others get the place', () => {
  const { add, run, planner, ends } = rig();
  add(1n, START, 'a');
  run();
  add(1n, ON, 'b');
  add(2n, START, 'c');
  planner.lost(0, 0);
  assert.deepEqual(nameOf(planner.expire(0)), ['b: model "m": the instance that held the state of its sequence was lost; start the sequence again']);
  assert.deepEqual([ends, run()], [['1 lost on 0'], 'c']);
});

test('an instance that leaves ends its sequences, and gives no more places; one that joins serves the backlog', () => {
  const { add, run, planner, ends } = rig({}, 2);
  add(1n, START, 'a');
  add(2n, START, 'b');
  add(3n, START, 'c');
  run(1);
  planner.left(1, 0);
  planner.expire(0);
  assert.deepEqual([ends, run(1), run(0)], [['2 lost on 1'], '', 'a']);
  assert.equal(planner.held.backlog, 1);
  planner.joined(1);
  assert.equal(run(1), 'c');
});

test('another turn of a request comes before what follows it', () => {
  const { add, next, run, planner } = rig();
  add(1n, START, 'a');
  add(1n, ON, 'b');
  const [a] = next();
  planner.finished(a!, 0, true);
  assert.equal(planner.sequenceOf(a!)!.turns, 1);
  assert.deepEqual([run(), run()], ['a', 'b']);
});

test('iterative: a sequence is over with its request', () => {
  const { add, next, planner, ends } = rig({ iterative: true });
  const a = add(1n, START, 'a');
  add(2n, START, 'b');
  next();
  planner.finished(a, 0, true);
  next();
  planner.finished(a, 0, false);
  assert.deepEqual([ends, next().map(({ name }) => name)], [['1 end on 0'], ['b']]);
});

test('clearing hands back what waits and ends what lives', () => {
  const { add, run, planner, ends } = rig({ maxBatch: 2 });
  add(1n, START, 'a');
  run();
  add(1n, ON, 'b');
  add(2n, START, 'c');
  add(3n, START, 'd');
  assert.deepEqual(
    planner.clear().map(({ name }) => name),
    ['b', 'c', 'd'],
  );
  assert.deepEqual([ends, planner.size], [['1 unload on 0'], 0]);
});

test('the queue has a limit', () => {
  const { add } = rig({ maxQueue: 1 });
  add(1n, START, 'a');
  assert.throws(() => add(1n, ON, 'b'), { code: 'RESOURCE_EXHAUSTED' });
});

test('10,000 sequences that are opened and never ended leave nothing behind', () => {
  const { add, run, planner, ends } = rig({ maxBatch: 8 }, 2);
  for (let id = 1; id <= 10_000; id++) add(BigInt(id), START, `${id}`);
  assert.equal(planner.held.live, 10_000);
  let nowMs = 0;
  for (; planner.held.live > 0; nowMs += 1000) {
    run(0, nowMs);
    run(1, nowMs);
    planner.expire(nowMs + 999);
  }
  const { live, backlog, requests, remembered } = planner.held;
  assert.deepEqual([live, backlog, requests, planner.size, ends.length], [0, 0, 0, 0, 10_000]);
  assert.ok(remembered <= 1024, `${remembered} endings are remembered`);
  assert.deepEqual([planner.deadlineMs, planner.dueMs], [Infinity, Infinity]);
  // Every row is free again.
  for (let id = 1; id <= 16; id++) add(BigInt(id), START, `${id}`);
  assert.equal(planner.held.backlog, 0);
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

test('whatever happens: nothing is lost or runs twice, order holds, every sequence that ran ends once, and all places come back', () => {
  for (let seed = 1; seed <= 80; seed++) {
    const pick = random(seed);
    const oldest = pick(2) === 0;
    const strategy = oldest ? ({ kind: 'oldest', maxCandidateSequences: 1 + pick(3) } as const) : ({ kind: 'direct' } as const);
    const { planner, ends, add } = rig({ strategy, maxBatch: 1 + pick(3), maxIdleMs: 20 }, 2);
    const left = new Set<Item>();
    const leave = (items: readonly Item[]): void => {
      for (const each of items) {
        assert.ok(!left.has(each), `${each.name} left twice`);
        left.add(each);
      }
    };
    const running: Item[][] = [[], []];
    const lastOf = new WeakMap<object, number>();
    let added = 0;
    for (let nowMs = 0; nowMs < 300; nowMs++) {
      const what = pick(12);
      const index = pick(2);
      if (what < 5) {
        const id = BigInt(1 + pick(6));
        const start = !planner.isLive(id) || pick(8) === 0;
        const deadlineMs = pick(10) === 0 ? nowMs + pick(10) : Infinity;
        const item = add(id, { start, end: pick(5) === 0 }, `${added}`, { arrivedMs: nowMs, deadlineMs, timeoutMs: pick(10) === 0 ? 5 : 0 });
        added++;
        if (pick(25) === 0 && planner.remove(item, nowMs)) leave([item]);
      } else if (what < 8) {
        const batch = planner.next(nowMs, { index, idle: running[index]!.length === 0 }) ?? [];
        running[index]!.push(...batch);
        assert.equal(new Set(running[index]!.map((each) => planner.sequenceOf(each))).size, running[index]!.length, 'two of a sequence at once');
      } else if (what < 10) {
        for (const each of running[index]!.splice(0)) {
          const sequence = planner.sequenceOf(each)!;
          assert.ok((lastOf.get(sequence) ?? -1) < Number(each.name), 'overtaken');
          lastOf.set(sequence, Number(each.name));
          planner.finished(each, nowMs, false);
          leave([each]);
        }
      } else if (what < 11) leave(planner.expire(nowMs).map(({ request }) => request));
      else if (pick(12) === 0) {
        for (const each of running[index]!.splice(0)) {
          planner.finished(each, nowMs, false);
          leave([each]);
        }
        planner.lost(index, nowMs);
      }
    }
    for (let nowMs = 300; planner.held.live + planner.held.backlog + planner.size > 0 || running.some(({ length }) => length > 0); nowMs += 50) {
      assert.ok(nowMs < 10_000, `seed ${seed} comes to no end: ${JSON.stringify(planner.held)}`);
      for (const index of [0, 1]) {
        running[index]!.push(...(planner.next(nowMs, { index, idle: true }) ?? []));
        for (const each of running[index]!.splice(0)) {
          planner.finished(each, nowMs, false);
          leave([each]);
        }
      }
      leave(planner.expire(nowMs).map(({ request }) => request));
    }
    assert.equal(left.size, added);
    assert.equal(planner.held.requests, 0);
    const seats = 2 * (strategy.kind === 'oldest' ? strategy.maxCandidateSequences : planner.rules.maxBatch);
    for (let i = 0; i < seats; i++) add(BigInt(100 + i), START, `${i}`);
    assert.equal(planner.held.backlog, 0, `seed ${seed}: places were lost`);
    assert.ok(ends.length > 0);
  }
});
