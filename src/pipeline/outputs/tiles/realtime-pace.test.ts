import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../core/index.js';
import type { FrameResult } from '../../frame-result.js';
import { RealtimePace } from './realtime-pace.js';

const result = { meta: { stream: 'a' } } as unknown as FrameResult;

test('pictures are made by the clock, whether anything is new or not, and nobody waits', async () => {
  const clock = new FakeClock();
  const ticks: number[] = [];
  let shown = 0;
  const pace = new RealtimePace({ frameRate: 10, clock, show: () => void shown++, deliver: async (tick) => void ticks.push(tick) });
  pace.add();
  for (let i = 0; i < 7; i++) await pace.write(result);
  await clock.advance(350);
  assert.deepEqual([shown, ticks], [7, [0, 1, 2, 3]]);
  await pace.finish();
  assert.equal(ticks.at(-1), 4, 'and a last one, of what is newest');
  await clock.advance(1000);
  assert.equal(ticks.length, 5);
});

test('a tick that comes while a picture is made is left out, and the next keeps its own number', async () => {
  const clock = new FakeClock();
  const ticks: number[] = [];
  let done = (): void => {};
  const deliver = (tick: number): Promise<void> => {
    ticks.push(tick);
    return new Promise((resolve) => (done = resolve));
  };
  const pace = new RealtimePace({ frameRate: 10, clock, show: () => {}, deliver });
  pace.add();
  await clock.advance(250);
  assert.deepEqual(ticks, [0]);
  done();
  await clock.advance(0);
  await clock.advance(100);
  assert.deepEqual(ticks, [0, 3]);
  done();
  await pace[Symbol.asyncDispose]();
});

test('a failure is told to the next writer and at the end', async () => {
  const clock = new FakeClock();
  const pace = new RealtimePace({ frameRate: 10, clock, show: () => {}, deliver: () => Promise.reject(new Error('disk full')) });
  pace.add();
  await clock.advance(10);
  await assert.rejects(pace.write(result), /disk full/);
  await assert.rejects(pace.finish(), /disk full/);
});
