import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.js';
import { Steady } from './steady.js';

const SECONDS = 1 / 25;
const make = (): Steady => new Steady({ calmHz: 1.2, slack: 1, eagerHz: 12 });
const spread = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

test('trembling within the slack goes', () => {
  const [steady, random] = [make(), createRandom(3)];
  const raw = Array.from({ length: 400 }, () => random() - 0.5);
  const smooth = raw.map((value) => steady.next([value], SECONDS)[0]!);
  assert.ok(spread(smooth.slice(50)) < 0.5 * spread(raw), `${spread(smooth.slice(50))} of ${spread(raw)}`);
});

test('a saccade passes on the frame it happens on', () => {
  const steady = make();
  for (let frame = 0; frame < 10; frame++) steady.next([0], SECONDS);
  assert.ok(steady.next([12], SECONDS)[0]! > 11.9);
});

test('a slow drift is followed within the slack', () => {
  const steady = make();
  let last = 0;
  for (let frame = 0; frame < 100; frame++) last = steady.next([frame * 0.2], SECONDS)[0]!;
  assert.ok(99 * 0.2 - last < 1, `${99 * 0.2 - last} behind`);
});

test('the slack grows with the unit', () => {
  const [fine, coarse] = [make(), make()];
  for (const steady of [fine, coarse]) steady.next([0], SECONDS);
  assert.ok(fine.next([5], SECONDS, 1)[0]! > 4);
  assert.ok(coarse.next([5], SECONDS, 10)[0]! < 2);
});
