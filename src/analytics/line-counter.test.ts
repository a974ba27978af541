import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameMeta, Point } from '../core/index.js';
import { LineCounterSettings } from './line-counter-settings.js';
import { createLineCounter } from './line-counter.js';
import type { Analyser } from './port.js';
import { type SceneObject, sceneFrame } from './track-scene.js';

const PLACE = { stream: 'door', node: 'counter' };

const counter = (from: Point, to: Point, labels?: string[]): Analyser =>
  createLineCounter(LineCounterSettings.parse({ lines: { gate: { from: [from.x, from.y], to: [to.x, to.y], units: 'pixels', labels } } }), PLACE);

/** A level line from left to right at y 400: going east, below is its right. */
const level = (labels?: string[]): Analyser => counter({ x: 400, y: 400 }, { x: 800, y: 400 }, labels);

const inOut = (analyser: Analyser): [number, number] => {
  const { gate } = analyser.counts();
  return [gate!.in, gate!.out];
};

/** Shows a track where it is on each frame (undefined: not seen on it) and answers [in, out]. */
function walk(analyser: Analyser, way: readonly (Point | undefined)[], object: Partial<SceneObject> = { trackId: 1 }): [number, number] {
  way.forEach((feet, frame) => analyser.update(sceneFrame({ frame, objects: feet ? [{ ...object, feet }] : [] })));
  return inOut(analyser);
}

const down = (...ys: number[]): Point[] => ys.map((y) => ({ x: 600, y }));

