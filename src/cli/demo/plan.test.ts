import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCENE_FRAMES, crossingOf, planWalkers, whereabouts } from './plan.js';
import { LINE_X } from './stage.js';

const SEEDS = [1, 2, 3, 4, 5];
/** Instants a hundredth of a second apart, from before the scene until it ends. */
const INSTANTS = Array.from({ length: (SCENE_FRAMES / 25 + 8) * 100 }, (_, i) => i / 100 - 8);

test('who crosses when is what walking tells', () => {
  for (const seed of SEEDS)
    for (const walker of planWalkers(seed)) {
      const sides = INSTANTS.map((seconds) => Math.sign(whereabouts(walker, seconds).x - LINE_X));
      const at = sides.findIndex((side, i) => i > 0 && side !== sides[i - 1] && side !== 0);
      const crossing = crossingOf(walker);
      if (!crossing) {
        assert.equal(at, -1, `${walker.name} turns before the line`);
        continue;
      }
      assert.ok(Math.abs(INSTANTS[at]! - crossing.seconds) <= 0.021, `${walker.name}: ${INSTANTS[at]} and ${crossing.seconds}`);
      assert.equal(crossing.towards, sides[at]! > 0 ? 'right' : 'left');
    }
});

test('both directions are walked, some turn back, and everyone is told apart by name', () => {
  for (const seed of SEEDS) {
    const walkers = planWalkers(seed);
    const towards = walkers.map((walker) => crossingOf(walker)?.towards);
    for (const direction of ['left', 'right', undefined] as const) assert.ok(towards.filter((each) => each === direction).length >= 2);
    assert.equal(new Set(walkers.map(({ name }) => name)).size, walkers.length);
  }
});

test('nobody walks twice at the same time', () => {
  for (const seed of SEEDS) {
    const walkers = planWalkers(seed);
    for (const seconds of INSTANTS.filter((instant) => instant >= 0)) {
      // Two pixels in from the edge: the heel of one may be on the picture with the nose of the next.
      const present = walkers.filter((walker) => Math.abs(whereabouts(walker, seconds).x - LINE_X) < 560).map(({ person }) => person);
      assert.equal(new Set(present).size, present.length, `${present.join(', ')} at ${seconds} s, seed ${seed}`);
    }
  }
});

test('a photograph shows enough of everyone to reach what hides the rest', () => {
  for (const walker of planWalkers(1)) {
    const { lane, seen } = walker;
    for (const seconds of INSTANTS) {
      const bottom = whereabouts(walker, seconds).top + seen * lane.scale;
      assert.ok(bottom > lane.hiddenFrom, `${walker.name} on the ${walker.path} path ends at ${bottom}, above ${lane.hiddenFrom}`);
    }
  }
});

test('a turn takes its time: pace never jumps', () => {
  for (const walker of planWalkers(1).filter(({ turnsAt }) => turnsAt !== undefined)) {
    const steps = INSTANTS.map((seconds) => whereabouts(walker, seconds).x).map((x, i, all) => x - (all[i - 1] ?? x));
    const jump = Math.max(...steps.slice(2).map((step, i) => Math.abs(step - steps[i + 1]!)));
    // Full pace to none in three quarters of a second, along a cosine.
    const full = walker.speed * walker.lane.scale * 0.01;
    assert.ok(jump < (full * Math.PI * 0.011) / 1.5, `${walker.name}: ${jump} px`);
  }
});
