import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pts } from '../core/index.js';
import { Schedule } from './schedule.js';

const at = (ticks: number, den: number, num = 1): Pts => ({ ticks: BigInt(ticks), timeBase: { num, den } });
const looks = (schedule: Schedule, times: readonly Pts[]): number[] => times.flatMap((pts, frame) => (schedule.due(pts) ? [frame] : []));
const frames = (count: number, den: number, num = 1): Pts[] => Array.from({ length: count }, (_, n) => at(n, den, num));

test('every n-th frame counts the frames that come, the first included', () => {
  assert.deepEqual(looks(new Schedule({ everyFrames: 3 }), frames(8, 25)), [0, 3, 6]);
  assert.deepEqual(looks(new Schedule({}), frames(3, 25)), [0, 1, 2]);
});

test('seconds are media time: a tenth of a second at 25 frames a second is not rounded to two or three frames', () => {
  // 0.1 s is 2.5 frames: the first frame at or after 0, 100, 200, 300, 400 ms. Stream Infer truncates to every second frame.
  assert.deepEqual(looks(new Schedule({ everySeconds: 0.1 }), frames(11, 25)), [0, 3, 5, 8, 10]);
});

test('29.97 frames a second: one look a second, for as long as one likes', () => {
  const seen = looks(new Schedule({ everySeconds: 1 }), frames(3000, 30000, 1001));
  assert.equal(seen.length, 101);
  assert.deepEqual(seen.slice(0, 4), [0, 30, 60, 90]);
});

test('uneven times: the first frame of each slot, and no second one', () => {
  const ms = [0, 10, 990, 1010, 1020, 3500, 3600, 4100];
  assert.deepEqual(
    looks(
      new Schedule({ everySeconds: 1 }),
      ms.map((time) => at(time, 1000)),
    ),
    [0, 3, 5, 7],
  );
});

test('a slot rate slower than a frame rate that divides it evenly hits every slot exactly', () => {
  // 30 frames a second in a time base of 1/90000, as RTP has it.
  const times = Array.from({ length: 91 }, (_, n) => at(n * 3000, 90000));
  assert.deepEqual(looks(new Schedule({ everySeconds: 0.5 }), times), [0, 15, 30, 45, 60, 75, 90]);
});
