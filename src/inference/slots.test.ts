import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, Fault, NULL_LOG, fail } from '../core/index.js';
import type { Instance, InstanceEvents } from './instance.js';
import { Slots } from './slots.js';

const NOTHING = { finished() {}, responded() {}, completed() {}, lost() {}, left() {}, restored() {}, exhausted() {} };

/** Slots whose instance `i` opens as `opening[i]` says: the batch that its graph takes, or a failure. */
function slotsOf(opening: readonly (number | 'fails')[]) {
  const closed: number[] = [];
  const events: InstanceEvents[] = [];
  const open = async (index: number, told: InstanceEvents): Promise<Instance> => {
    events[index] = told;
    const maxBatch = opening[index]!;
    if (maxBatch === 'fails') return fail('INPUT_CORRUPT', `instance ${index} fails`);
    return {
      description: { spec: { inputs: [], outputs: [] }, providers: [], maxBatch },
      where: 'test',
      run() {},
      grant() {},
      cancel() {},
      endSequence() {},
      [Symbol.asyncDispose]: async () => void closed.push(index),
    };
  };
  return { closed, events, slots: new Slots({ model: 'm', open, clock: new FakeClock(), log: NULL_LOG, batchesHeld: 2 }, NOTHING) };
}

test('when one instance does not open, the others are closed', async () => {
  const { slots, closed } = slotsOf([1, 'fails', 1]);
  await assert.rejects(slots.open(3), { code: 'INPUT_CORRUPT', message: 'instance 1 fails' });
  assert.deepEqual(closed, [0, 2]);
});

test('instances that opened different networks are refused', async () => {
  const { slots, closed } = slotsOf([1, 8]);
  await assert.rejects(slots.open(2), { code: 'MODEL_MISMATCH', message: /model "m": instance 1 opened another network/ });
  assert.deepEqual(closed.toSorted(), [0, 1]);
});

test('an instance that is lost while another still opens does not keep the model from opening', async () => {
  const instance: Instance = {
    description: { spec: { inputs: [], outputs: [] }, providers: [], maxBatch: 1 },
    where: 'test',
    run() {},
    grant() {},
    cancel() {},
    endSequence() {},
    [Symbol.asyncDispose]: async () => {},
  };
  let gone = (): void => {};
  const lost = new Promise<void>((resolve) => (gone = resolve));
  const open = async (index: number, events: InstanceEvents): Promise<Instance> => {
    if (index === 1) await lost;
    else
      setImmediate(() => {
        events.lost(new Fault('UNAVAILABLE', 'gone'));
        gone();
      });
    return instance;
  };
  const slots = new Slots({ model: 'm', open, clock: new FakeClock(), log: NULL_LOG, batchesHeld: 2 }, NOTHING);
  await slots.open(2);
  assert.equal(slots.free(), slots.all[1]);
});

test('idle instances come first, then those with room for one more', async () => {
  const { slots } = slotsOf([1, 1]);
  await slots.open(2);
  const [first, second] = slots.all;
  const batch = { jobs: [], rows: 1, places: undefined, startedMs: 0 };
  assert.equal(slots.free(), first);
  first!.batches.push(batch);
  assert.equal(slots.free(), second);
  second!.batches.push(batch);
  assert.equal(slots.free(), first);
  first!.batches.push(batch);
  assert.equal(slots.free(), second);
  second!.batches.push(batch);
  assert.equal(slots.free(), undefined);
});

test('more are opened, and the last ones closed once they have finished', async () => {
  const { slots, closed, events } = slotsOf([1, 1, 1, 'fails', 1]);
  await slots.open(1);
  await slots.resize(3);
  assert.deepEqual(
    slots.all.map(({ index }) => index),
    [0, 1, 2],
  );
  await assert.rejects(slots.resize(5), { message: 'instance 3 fails' });
  assert.deepEqual([slots.all.length, closed], [3, [4]]);
  const last = slots.all[2]!;
  last.batches.push({ jobs: [], rows: 1, places: undefined, startedMs: 0 });
  const resized = slots.resize(1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([slots.all.length, closed, slots.at(2)], [1, [4, 1], last]);
  events[2]!.finished({ results: [], inputMs: 0, runMs: 0, outputMs: 0 });
  await resized;
  assert.deepEqual([closed, slots.at(2)], [[4, 1, 2], undefined]);
});
