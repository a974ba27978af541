import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation, Tracker } from './port.js';

/** Makes a tracker for one case: lost tracks are kept for `lostAfterMs`, everything else is as it comes. */
export type MakeTracker = (settings: { readonly lostAfterMs: number }) => Tracker;

const FRAME_MS = 40;
const LOST_AFTER_MS = 400;

/** A person of 40 x 100 px whose left edge is at `x`. */
const at = (x: number, y = 100, confidence = 0.9, classId = 0): Observation => ({
  box: { x1: x, y1: y, x2: x + 40, y2: y + 100 },
  confidence,
  classId,
});

/** Where two people stand on each frame who walk through each other, one from the left and one from the right. */
const crossing = (frame: number): Observation[] => [at(100 + 12 * frame, 100), at(700 - 12 * frame, 110)];

/** Answers of a scene, frame by frame. */
function followed(
  tracker: Tracker,
  frames: number,
  scene: (frame: number) => readonly Observation[],
  first = 0,
): (readonly (number | undefined)[])[] {
  return Array.from({ length: frames }, (_, i) => tracker.update(scene(first + i), (first + i) * FRAME_MS));
}

/** Pseudo-random numbers from 0 to 1: the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** A street on which people come and go. */
function street(frames: number, seed = 5): Observation[][] {
  const random = numbers(seed);
  const people = Array.from({ length: 12 }, () => ({
    x: random() * 800,
    y: random() * 400,
    dx: random() * 8 - 4,
    from: random() * 20,
    to: 20 + random() * 40,
  }));
  return Array.from({ length: frames }, (_, frame) =>
    people
      .filter(({ from, to }) => frame >= from && frame < to && random() > 0.1)
      .map(({ x, y, dx }) => at(x + dx * frame + random() * 4, y + random() * 4, 0.5 + random() * 0.5)),
  );
}

type Case = (make: () => Tracker) => void;

const FOLLOWING: Readonly<Record<string, Case>> = {
  'one answer for each detection, and different ids on the first frame at once, from 1': (make) => {
    assert.deepEqual(make().update([at(0), at(200), at(400)], 0), [1, 2, 3]);
  },
  'an id lasts while boxes overlap': (make) => {
    const ids = followed(make(), 50, (frame) => [at(6 * frame), at(600 - 3 * frame, 300)]);
    for (const answer of ids) assert.deepEqual(answer, [1, 2]);
  },
  'answers follow the detections, whatever their order': (make) => {
    const tracker = make();
    tracker.update([at(0), at(200), at(400)], 0);
    assert.deepEqual(tracker.update([at(401), at(1), at(201)], FRAME_MS), [3, 1, 2]);
  },
  'who comes later has an id before long, and one of its own': (make) => {
    const tracker = make();
    followed(tracker, 3, () => [at(0)]);
    const ids = followed(tracker, 5, () => [at(0), at(300)], 3);
    assert.deepEqual(ids.at(-1), [1, 2]);
  },
  'people who cross keep their ids, since their motion tells them apart': (make) => {
    const ids = followed(make(), 50, crossing);
    assert.deepEqual(ids[0], [1, 2]);
    assert.deepEqual(ids.at(-1), [1, 2]);
  },
  'a detector that is unsure for a few frames does not cost the id': (make) => {
    const ids = followed(make(), 30, (frame) => [at(4 * frame, 100, frame > 10 && frame < 16 ? 0.2 : 0.9)]);
    assert.deepEqual(new Set(ids.flat()), new Set([1]));
  },
  'classes do not mix': (make) => {
    const tracker = make();
    tracker.update([at(0, 100, 0.9, 0), at(0, 100, 0.9, 1)], 0);
    assert.deepEqual(tracker.update([at(0, 100, 0.9, 1), at(0, 100, 0.9, 0)], FRAME_MS), [2, 1]);
  },
};

