import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, NULL_LOG, Fault } from '../core/index.js';
import type { HostReport } from '../models/index.js';
import { type Job } from './batch.js';
import { BatchPlanner, type BatchRules } from './batch-planner.js';
import { PLAIN } from './composer.js';
import { Dispatcher } from './dispatcher.js';
import type { InstanceEvents } from './instance.js';
import type { InferenceRequest } from './port.js';
import { Slots } from './slots.js';

const REQUEST: InferenceRequest = { inputs: [], answer: 'tensors' };
const RULES = { limit: 2, windowMs: 1000, firstDelayMs: 10, longestDelayMs: 100 };

/** A dispatcher over instances that answer when told to. */
async function rig(rules: Partial<BatchRules>, instances: number) {
  const clock = new FakeClock();
  const log: string[] = [];
  const opened: { readonly index: number; readonly events: InstanceEvents; readonly held: number[]; closed: boolean }[] = [];
  const scheduler = new BatchPlanner<Job>({ model: 'm', maxBatch: 1, maxDelayMs: 0, maxQueue: Infinity, ...rules });
  const slots: Slots = new Slots(
    {
      model: 'm',
      clock,
      log: NULL_LOG,
      rules: RULES,
      batchesHeld: 2,
      open: async (index, events) => {
        const instance = { index, events, held: [] as number[], closed: false };
        opened.push(instance);
        return {
          description: { spec: { inputs: [], outputs: [] }, providers: [], maxBatch: Infinity },
          where: 'test',
          run: (requests) => void instance.held.push(requests.length),
          grant() {},
          cancel() {},
          endSequence() {},
          [Symbol.asyncDispose]: async () => void (instance.closed = true),
        };
      },
    },
    {
      finished: (slot, batch, report) => dispatcher.finished(slot, batch, report),
      responded() {},
      completed: (slot, number, result) => dispatcher.completed(slot, number, result),
      lost: (slot, batches, later, fault) => dispatcher.lost(slot, batches, later, fault),
      left() {},
      restored: () => dispatcher.pump(),
      exhausted: (fault) => dispatcher.exhausted(fault),
    },
  );
  const dispatcher: Dispatcher = new Dispatcher(
    { model: 'm', scheduler, slots, clock, composer: PLAIN },
    {
      ran: (batch) => log.push(`ran ${batch.rows}`),
      completed: (job) => log.push(`${job.priority} completed`),
      answered: (job, _, batch) => log.push(`${job.key}${job.priority} queued ${batch.startedMs - job.arrivedMs}`),
      failed: (job, fault, held) => log.push(`${job.priority} ${fault.code} ${held}`),
      activity: (idle) => log.push(idle ? 'idle' : 'busy'),
    },
  );
  await slots.open(instances);
  const add = (priority = 0, deadlineMs = Infinity): Job => {
    const job: Job = {
      request: REQUEST,
      rows: 1,
      key: '',
      priority,
      deadlineMs,
      timeoutMs: 0,
      cacheKey: undefined,
      at: undefined,
      answers: undefined,
      issuedId: undefined,
      arrivedMs: clock.nowMs(),
      settled: false,
      resolve() {},
      reject() {},
    };
    dispatcher.add(job);
    return job;
  };
  const finish = (index: number): void => opened.findLast((each) => each.index === index)!.events.finished(REPORT);
  return { clock, log, opened, slots, dispatcher, add, finish };
}

const REPORT: HostReport = { results: [], inputMs: 0, runMs: 0, outputMs: 0 };

test('the least loaded instance is next: all run before any has one waiting', async () => {
  const { add, opened, dispatcher } = await rig({}, 3);
  for (let i = 0; i < 4; i++) add();
  assert.deepEqual(
    opened.map(({ held }) => held.length),
    [2, 1, 1],
  );
  for (let i = 0; i < 4; i++) add();
  assert.deepEqual(
    opened.map(({ held }) => held.length),
    [2, 2, 2],
  );
  assert.deepEqual([dispatcher.queued, dispatcher.running], [2, 6]);
});

