import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pts, TimeBase } from '../../core/index.js';
import { FrameSchedule, type Sampling } from './frame-schedule.js';

const PLAIN: Sampling = { frameCount: 1, frameStep: 1, interval: 0, firstRun: 'immediate', whenShort: 'skip' };
const every =
  (timeBase: TimeBase) =>
  (tick: number): Pts => ({ ticks: BigInt(tick), timeBase });
const at25 = every({ num: 1, den: 25 });
/** Frame n of 29.97 frames a second. */
const ntsc = every({ num: 1001, den: 30_000 });
const ms = every({ num: 1, den: 1000 });

interface Run {
  /** 0-based place of the frame on which the run was due. */
  readonly on: number;
  /** Places of the frames it gets. */
  readonly frames: readonly number[];
}

/** Runs over frames at the given times; places of frames count on over a seek. */
function runs(sampling: Partial<Sampling>, times: readonly Pts[]): Run[] {
  const schedule = new FrameSchedule({ ...PLAIN, ...sampling });
  return times.flatMap((pts, on) => {
    const { ages } = schedule.next(pts);
    return ages.length > 0 ? [{ on, frames: ages.map((age) => on - age) }] : [];
  });
}
const frames = (count: number, pts = at25): Pts[] => Array.from({ length: count }, (_, n) => pts(n));
const framesOf = (sampling: Partial<Sampling>, count: number): (readonly number[])[] => runs(sampling, frames(count)).map((run) => run.frames);
const dueOn = (sampling: Partial<Sampling>, times: readonly Pts[]): number[] => runs(sampling, times).map(({ on }) => on);

// Rows of the behaviour of Stream Infer 0.6.7 that users of it know; where ours differs, the remark says from what.
const CHOICES: readonly { readonly name: string; readonly sampling: Partial<Sampling>; readonly count: number; readonly first: readonly number[][] }[] = [
  { name: 'count 3, step 4: newest, and every fourth before it', sampling: { frameCount: 3, frameStep: 4 }, count: 12, first: [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]] },
  { name: 'two frames a step apart are enough: there, count x step', sampling: { frameCount: 2, frameStep: 3 }, count: 5, first: [[0, 3], [1, 4]] },
  { name: 'count 1 with a long step starts at once: there, 6 frames late', sampling: { frameCount: 1, frameStep: 6 }, count: 2, first: [[0], [1]] },
  { name: 'step 1 waits until all are there', sampling: { frameCount: 3, frameStep: 1 }, count: 4, first: [[0, 1, 2], [1, 2, 3]] },
  { name: 'step 0 takes the last ones, as many as there are', sampling: { frameCount: 3, frameStep: 0 }, count: 4, first: [[0], [0, 1], [0, 1, 2], [1, 2, 3]] },
  { name: 'partial takes those of the pattern that are there', sampling: { frameCount: 3, frameStep: 2, whenShort: 'partial' }, count: 5, first: [[0], [1], [0, 2], [1, 3], [0, 2, 4]] },
]; // prettier-ignore

for (const { name, sampling, count, first } of CHOICES) test(`frames: ${name}`, () => assert.deepEqual(framesOf(sampling, count), first));

test('there is no buffer to be too small: it is as deep as the pattern', () => {
  assert.equal(new FrameSchedule({ ...PLAIN, frameCount: 5, frameStep: 8 }).depth, 32);
  assert.equal(new FrameSchedule({ ...PLAIN, frameCount: 5, frameStep: 0 }).depth, 4);
  assert.equal(new FrameSchedule({ ...PLAIN, frameCount: 1, frameStep: 8 }).depth, 0);
});