const GAPS: Readonly<Record<string, Case>> = {
  'out of sight for less than lostAfterMs: the id stays': (make) => {
    const tracker = make();
    followed(tracker, 10, (frame) => [at(5 * frame)]);
    followed(tracker, 8, () => [], 10);
    assert.deepEqual(followed(tracker, 4, (frame) => [at(5 * frame)], 18).at(-1), [1]);
  },
  'out of sight for longer: a new id': (make) => {
    const tracker = make();
    followed(tracker, 10, (frame) => [at(5 * frame)]);
    followed(tracker, 12, () => [], 10);
    assert.deepEqual(followed(tracker, 5, (frame) => [at(5 * frame)], 22).at(-1), [2]);
  },
  'no frames at all for longer than lostAfterMs: a new id': (make) => {
    const tracker = make();
    followed(tracker, 10, () => [at(0)]);
    assert.deepEqual(followed(tracker, 5, () => [at(0)], 10 + 60_000 / FRAME_MS).at(-1), [2]);
  },
  'a stream that is looked at more seldom than lostAfterMs is still followed': (make) => {
    const tracker = make();
    for (let frame = 0; frame < 10; frame++) assert.deepEqual(tracker.update([at(frame)], frame * 5 * LOST_AFTER_MS), [1]);
  },
  'dropped frames: motion goes by time, not by count': (make) => {
    const tracker = make();
    followed(tracker, 20, (frame) => [at(10 * frame)]);
    // 50 px on, a person of 40 px does not overlap where it last was.
    assert.deepEqual(tracker.update([at(10 * 25)], 25 * FRAME_MS), [1]);
  },
};

const COASTING: Readonly<Record<string, Case>> = {
  'coasting moves confirmed tracks on': (make) => {
    const tracker = make();
    followed(tracker, 20, (frame) => [at(5 * frame), at(500)]);
    const predicted = tracker.coast(21 * FRAME_MS);
    assert.deepEqual(
      predicted.map(({ trackId, confidence, classId }) => ({ trackId, confidence, classId })),
      [
        { trackId: 1, confidence: 0.9, classId: 0 },
        { trackId: 2, confidence: 0.9, classId: 0 },
      ],
    );
    assert.ok(Math.abs(predicted[0]!.box.x1 - 105) < 6, `x1 is ${predicted[0]!.box.x1}, about 105 is right`);
    assert.ok(Math.abs(predicted[1]!.box.x1 - 500) < 1);
    assert.ok(Math.abs(predicted[1]!.box.y2 - 200) < 1);
  },
  'coasting shows only what the last look showed': (make) => {
    const tracker = make();
    assert.deepEqual(tracker.coast(0), []);
    tracker.update([at(0), at(200)], FRAME_MS);
    tracker.update([at(0)], 2 * FRAME_MS);
    assert.deepEqual(
      tracker.coast(3 * FRAME_MS).map(({ trackId }) => trackId),
      [1],
    );
  },
  'coasting changes nothing of what follows': (make) => {
    const scene = street(60);
    const answers = (coasting: boolean): unknown => {
      const tracker = make();
      return scene.map((seen, frame) => {
        if (frame % 3 === 0) return tracker.update(seen, frame * FRAME_MS);
        if (coasting) tracker.coast(frame * FRAME_MS);
        return [];
      });
    };
    assert.deepEqual(answers(true), answers(false));
  },
};

const INPUTS: Readonly<Record<string, Case>> = {
  'a frame with nothing on it is not an error': (make) => {
    const tracker = make();
    assert.deepEqual(tracker.update([], 0), []);
    assert.deepEqual(tracker.coast(FRAME_MS), []);
    assert.deepEqual(tracker.update([], 2 * FRAME_MS), []);
  },
  'boxes that are none belong to no track, and harm nobody': (make) => {
    const none = [
      { x1: NaN, y1: 0, x2: 10, y2: 10 },
      { x1: 0, y1: 0, x2: Infinity, y2: 10 },
      { x1: 10, y1: 10, x2: 10, y2: 20 },
      { x1: 20, y1: 10, x2: 10, y2: 20 },
      { x1: 0, y1: -1e300, x2: 10, y2: 1e300 },
    ].map((box) => ({ box, confidence: 0.9, classId: 0 }));
    const tracker = make();
    for (let frame = 0; frame < 5; frame++) {
      const answer = tracker.update([...none, at(0), { ...at(300), confidence: NaN }], frame * FRAME_MS);
      assert.deepEqual(answer, [undefined, undefined, undefined, undefined, undefined, 1, undefined]);
    }
  },
  'equal times are one time; falling time is refused with both times, and changes nothing': (make) => {
    const tracker = make();
    assert.deepEqual(tracker.update([at(0)], 1000), [1]);
    assert.deepEqual(tracker.update([at(0)], 1000), [1]);
    assert.throws(() => tracker.update([at(0)], 960), { code: 'INVALID_ARGUMENT', message: /1000.*960/ });
    assert.throws(() => tracker.coast(960), { code: 'INVALID_ARGUMENT', message: /1000.*960/ });
    assert.throws(() => tracker.update([at(0)], NaN), { code: 'INVALID_ARGUMENT', message: /timeMs is NaN/ });
    assert.deepEqual(tracker.update([at(0)], 1040), [1]);
  },
  'times may begin anywhere, below zero too': (make) => {
    const tracker = make();
    for (const timeMs of [-80, -40, 0, 40]) assert.deepEqual(tracker.update([at(0)], timeMs), [1]);
  },
  'detections stay as they were': (make) => {
    const tracker = make();
    for (const [frame, seen] of street(30).entries()) {
      const before = structuredClone(seen);
      tracker.update(Object.freeze(seen), frame * FRAME_MS);
      assert.deepEqual(seen, before);
    }
  },
};

