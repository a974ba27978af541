import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { slotCount, Slots } from './slots.js';

const never = new AbortController().signal;
const LONG_MS = 60_000;

test('slots pass in the order in which they were asked for', async () => {
  const slots = new Slots(1, LONG_MS);
  const first = await slots.take(never);
  const order: string[] = [];
  const second = slots.take(never).then((give) => (order.push('second'), give));
  const third = slots.take(never).then((give) => (order.push('third'), give));
  assert.deepEqual([slots.taken, slots.waiting], [1, 2]);
  first();
  first();
  (await second)();
  (await third)();
  assert.deepEqual(order, ['second', 'third']);
  assert.deepEqual([slots.taken, slots.waiting], [0, 0]);
});

test('whoever is called off while waiting leaves the queue', async () => {
  const slots = new Slots(1, LONG_MS);
  const give = await slots.take(never);
  const off = new AbortController();
  const waiting = slots.take(off.signal);
  off.abort(new Fault('DEADLINE_EXCEEDED', 'late'));
  await assert.rejects(waiting, { code: 'DEADLINE_EXCEEDED' });
  assert.equal(slots.waiting, 0);
  give();
  assert.equal(slots.taken, 0);
});

test('after the wait the caller is refused, with how many are at work', async () => {
  const slots = new Slots(2, 1);
  await slots.take(never);
  await slots.take(never);
  await assert.rejects(slots.take(never), { code: 'RESOURCE_EXHAUSTED', message: /2 videos are at work/ });
});

test('slots are calls for each device times devices', () => {
  assert.equal(slotCount(3, 2), 6);
  assert.throws(() => slotCount(0, 2), { code: 'INVALID_ARGUMENT' });
});