/** Numbers between 0 and 1 that are the same on each run (a linear congruential generator with the constants of Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const HEADINGS: readonly [string, Point, Point, Point][] = [
  // heading, last point of a line from (600, 400), a place on its left, a place on its right
  ['east', { x: 800, y: 400 }, { x: 700, y: 300 }, { x: 700, y: 500 }],
  ['west', { x: 400, y: 400 }, { x: 500, y: 500 }, { x: 500, y: 300 }],
  ['south', { x: 600, y: 600 }, { x: 700, y: 500 }, { x: 500, y: 500 }],
  ['north', { x: 600, y: 200 }, { x: 500, y: 300 }, { x: 700, y: 300 }],
  ['south-east', { x: 800, y: 600 }, { x: 760, y: 440 }, { x: 640, y: 560 }],
];
for (const [heading, to, left, right] of HEADINGS) {
  test(`a line that heads ${heading}: from its left to its right is in, back is out`, () => {
    const from = { x: 600, y: 400 };
    assert.deepEqual(walk(counter(from, to), [left, left, right, right]), [1, 0]);
    assert.deepEqual(walk(counter(from, to), [right, right, left, left]), [0, 1]);
    assert.deepEqual(walk(counter(to, from), [left, left, right, right]), [0, 1], 'the same way over the reversed line');
    assert.deepEqual(walk(counter(from, to), [left, right, left, right]), [2, 1], 'there, back and there again');
  });
}

test('the event says what crossed, where, when and which way, on the frame on which it was certain', () => {
  const gate = level();
  const ways = down(370, 390, 410, 420);
  const events = ways.flatMap((feet, frame) => gate.update(sceneFrame({ frame, objects: [{ feet, trackId: 7 }] })));
  const [{ pts, ...event }, ...more] = events as [(typeof events)[0], ...typeof events];
  assert.deepEqual(more, []);
  assert.deepEqual(event, {
    type: 'line-crossing',
    ...PLACE,
    frame: 3,
    line: 'gate',
    direction: 'in',
    trackId: 7,
    label: 'person',
    at: { x: 600, y: 420 },
  });
  assert.equal(pts.ticks, 300_000n);
});

test('the bottom centre crosses, not the middle of the box', () => {
  assert.deepEqual(walk(level(), down(300, 350, 390), { trackId: 1, heightPx: 200 }), [0, 0]);
});

test('a jump far across the line between two frames counts once', () => {
  assert.deepEqual(walk(level(), down(50, 700)), [1, 0]);
  assert.deepEqual(walk(level(), down(700, 50)), [0, 1]);
});

test('a jump across the line beyond its end does not count, one that grazes its end does', () => {
  const across = (x: number): Point[] => [
    { x, y: 50 },
    { x, y: 700 },
  ];
  assert.deepEqual(walk(level(), across(801)), [0, 0]);
  assert.deepEqual(walk(level(), across(399)), [0, 0]);
  assert.deepEqual(walk(level(), across(800)), [1, 0]);
});

test('trembling on the line counts nothing, and the crossing that follows counts once', () => {
  const tremble = Array.from({ length: 200 }, (_, n) => 400 + (n % 2 ? 5 : -5));
  assert.deepEqual(walk(level(), down(...tremble)), [0, 0]);
  assert.deepEqual(walk(level(), down(300, 350, ...tremble, 350, 300)), [0, 0], 'it went back');
  assert.deepEqual(walk(level(), down(300, 350, ...tremble, 450, 500)), [1, 0], 'it went on');
});

test('a box cut short for one frame does not go out and in again', () => {
  assert.deepEqual(walk(level(), down(300, 420, 440, 441, 390, 442, 443)), [1, 0]);
});

test('noisy walks: each of 500 people who cross counts once, and none of 500 who stand at the line', () => {
  // The lower edges of a detector tremble by 2 to 3 % of the box; here by up to 5 % (even), over and above a slow walk.
  const noise = random(1);
  const [crossing, standing] = [level(), level()];
  for (let frame = 0; frame < 120; frame++) {
    const feet = (n: number, y: number): SceneObject => ({ feet: { x: 450 + (n % 300), y: y + (noise() - 0.5) * 10 }, trackId: n });
    const people = Array.from({ length: 500 }, (_, n) => n + 1);
    crossing.update(sceneFrame({ frame, objects: people.map((n) => feet(n, 340 + frame)) }));
    standing.update(sceneFrame({ frame, objects: people.map((n) => feet(n, 400)) }));
  }
  assert.deepEqual(inOut(crossing), [500, 0]);
  assert.deepEqual(inOut(standing), [0, 0]);
});

test('who appears on the line has crossed nothing on leaving it, but may come back across it', () => {
  assert.deepEqual(walk(level(), down(400, 400, 420, 440)), [0, 0]);
  assert.deepEqual(walk(level(), down(400, 400, 420, 440, 380, 360)), [0, 1]);
});

test('a path through a point exactly on the line counts once', () => {
  assert.deepEqual(walk(level(), down(300, 400, 500)), [1, 0]);
  assert.deepEqual(walk(level(), down(500, 400, 400, 300)), [0, 1]);
});

test('walking round the end of the line does not count, nor does a passage undone round its end', () => {
  const round = [
    { x: 700, y: 300 },
    { x: 900, y: 300 },
    { x: 900, y: 500 },
    { x: 700, y: 500 },
    { x: 700, y: 520 },
  ];
  assert.deepEqual(walk(level(), round), [0, 0]);
  assert.deepEqual(walk(level(), [...round, ...down(300, 280)]), [0, 1], 'and straight back');
  const undone = [
    { x: 790, y: 300 },
    { x: 790, y: 395 },
    { x: 790, y: 404 },
    { x: 810, y: 404 },
    { x: 810, y: 396 },
    { x: 790, y: 395 },
    { x: 790, y: 300 },
  ];
  assert.deepEqual(walk(level(), undone), [0, 0]);
});

test('lost in front of the line and found behind it with the same track: once; after a minute it is somebody new', () => {
  const lost = (frames: number): undefined[] => Array.from({ length: frames });
  assert.deepEqual(walk(level(), [...down(300, 350), ...lost(50), ...down(500, 510)]), [1, 0]);
  assert.deepEqual(walk(level(), [...down(300, 350), ...lost(601), ...down(500, 510)]), [0, 0]);
});

test('what a tracker believes on a frame that nobody looked at is no sighting', () => {
  const gate = level();
  const coast = (frame: number, y: number, inferred: boolean): unknown =>
    gate.update(sceneFrame({ frame, inferred, objects: [{ feet: { x: 600, y }, trackId: 1 }] }));
  [300, 380].forEach((y, frame) => coast(frame, y, true));
  [430, 480, 530].forEach((y, n) => coast(2 + n, y, false));
  [385, 300].forEach((y, n) => coast(5 + n, y, true));
  assert.deepEqual(inOut(gate), [0, 0], 'it overshot and came back');
  [430, 480].forEach((y, n) => coast(7 + n, y, false));
  [500, 510].forEach((y, n) => coast(9 + n, y, true));
  assert.deepEqual(inOut(gate), [1, 0]);
});

test('untracked objects and other labels never count', () => {
  assert.deepEqual(walk(level(), down(300, 350, 450, 500), {}), [0, 0]);
  assert.deepEqual(walk(level(['vehicle']), down(300, 350, 450, 500)), [0, 0]);
  assert.deepEqual(walk(level(['vehicle', 'person']), down(300, 350, 450, 500)), [1, 0]);
});

test('tracks of the same id from two nodes are two tracks', () => {
  const gate = level();
  const seen = (frame: number, detector: number, other: number): FrameMeta => {
    const meta = sceneFrame({ frame, objects: [detector, other].map((y) => ({ feet: { x: 600, y }, trackId: 1 })) });
    return { ...meta, objects: meta.objects.map((object, n) => (n === 0 ? object : { ...object, node: 'faces' })) };
  };
  [0, 1, 2, 3].forEach((frame) => gate.update(seen(frame, 300, 500)));
  assert.deepEqual(inOut(gate), [0, 0]);
});

test('fractions follow the size of the frame, and a change of size counts nothing by itself', () => {
  const gate = createLineCounter(LineCounterSettings.parse({ lines: { gate: { from: [0, 0.5], to: [1, 0.5] } } }), PLACE);
  const at = (frame: number, y: number, height: number): unknown =>
    gate.update(sceneFrame({ frame, size: { width: height, height }, objects: [{ feet: { x: 100, y }, trackId: 1 }] }));
  [100, 150, 450, 460].forEach((y, frame) => at(frame, y, 600)); // the line is at 300: in
  [460, 465].forEach((y, n) => at(4 + n, y, 1200)); // the line is at 600: now left of it
  assert.deepEqual(inOut(gate), [1, 0]);
  [700, 710].forEach((y, n) => at(6 + n, y, 1200));
  assert.deepEqual(inOut(gate), [2, 0]);
});

test('time that goes back begins anew: a restarted tracker numbers from 1 again', () => {
  const gate = level();
  down(300, 300).forEach((feet, n) => gate.update(sceneFrame({ frame: 500 + n, objects: [{ feet, trackId: 1 }] })));
  down(500, 500).forEach((feet, n) => gate.update(sceneFrame({ frame: n, objects: [{ feet, trackId: 1 }] })));
  assert.deepEqual(inOut(gate), [0, 0]);
});

test('lines of one counter count apart', () => {
  const lines = { near: { from: [0, 0.4], to: [1, 0.4] }, far: { from: [1, 0.6], to: [0, 0.6] } };
  const both = createLineCounter(LineCounterSettings.parse({ lines }), PLACE);
  down(100, 360, 700, 710).forEach((feet, frame) => both.update(sceneFrame({ frame, objects: [{ feet, trackId: 1 }] })));
  assert.deepEqual(both.counts(), { near: { in: 1, out: 0 }, far: { in: 0, out: 1 } });
});

test('settings: a bad line is named with what to do', () => {
  const refusal = (line: unknown): string =>
    LineCounterSettings.safeParse({ lines: { gate: line } })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join() ?? '';
  assert.match(refusal({ from: [0, 100], to: [1, 1] }), /lines\.gate\.from: .*units: pixels/);
  assert.match(refusal({ from: [0.5, 0.5], to: [0.5, 0.5] }), /lines\.gate\.to: .*two different points/);
  assert.equal(refusal({ from: [0, 100], to: [640, 100], units: 'pixels' }), '');
  assert.equal(LineCounterSettings.safeParse({ lines: {} }).success, false);
});
