import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, liveFrames } from '../core/index.js';
import { fakeMedia } from './fake.js';

test('a scripted failure comes at its frame, after the good ones', async () => {
  const fault = new Fault('INPUT_CORRUPT', 'as scripted');
  const media = fakeMedia({ anyClip: { frames: 9, failAt: { frame: 4, fault } } });
  await using source = await media.open('clip');
  const numbers: number[] = [];
  const loop = async (): Promise<void> => {
    for await (const frame of source.frames()) {
      numbers.push(frame.number);
      frame.close();
    }
  };
  await assert.rejects(loop, fault);
  assert.deepEqual(numbers, [0, 1, 2, 3]);
  assert.equal(liveFrames(), 0);
});

test('a clip that cannot be opened, and one that waits', async () => {
  const openFault = new Fault('PERMISSION_DENIED', 'as scripted');
  const media = fakeMedia({ clips: { bad: { openFault }, slow: { frames: 3, delayMs: 60_000 } } });
  await assert.rejects(() => media.open('bad'), openFault);
  await using source = await media.open('slow');
  const frames = source.frames({ signal: AbortSignal.timeout(5) })[Symbol.asyncIterator]();
  await assert.rejects(() => frames.next(), { code: 'CANCELLED' });
  assert.deepEqual(
    media.calls.map(({ call }) => call),
    ['open', 'open'],
  );
});
