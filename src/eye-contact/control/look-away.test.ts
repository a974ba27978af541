import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Direction } from '../eyes.js';
import { LEAST_INTERVAL, LookAway } from './look-away.js';

const SETTINGS = { enableLookaway: true, lookawayMaxOffset: 5, lookawayIntervalMin: 100, lookawayIntervalRange: 250 };

function run(settings: typeof SETTINGS, seed: number, frames: number, rate = 30): Direction[] {
  const process = new LookAway(settings, seed);
  return Array.from({ length: frames }, (_, frame) => process.next(frame / rate));
}

/** Frames on which the gaze leaves the camera. */
function startsOf(offsets: readonly Direction[]): number[] {
  const away = offsets.map(({ yaw, pitch }) => Math.hypot(yaw, pitch) > 0);
  return offsets.flatMap((_, frame) => (away[frame] && !away[frame - 1] ? [frame] : []));
}

const sizes = (offsets: readonly Direction[]): number[] => offsets.map(({ yaw, pitch }) => Math.hypot(yaw, pitch));

test('switched off, the gaze stays', () => {
  assert.ok(run({ ...SETTINGS, enableLookaway: false }, 1, 2000).every(({ yaw, pitch }) => yaw === 0 && pitch === 0));
});

test('moments come at the wanted intervals, within the wanted offset, and pass', () => {
  const offsets = run(SETTINGS, 7, 9000);
  const starts = startsOf(offsets);
  assert.ok(starts.length > 9000 / 350 - 2 && starts.length < 9000 / 100, `${starts.length} moments`);
  for (const [i, start] of starts.slice(1).entries()) assert.ok(start - starts[i]! >= 99, `${start - starts[i]!} frames apart`);
  assert.ok(Math.max(...sizes(offsets)) <= 5);
  assert.ok(Math.max(...sizes(offsets)) > 3);
  const away = sizes(offsets).filter((size) => size > 0).length / starts.length;
  assert.ok(away > 6 && away < 15, `away for ${away} frames each`);
});

test('intervals of 3 to 11 frames, seconds that a client took for frames, keep the floor', () => {
  const starts = startsOf(run({ ...SETTINGS, lookawayIntervalMin: 3, lookawayIntervalRange: 8 }, 3, 3000));
  assert.ok(starts.length > 100);
  for (const [i, start] of starts.slice(1).entries()) assert.ok((start - starts[i]!) / 30 >= LEAST_INTERVAL - 0.04, `${start - starts[i]!} frames`);
});

test('the same seed gives the same moments, another one others', () => {
  assert.deepEqual(run(SETTINGS, 5, 900), run(SETTINGS, 5, 900));
  assert.notDeepEqual(run(SETTINGS, 5, 900), run(SETTINGS, 6, 900));
});
