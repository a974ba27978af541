import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrossingDirection, type LineCrossing, fromMs } from '../../core/index.js';
import { SCENE_LINE, type SceneTruth } from './scene-truth.js';
import { checkCrossings, truthText } from './truth.js';

const truth: SceneTruth = {
  size: { width: 1280, height: 720 },
  frameRate: { num: 25, den: 1 },
  line: SCENE_LINE,
  walkers: [],
  frames: [],
  crossings: [
    { walker: 'ann', direction: 'in', timeMs: 1000 },
    { walker: 'bob', direction: 'out', timeMs: 1200 },
    { walker: 'cat', direction: 'in', timeMs: 1500 },
  ],
};

const event = (direction: CrossingDirection, timeMs: number, trackId = 1, line: string = SCENE_LINE.name): LineCrossing => ({
  type: 'line-crossing',
  stream: 'scene',
  frame: Math.round(timeMs / 40),
  pts: fromMs(timeMs),
  node: 'lines',
  line,
  direction,
  trackId,
  label: 'person',
  at: { x: 640, y: 400 },
});

test('every crossing counted once is correct, though counted a little late', () => {
  const report = checkCrossings(truth, [event('in', 1120), event('out', 1400), event('in', 1600)]);
  assert.ok(report.correct);
  assert.deepEqual(
    report.matched.map(({ truth: { walker }, lateMs }) => [walker, lateMs]),
    [
      ['ann', 120],
      ['bob', 200],
      ['cat', 100],
    ],
  );
  assert.deepEqual(report.byDirection, { in: { expected: 2, counted: 2, matched: 2 }, out: { expected: 1, counted: 1, matched: 1 } });
  assert.equal(truthText(report), 'in   2 counted, 2 true\nout  1 counted, 1 true\nAll 3 crossings were counted, and nothing else.\n');
});

test('a crossing counted twice is once extra, one not counted is missed, and both are named', () => {
  const report = checkCrossings(truth, [event('in', 1120, 7), event('in', 1300, 8), event('in', 1560, 9)]);
  assert.deepEqual(
    report.missed.map(({ walker }) => walker),
    ['bob'],
  );
  assert.deepEqual(
    report.extra.map(({ trackId }) => trackId),
    [8],
  );
  assert.equal(report.correct, false);
  assert.match(
    truthText(report),
    /2 of 3 crossings were counted\.\nmissed: bob going out at 1\.2 s\ncounted though nobody crossed: track 8 going in at 1\.3 s\n$/,
  );
});

test('the wrong direction, another line, and an event of quite another time match nothing', () => {
  const report = checkCrossings(truth, [event('out', 1000), event('in', 1000, 1, 'door'), event('in', 4000)]);
  assert.deepEqual(
    report.matched.map(({ truth: { walker } }) => walker),
    ['bob'],
  );
  assert.deepEqual(
    report.extra.map(({ pts }) => Number(pts.ticks)),
    [4_000_000],
  );
});
