import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { castActors } from './actors.js';
import { paintBackdrop } from './backdrop.js';
import { createComposer } from './compose.js';
import { paperPeople } from './paper-people.test.support.js';
import { SCENE_FRAMES, planWalkers } from './plan.js';
import { truthOf } from './scene-truth.js';
import { LINE_X, SCENE_SIZE } from './stage.js';

const actors = castActors(planWalkers(1), paperPeople());
const truth = truthOf(actors, SCENE_FRAMES);

test('a crossing is where the middle of the box passes the line', () => {
  assert.ok(truth.crossings.length >= 10);
  for (const { walker, direction, timeMs } of truth.crossings) {
    const index = truth.walkers.findIndex(({ name }) => name === walker);
    const side = (frame: number): number => {
      const { box } = truth.frames[frame]!.find((each) => each.walker === index)!;
      return (box.x1 + box.x2) / 2 - LINE_X;
    };
    // Heads sway; two frames either side are clear of that.
    const frame = timeMs / 40;
    const [before, after] = [side(Math.floor(frame) - 2), side(Math.ceil(frame) + 2)];
    assert.ok(direction === 'in' ? before < 0 && after > 0 : before > 0 && after < 0, `${walker}: ${before} before, ${after} after`);
  }
});

test('nobody is hidden while crossing', () => {
  for (const { walker, timeMs } of truth.crossings) {
    const index = truth.walkers.findIndex(({ name }) => name === walker);
    for (let frame = Math.round(timeMs / 40) - 8; frame <= timeMs / 40 + 8; frame++)
      assert.ok(truth.frames[frame]!.find((each) => each.walker === index)!.visible > 0.8, `${walker} on frame ${frame}`);
  }
});

test('boxes lie in the picture, and what is shown lies in the box', () => {
  for (const boxes of truth.frames)
    for (const { box, shown, visible } of boxes) {
      assert.ok(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= SCENE_SIZE.width && box.y2 <= SCENE_SIZE.height && box.x2 > box.x1 && box.y2 > box.y1);
      assert.ok(visible >= 0 && visible <= 1);
      // Cover is counted in squares of four pixels.
      if (visible > 0) assert.ok(shown.x1 > box.x1 - 4 && shown.y1 > box.y1 - 4 && shown.x2 < box.x2 + 4 && shown.y2 < box.y2 + 4);
    }
});

test('who is nearer covers who is farther, and is not covered by them', () => {
  const paths = ['far', 'middle', 'near'];
  const covered = truth.frames.flat().filter(({ visible }) => visible < 1);
  assert.ok(covered.length > 0, 'people pass each other');
  assert.ok(covered.every(({ walker }) => truth.walkers[walker]!.path !== 'near' || truth.walkers.filter(({ path }) => path === 'near').length > 1));
  for (const boxes of truth.frames) {
    const order = boxes.map(({ walker }) => paths.indexOf(truth.walkers[walker]!.path));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.ok(boxes.length === 0 || boxes.at(-1)!.visible === 1, 'nobody stands before the nearest');
  }
});

const digest = (seed: number): string => {
  const rgb = new Uint8Array(SCENE_SIZE.width * SCENE_SIZE.height * 3);
  createComposer(paintBackdrop(seed), castActors(planWalkers(seed), paperPeople())).draw(4, rgb);
  return createHash('sha256').update(rgb).digest('hex');
};

test('the same seed films the same frame 100, byte for byte; another seed another', () => {
  const first = digest(1);
  assert.equal(digest(1), first);
  assert.notEqual(digest(2), first);
});

test('walkers are drawn where the truth says, in their own colours', () => {
  const composer = createComposer(paintBackdrop(1), actors);
  const rgb = new Uint8Array(SCENE_SIZE.width * SCENE_SIZE.height * 3);
  for (const frame of [60, 170, 330, 440]) {
    composer.draw(frame / 25, rgb);
    const seen = truth.frames[frame]!.filter(({ visible }) => visible === 1);
    assert.ok(seen.length > 0);
    for (const { walker, box } of seen) {
      const { coming } = actors[walker]!;
      const colour = [...coming.rgba.subarray((coming.size.width + 1) * 4, (coming.size.width + 1) * 4 + 3)];
      const at = (Math.floor(box.y1 + 12) * SCENE_SIZE.width + Math.floor((box.x1 + box.x2) / 2 + 5)) * 3;
      const found = [...rgb.subarray(at, at + 3)];
      const isLamp = found.every((value, c) => Math.abs(value - [58, 70, 76][c]!) < 30);
      assert.ok(isLamp || found.every((value, c) => Math.abs(value - colour[c]!) <= 1), `frame ${frame}: ${found.join()} for ${colour.join()}`);
    }
  }
});
