import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claimant, RateLimiter } from './rate-limiter.js';
import type { ResourceClaim } from './scheduling.js';

/** Instances that want to run `wanted` times each; what they were let do is logged. */
function rig(resources?: ConstructorParameters<typeof RateLimiter>[0]) {
  const limiter = new RateLimiter(resources);
  const log: string[] = [];
  const make = (
    name: string,
    claims: readonly ResourceClaim[],
    { wanted = 1, priority = 1, device = 0 } = {},
  ): Claimant & { ask(): void; done(): void } => {
    let left = wanted;
    const claimant = {
      claims,
      device,
      priority,
      runs: 0,
      retry: () => claimant.ask(),
      ask() {
        if (left === 0 || !limiter.enter(claimant)) return;
        left--;
        log.push(name);
      },
      done: () => limiter.leave(claimant, true),
    };
    limiter.join(claimant);
    return claimant;
  };
  return { limiter, log, make };
}

const R = (count: number, global = false): readonly ResourceClaim[] => [{ name: 'R', count, global }];

test('runs take what they claim and give it back; a pool is as large as the largest claim unless it is given', () => {
  const { log, make } = rig();
  const [a, b] = [make('a', R(2)), make('b', R(1))];
  a.ask();
  b.ask();
  assert.deepEqual(log, ['a']);
  a.done();
  assert.deepEqual(log, ['a', 'b']);
  const given = rig([{ name: 'R', count: 3 }]);
  for (const each of [given.make('a', R(2)), given.make('b', R(1)), given.make('c', R(1))]) each.ask();
  assert.deepEqual(given.log, ['a', 'b']);
});

test('each device has its own pool, global claims share one', () => {
  const own = rig();
  for (const device of [0, 1]) own.make(`${device}`, R(1), { device }).ask();
  assert.deepEqual(own.log, ['0', '1']);
  const shared = rig();
  for (const device of [0, 1]) shared.make(`${device}`, R(1, true), { device }).ask();
  assert.deepEqual(shared.log, ['0']);
});

test('a pool given for one device holds for that device', () => {
  const { log, make } = rig([
    { name: 'R', count: 2, device: 1 },
    { name: 'R', count: 1 },
  ]);
  for (const device of [0, 0, 1, 1]) make(`${device}`, R(1), { device }).ask();
  assert.deepEqual(log, ['0', '1', '1']);
});

test('a large claim that waits is not starved by small ones; others are not held up', () => {
  const { log, make } = rig([{ name: 'R', count: 2 }]);
  const [small, large, late, other] = [make('small', R(1)), make('large', R(2)), make('late', R(1)), make('other', [{ name: 'S', count: 1 }])];
  for (const each of [small, large, late, other]) each.ask();
  assert.deepEqual(log, ['small', 'other']);
  small.done();
  assert.deepEqual(log, ['small', 'other', 'large']);
  large.done();
  assert.deepEqual(log.at(-1), 'late');
});

test('priority 2 gets half as many turns as priority 1', () => {
  const { log, make } = rig();
  const often = make('a', R(1), { wanted: 40, priority: 1 });
  const seldom = make('b', R(1), { wanted: 40, priority: 2 });
  often.ask();
  seldom.ask();
  for (let i = 0; i < 30; i++) {
    const running = log.at(-1) === 'a' ? often : seldom;
    running.done();
    running.ask();
    if (log.length === i + 1) assert.fail('nobody runs');
  }
  const turns = log.filter((name) => name === 'a').length;
  assert.ok(turns >= 19 && turns <= 22, `${turns} of 31 turns`);
});

test('who waits and wants nothing any more holds nobody up, nor does one that is gone', () => {
  const { limiter, log, make } = rig();
  const [a, b, c] = [make('a', R(1)), make('b', R(1)), make('c', R(1), { wanted: 2 })];
  a.ask();
  b.ask();
  limiter.part(b);
  a.done();
  c.ask();
  assert.deepEqual(log, ['a', 'c']);
  const idle = { ...make('idle', R(1)), retry: () => {} };
  limiter.join(idle);
  assert.equal(limiter.enter(idle), false);
  c.done();
  c.ask();
  assert.deepEqual(log, ['a', 'c', 'c']);
});