test('time behind another batch on the instance counts as queued', async () => {
  const { add, finish, clock, log } = await rig({}, 1);
  add(1);
  add(2);
  await clock.advance(30);
  finish(0);
  finish(0);
  assert.deepEqual(log, ['busy', 'ran 1', '1 queued 0', 'ran 1', '2 queued 30', 'idle']);
});

test('while an instance is idle a partial batch waits for its time only, and wakes by itself', async () => {
  const { add, clock, opened } = await rig({ maxBatch: 4, maxDelayMs: 10 }, 1);
  add();
  await clock.advance(6);
  add();
  await clock.advance(3);
  assert.deepEqual(opened[0]!.held, []);
  await clock.advance(1);
  assert.deepEqual(opened[0]!.held, [2]);
});

test('while every instance is busy a partial batch grows on', async () => {
  const { add, finish, clock, opened } = await rig({ maxBatch: 4, maxDelayMs: 10 }, 1);
  for (let i = 0; i < 4; i++) add();
  add();
  await clock.advance(50);
  add();
  assert.deepEqual(opened[0]!.held, [4]);
  finish(0);
  assert.deepEqual(opened[0]!.held, [4, 2]);
});

test('a deadline passes while every instance is busy', async () => {
  const { add, clock, log } = await rig({}, 1);
  for (const [priority, deadlineMs] of [
    [1, 5],
    [2, 5],
    [3, 20],
    [4, 5],
  ] as const)
    add(priority, deadlineMs);
  await clock.advance(5);
  assert.deepEqual(log, ['busy', '4 DEADLINE_EXCEEDED in the queue']);
  await clock.advance(15);
  assert.deepEqual(log.slice(2), ['3 DEADLINE_EXCEEDED in the queue']);
});

test('a lost instance is replaced after a while, twice as long the next time, and what waited is run', async () => {
  const { add, clock, opened, log, slots } = await rig({}, 1);
  for (const priority of [1, 2, 3]) add(priority);
  opened[0]!.events.lost(new Fault('DEADLINE_EXCEEDED', 'hung'));
  assert.deepEqual(log, ['busy', '1 DEADLINE_EXCEEDED by an instance', '2 UNAVAILABLE by an instance']);
  await clock.advance(9);
  assert.equal(opened.length, 1);
  await clock.advance(1);
  assert.deepEqual(
    opened.map(({ held }) => held),
    [[1, 1], [1]],
  );
  opened[1]!.events.lost(new Fault('UNAVAILABLE', 'gone'));
  await clock.advance(19);
  assert.equal(opened.length, 2);
  await clock.advance(1);
  assert.equal(opened.length, 3);
  await slots.close();
  assert.deepEqual(
    opened.map(({ closed }) => closed),
    [false, false, true],
  );
});

test('given up, it fails what waits and whatever comes', async () => {
  const { add, clock, opened, log } = await rig({}, 1);
  for (let i = 0; i < RULES.limit; i++) {
    opened.at(-1)!.events.lost(new Fault('UNAVAILABLE', 'gone'));
    await clock.advance(100);
  }
  for (const priority of [1, 2, 3]) add(priority);
  opened.at(-1)!.events.lost(new Fault('UNAVAILABLE', 'gone for good'));
  assert.deepEqual(log.slice(1), ['1 UNAVAILABLE by an instance', '2 UNAVAILABLE by an instance', '3 UNAVAILABLE in the queue', 'idle']);
  assert.throws(() => add(), { code: 'UNAVAILABLE', message: /gone for good\. Load it again/ });
});

test('a request withdrawn from the queue is not run', async () => {
  const { add, finish, dispatcher, opened } = await rig({}, 1);
  add();
  add();
  const third = add();
  assert.equal(dispatcher.withdraw(third), true);
  assert.equal(dispatcher.withdraw(third), false);
  finish(0);
  assert.equal(opened[0]!.held.length, 2);
});
