import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame, liveFrames } from '../../core/index.js';
import { packedPixels } from '../../media/index.js';
import { StreamTimes } from './stream-times.js';

const SIZE = { width: 2, height: 2 };
const frame = (number: number, ticks: number, den = 25): Frame =>
  Frame.of(
    packedPixels('frame', SIZE, () => new Uint8Array(12)),
    { stream: 'a', number, pts: { ticks: BigInt(ticks), timeBase: { num: 1, den } }, size: SIZE },
  );

function placed(times: StreamTimes, ...frames: Frame[]): [number, bigint][] {
  return frames.map((each) => {
    using at = times.place(each);
    return [at.number, at.pts.ticks];
  });
}

test('an undisturbed stream is left as it is', () => {
  const times = new StreamTimes();
  const first = frame(0, 3);
  assert.equal(times.place(first), first);
  first.close();
  assert.deepEqual(placed(times, frame(1, 4), frame(4, 9)), [[1, 4n], [4, 9n]]); // prettier-ignore
  assert.equal(times.ownMs, 360);
});

test('after a restart numbers go on, and times by a step of the stream, or by the time that went by', () => {
  const times = new StreamTimes();
  placed(times, frame(0, 0), frame(1, 2));
  times.restarted({ gapMs: 0 });
  assert.deepEqual(placed(times, frame(0, 0), frame(1, 2)), [[2, 4n], [3, 6n]]); // prettier-ignore
  times.restarted({ gapMs: 2000 });
  assert.deepEqual(placed(times, frame(0, 700), frame(1, 702)), [[4, 56n], [5, 58n]]); // prettier-ignore
  assert.equal(liveFrames(), 0);
});

test('another time base after a restart is turned into the first', () => {
  const times = new StreamTimes();
  placed(times, frame(0, 0), frame(1, 1));
  times.restarted({ gapMs: 0 });
  assert.deepEqual(placed(times, frame(0, 0, 90000), frame(1, 7200, 90000)), [[2, 2n], [3, 4n]]); // prettier-ignore
});

test('after a seek times are those of the file, and numbers still rise', () => {
  const times = new StreamTimes();
  placed(times, frame(0, 0), frame(1, 1));
  times.restarted({ gapMs: 0 });
  placed(times, frame(0, 0));
  times.jumped();
  assert.deepEqual(placed(times, frame(0, 150), frame(1, 151)), [[3, 150n], [4, 151n]]); // prettier-ignore
});
