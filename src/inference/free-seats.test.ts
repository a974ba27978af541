import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FreeSeats } from './free-seats.js';

test('the lowest row is given out first, among equals the lowest instance, whatever came back when', () => {
  const seats = new FreeSeats();
  const all = Array.from({ length: 60 }, (_, i) => ({ index: i % 4, slot: Math.floor(i / 4) }));
  for (const seat of all.toSorted((a, b) => ((a.slot * 7 + a.index * 13) % 11) - ((b.slot * 7 + b.index * 13) % 11))) seats.put(seat);
  const taken = Array.from({ length: 20 }, () => seats.take()!);
  assert.deepEqual(taken, all.slice(0, 20));
  for (const seat of [taken[7]!, taken[3]!, taken[11]!]) seats.put(seat);
  assert.deepEqual([seats.take(), seats.take(), seats.take(), seats.take()], [all[3], all[7], all[11], all[20]]);
});

test('an instance takes its seats with it', () => {
  const seats = new FreeSeats();
  for (let slot = 0; slot < 3; slot++) for (let index = 0; index < 2; index++) seats.put({ index, slot });
  seats.drop(0);
  assert.equal(seats.size, 3);
  assert.deepEqual(
    [seats.take(), seats.take(), seats.take(), seats.take()],
    [{ index: 1, slot: 0 }, { index: 1, slot: 1 }, { index: 1, slot: 2 }, undefined],
  );
});