const STATE: Readonly<Record<string, Case>> = {
  'the same input gives the same answers': (make) => {
    const scene = street(60);
    const run = (tracker: Tracker): unknown => scene.map((seen, frame) => tracker.update(seen, frame * FRAME_MS));
    assert.deepEqual(run(make()), run(make()));
  },
  'two streams share nothing': (make) => {
    const [a, b, alone] = [make(), make(), make()];
    const [here, there] = [street(60, 1), street(60, 2)];
    for (const [frame, seen] of here.entries()) {
      const together = a.update(seen, frame * FRAME_MS);
      b.update(there[frame]!, frame * FRAME_MS);
      assert.deepEqual(together, alone.update(seen, frame * FRAME_MS));
    }
  },
  'reset forgets tracks, time and ids': (make) => {
    const tracker = make();
    const scene = street(40);
    const run = (): unknown => scene.map((seen, frame) => tracker.update(seen, frame * FRAME_MS));
    const first = run();
    tracker.reset();
    assert.deepEqual(tracker.coast(0), []);
    assert.deepEqual(run(), first);
  },
  'tuned, it goes on with its tracks; settings that are wrong change nothing': (make) => {
    const tracker = make();
    for (let frame = 0; frame < 20; frame++) tracker.update([at(frame)], frame * FRAME_MS);
    const [id] = tracker.update([at(20)], 20 * FRAME_MS);
    assert.throws(() => tracker.tune({ lostAfterMs: -1 }), { code: 'CONFIG_INVALID' });
    tracker.tune({ lostAfterMs: 50 });
    assert.deepEqual(tracker.update([at(21)], 21 * FRAME_MS), [id]);
    // Forgotten after 50 ms now: what is seen there a second later is somebody else.
    const later = 21 * FRAME_MS + 1000;
    tracker.update([at(22)], later);
    for (let frame = 1; frame < 20; frame++) tracker.update([at(22 + frame)], later + frame * FRAME_MS);
    const [other] = tracker.update([at(42)], later + 20 * FRAME_MS);
    assert.notEqual(other, id);
  },
  'no id is on two detections of a frame': (make) => {
    const tracker = make();
    for (const [frame, seen] of street(60).entries()) {
      const ids = tracker.update(seen, frame * FRAME_MS).filter((id) => id !== undefined);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.ok(Number.isSafeInteger(id) && id >= 1);
    }
  },
};

/** Every tracker answers the same questions; `skip` names the cases that do not apply to one, with the reason. */
export function trackerConformance(name: string, create: MakeTracker, skip: Readonly<Record<string, string>> = {}): void {
  const cases = { ...FOLLOWING, ...GAPS, ...COASTING, ...INPUTS, ...STATE };
  const unknown = Object.keys(skip).filter((title) => !(title in cases));
  test(`${name}: every case that is skipped exists`, () => assert.deepEqual(unknown, []));
  for (const [title, check] of Object.entries(cases))
    test(`${name}: ${title}`, { skip: skip[title] ?? false }, () => check(() => create({ lostAfterMs: LOST_AFTER_MS })));
}
