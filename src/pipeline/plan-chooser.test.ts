import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedModel } from '../inference/index.js';
import type { GraphNode } from './nodes/port.js';
import { PlanChooser } from './plan-chooser.js';

const node = (name: string, reads: readonly string[] = [], model = true): GraphNode => ({
  name,
  reads,
  ordered: false,
  ...(model ? { model: {} as LoadedModel } : {}),
  summary: name,
  open: () => assert.fail('nothing is run here'),
  [Symbol.asyncDispose]: async () => {},
});
const three = [node('detector'), node('tracker', ['detector'], false), node('looks', ['tracker']), node('wears', ['tracker'])];

/** Frames come at the rate that their plan allows, until the plan is settled. */
function settled(chooser: PlanChooser, serialMs: number, parallelMs: number): PlanChooser['state'] {
  let nowMs = 0;
  for (let frames = 0; frames < 1000; frames++) {
    const tookMs = chooser.serial ? serialMs : parallelMs;
    nowMs += tookMs;
    if (chooser.done(tookMs, nowMs)) return chooser.state;
  }
  return chooser.state;
}

test('what is asked for is taken', () => {
  assert.deepEqual(new PlanChooser('parallel', three, 'rate').state, { plan: 'parallel', why: 'asked' });
  assert.deepEqual(settled(new PlanChooser('serial', three, 'rate'), 10, 1), { plan: 'serial', why: 'asked' });
});

test('two models or fewer, and models that all wait for each other, work one after the other', () => {
  const simple = { plan: 'serial', why: 'simple' };
  assert.deepEqual(new PlanChooser('auto', three.slice(0, 3), 'rate').state, simple);
  const chain = [node('detector'), node('faces', ['detector']), node('marks', ['faces'])];
  assert.deepEqual(new PlanChooser('auto', chain, 'rate').state, simple);
  assert.equal(new PlanChooser('auto', three, 'rate').state.why, 'measuring');
});

test('the faster plan is taken, by frames a second or by the time of a frame', () => {
  for (const measure of ['rate', 'latency'] as const) {
    assert.deepEqual([settled(new PlanChooser('auto', three, measure), 20, 10).plan, measure], ['parallel', measure]);
    assert.deepEqual([settled(new PlanChooser('auto', three, measure), 10, 20).plan, measure], ['serial', measure]);
  }
  const { measured } = settled(new PlanChooser('auto', three, 'rate'), 20, 10);
  assert.deepEqual([Math.round(measured!.serial), Math.round(measured!.parallel)], [50, 100]);
});

test('a lead within what a short trial can tell is none', () => {
  assert.equal(settled(new PlanChooser('auto', three, 'rate'), 10.1, 10).plan, 'serial');
});
