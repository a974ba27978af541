import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Closure } from './closure.js';

/** 25 frames a second of an eye whose openness is `at(frame)`; the closure of each. */
function watch(frames: number, at: (frame: number) => number, closure = new Closure()): number[] {
  return Array.from({ length: frames }, (_, frame) => closure.next(at(frame), 1 / 25));
}

/** A blink of eight frames every three seconds. */
const blinking =
  (open: number) =>
  (frame: number): number => {
    const phase = frame % 75;
    return phase < 8 ? open * Math.abs(phase - 4) * 0.25 : open;
  };

for (const open of [0.14, 0.22, 0.32, 0.45])
  test(`an eye of openness ${open} is open while it is open, and closed in each blink`, () => {
    const series = watch(750, blinking(open)).slice(75);
    for (const [frame, closure] of series.entries()) {
      const phase = frame % 75;
      if (phase === 4) assert.ok(closure > 0.95, `frame ${frame}: ${closure}`);
      else if (phase >= 8) assert.ok(closure < 0.05, `frame ${frame}: ${closure}`);
    }
  });

test('a video that begins with a closed eye gets it right within two seconds', () => {
  const closure = new Closure();
  watch(10, () => 0.03, closure);
  watch(50, () => 0.3, closure);
  assert.ok(watch(1, () => 0.3, closure)[0]! < 0.1);
  assert.ok(watch(1, () => 0.05, closure)[0]! > 0.9);
});

test('eyes that are kept closed for five seconds stay closed', () => {
  const closure = new Closure();
  watch(250, () => 0.3, closure);
  assert.ok(watch(125, () => 0.04, closure).every((value) => value > 0.9));
});