const DUE: readonly { readonly name: string; readonly sampling: Partial<Sampling>; readonly times: readonly Pts[]; readonly on: readonly number[] }[] = [
  { name: 'interval 0 is every frame', sampling: {}, times: frames(3), on: [0, 1, 2] },
  { name: 'a second at 25 frames a second', sampling: { interval: 1 }, times: frames(76), on: [0, 25, 50, 75] },
  { name: 'the first run when the interval has passed', sampling: { interval: 1, firstRun: 'interval' }, times: frames(76), on: [25, 50, 75] },
  { name: '0.1 s at 25 frames a second is 0.1 s in the mean: there, 0.08 s', sampling: { interval: 0.1 }, times: frames(16), on: [0, 3, 5, 8, 10, 13, 15] },
  { name: 'an interval shorter than a frame is every frame: there, a division by zero', sampling: { interval: 0.01 }, times: frames(4), on: [0, 1, 2, 3] },
  { name: 'a second at 29.97 frames a second does not drift', sampling: { interval: 1 }, times: frames(152, ntsc), on: [0, 30, 60, 90, 120, 150] },
  { name: '10 s at 29.97 frames a second: frames of whole seconds, not of 30', sampling: { interval: 10 }, times: frames(1000, ntsc), on: [0, 300, 600, 900] },
  { name: 'after 33 s a frame count would be one frame late', sampling: { interval: 33.4 }, times: frames(1003, ntsc), on: [0, 1001] },
  { name: 'uneven times', sampling: { interval: 0.5 }, times: [0, 10, 499, 500, 1700, 1710, 2000].map(ms), on: [0, 3, 4, 6] },
  { name: 'frames that were dropped cost the runs between them and no more', sampling: { interval: 0.2 }, times: [0, 1, 2, 3, 40, 41, 45].map(at25), on: [0, 4, 6] },
  { name: 'times need not begin at 0', sampling: { interval: 1 }, times: [-500, 0, 499, 500, 1500].map(ms), on: [0, 3, 4] },
]; // prettier-ignore

for (const { name, sampling, times, on } of DUE) test(`due: ${name}`, () => assert.deepEqual(dueOn(sampling, times), on));

test('a run that comes too early is left out, put off to the next frame that has enough, or done with what is there', () => {
  const early = { interval: 0.4, frameCount: 5, frameStep: 1 };
  const times = frames(24);
  assert.deepEqual(dueOn({ ...early, whenShort: 'skip' }, times), [10, 20]);
  assert.deepEqual(dueOn({ ...early, whenShort: 'wait' }, times), [4, 10, 20]);
  assert.deepEqual(runs({ ...early, whenShort: 'partial' }, times).map((run) => run.frames), [[0], [6, 7, 8, 9, 10], [16, 17, 18, 19, 20]]); // prettier-ignore
});

test('what was left out is counted: runs too early, and runs while no frame came', () => {
  const schedule = new FrameSchedule({ ...PLAIN, interval: 0.2, frameCount: 7 });
  for (const tick of [0, 1, 2, 3, 4, 5, 40, 41, 42, 60]) schedule.next(at25(tick));
  assert.equal(schedule.short, 2);
  assert.equal(schedule.missed, 6 + 3);
});

test('time that goes back, as after a seek, forgets frames and begins anew', () => {
  const schedule = new FrameSchedule({ ...PLAIN, frameCount: 2, frameStep: 2, interval: 1, whenShort: 'wait' });
  const seen = [0, 1, 2, 3, 26, 5, 6, 7, 8, 30, 31].map((tick) => schedule.next(at25(tick)));
  assert.deepEqual(seen.map(({ forgets }) => forgets), [false, false, false, false, false, true, false, false, false, false, false]); // prettier-ignore
  assert.deepEqual(seen.flatMap(({ ages }, at) => (ages.length > 0 ? [at] : [])), [2, 4, 7, 9]); // prettier-ignore
});

test('a time that comes twice is no seek, and no second run', () => {
  assert.deepEqual(dueOn({ interval: 1 }, [0, 0, 25, 25].map(at25)), [0, 2]);
  assert.equal(new FrameSchedule(PLAIN).next(at25(0)).forgets, false);
});
