import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteTrack } from './byte-track.js';
import { trackerConformance } from './conformance.js';
import type { Observation, Tracker } from './port.js';

trackerConformance('bytetrack', (settings) => byteTrack.create(settings));

const at = (x: number, confidence = 0.9, classId = 0): Observation => ({ box: { x1: x, y1: 0, x2: x + 50, y2: 100 }, confidence, classId });

const run = (tracker: Tracker, frames: readonly (readonly Observation[])[], firstMs = 0): (readonly (number | undefined)[])[] =>
  frames.map((seen, frame) => tracker.update(seen, firstMs + frame * 40));

test('after the first frame an object needs a second match; a flash of one frame never has an id, nor uses one up', () => {
  const flash = [[at(0)], [at(0), at(300)], [at(0)], [at(0), at(600)], [at(0), at(600)]];
  assert.deepEqual(run(byteTrack.create({}), flash), [[1], [1, undefined], [1], [1, undefined], [1, 2]]);
});

test('confirmAfter counts detections in a row, the first included', () => {
  const frames = [[], [at(0)], [at(0)], [at(0)], [at(0)]];
  assert.deepEqual(run(byteTrack.create({ confirmAfter: 1 }), frames).flat(), [1, 1, 1, 1]);
  assert.deepEqual(run(byteTrack.create({ confirmAfter: 3 }), frames).flat(), [undefined, undefined, 1, 1]);
});

test('low confidence keeps a track that was just seen, but begins none and wakes none', () => {
  assert.deepEqual(run(byteTrack.create({}), [[at(0, 0.3)], [at(0, 0.3)], [at(0, 0.3)]]).flat(), [undefined, undefined, undefined]);
  assert.deepEqual(run(byteTrack.create({}), [[at(0)], [], [at(0, 0.3)], [at(0)]]), [[1], [], [undefined], [1]]);
  assert.deepEqual(run(byteTrack.create({}), [[at(0)], [at(0, 0.05)]]), [[1], [undefined]]);
});

test('between high confidence and activation a detection is matched first, but begins nothing', () => {
  const settings = { highConfidence: 0.5, activation: 0.7 };
  assert.deepEqual(run(byteTrack.create(settings), [[at(0, 0.6)], [at(0, 0.6)]]).flat(), [undefined, undefined]);
  assert.deepEqual(run(byteTrack.create(settings), [[at(0, 0.7)], [], [at(0, 0.6)]]).flat(), [1, 1]);
});

test('activation follows highConfidence where it is not set, and never lies under it', () => {
  assert.deepEqual(byteTrack.create({ highConfidence: 0.2 }).update([at(0, 0.31)], 0), [1]);
  assert.deepEqual(byteTrack.create({ highConfidence: 1 }).update([at(0, 1)], 0), [1]);
  assert.deepEqual(byteTrack.create({ highConfidence: 0.5, activation: 0.1 }).update([at(0, 0.4)], 0), [undefined]);
});

test('a detector that wavers between two classes: one object when classes mix, two when not', () => {
  const wavering = Array.from({ length: 6 }, (_, frame) => [at(0, 0.9, frame % 2)]);
  assert.deepEqual(run(byteTrack.create({ mixClasses: true }), wavering).flat(), [1, 1, 1, 1, 1, 1]);
  assert.equal(run(byteTrack.create({}), wavering).flat()[1], undefined);
  const mixed = byteTrack.create({ mixClasses: true });
  run(mixed, wavering);
  assert.equal(mixed.coast(240)[0]!.classId, 1);
});

test('of two tracks of one object the one in sight stays', () => {
  const tracker = byteTrack.create({ lostAfterMs: 10_000 });
  run(tracker, [
    [at(0), at(60)],
    [at(0), at(60)],
  ]);
  // The second goes out of sight, and the first walks to where it was.
  for (let frame = 0; frame < 30; frame++) assert.deepEqual(tracker.update([at(Math.min(60, 3 * frame))], 80 + 40 * frame), [1]);
  // A lost track would be woken by this detection: it overlaps its place by a third.
  assert.deepEqual(tracker.update([at(60), at(85)], 1300), [1, undefined]);
});

test('what came nearer quickly and is hidden is looked for at the size it had', () => {
  const tracker = byteTrack.create({});
  const person = (height: number): Observation => ({
    box: { x1: 500 - height / 5, y1: 500 - height / 2, x2: 500 + height / 5, y2: 500 + height / 2 },
    confidence: 0.9,
    classId: 0,
  });
  for (let frame = 0; frame < 10; frame++) tracker.update([person(60 + 12 * frame)], frame * 40);
  for (let frame = 10; frame < 32; frame++) tracker.update([], frame * 40);
  assert.deepEqual(tracker.update([person(168)], 1280), [1]);
});

test('settings are named when they are wrong', () => {
  const message = /settings of the tracker "bytetrack": highConfidence: .*; lostAfterMS: no such setting. Did you mean "lostAfterMs"\?/;
  assert.throws(() => byteTrack.create({ highConfidence: 2, lostAfterMS: 5 }), { code: 'CONFIG_INVALID', message });
  assert.equal(byteTrack.leastConfidence({}), 0.1);
  assert.equal(byteTrack.leastConfidence({ lowConfidence: 0.25 }), 0.25);
});

test('at 10 and at 60 frames a second a lost track is kept for as long', () => {
  for (const fps of [10, 60]) {
    const ids = [900, 1100].map((goneMs) => {
      const tracker = byteTrack.create({ lostAfterMs: 1000 });
      for (let frame = 0; frame <= fps; frame++) tracker.update([at(0)], (frame * 1000) / fps);
      tracker.update([at(0)], 1000 + goneMs);
      return tracker.update([at(0)], 1000 + goneMs + 1000 / fps)[0];
    });
    assert.deepEqual(ids, [1, 2], `${fps} frames a second`);
  }
});

test('three thousand boxes at once, some of them on top of each other', () => {
  const tracker = byteTrack.create({});
  const crowd = Array.from({ length: 3000 }, (_, i) => ({
    box: { x1: (i % 60) * 30, y1: Math.floor(i / 60) * 20, x2: (i % 60) * 30 + 40, y2: Math.floor(i / 60) * 20 + 60 },
    confidence: 0.9,
    classId: 0,
  }));
  const first = tracker.update(crowd, 0);
  assert.equal(new Set(first).size, 3000);
  assert.deepEqual(tracker.update(crowd, 40), first);
  const pile = Array.from({ length: 800 }, () => at(0));
  const piled = tracker.update(pile, 80).filter((id) => id !== undefined);
  assert.equal(new Set(piled).size, piled.length);
});

test('an hour of coming and going: ids rise, and no more tracks are in sight than objects', () => {
  const tracker = byteTrack.create({});
  let highest = 0;
  for (let frame = 0; frame < 36_000; frame++) {
    const seen = Array.from({ length: 4 }, (_, i) => at((frame * 7 + i * 400) % 1600));
    for (const id of tracker.update(seen, frame * 100)) highest = Math.max(highest, id ?? 0);
  }
  assert.ok(highest > 600, `${highest} ids were given`);
  assert.ok(tracker.coast(36_000 * 100).length <= 4);
});
