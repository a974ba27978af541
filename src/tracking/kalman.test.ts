import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KALMAN_LENGTH, boxOfMotion, correctMotion, holdHeight, predictMotion, rescaleMotion, shiftX, shiftY, startMotion } from './kalman.js';

/** A state after five boxes at uneven times. */
function followed(): Float64Array {
  const state = new Float64Array(KALMAN_LENGTH);
  startMotion(state, 100, 200, 0.4, 80);
  const steps: [number, number, number, number, number][] = [
    [1, 104, 201, 0.41, 82],
    [1, 109, 203, 0.4, 83],
    [2, 118, 206, 0.39, 87],
    [0.5, 121, 206, 0.4, 88],
  ];
  for (const [dt, cx, cy, aspect, height] of steps) {
    predictMotion(state, dt);
    correctMotion(state, cx, cy, aspect, height);
  }
  return state;
}

const near = (state: ArrayLike<number>, expected: readonly number[], tolerance = 1e-9): void => {
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs(state[at]! - value) <= tolerance * Math.max(1e-9, Math.abs(value)), `${at}: ${state[at]} instead of ${value}`);
};

test('four small filters are the one of eight dimensions', () => {
  // The full filter with 8 x 8 matrices in NumPy 2.4.6; by coordinate: value, velocity, their variances and covariance.
  near(
    followed(),
    [
      120.26205470133903, 3.834130402710408, 11.717715442905833, 2.761891473256568, 5.299144973825777, 206.14761882410642, 1.1725299547983488,
      11.717715442905833, 2.761891473256568, 5.299144973825777, 0.3997305590914321, -9.75019019118253e-10, 0.0004896879536727007,
      1.324805634569042e-9, 5.499996638947277e-10, 87.73159140976975, 1.4292628059728838, 11.717715442905833, 2.761891473256568, 5.299144973825777,
    ],
  );
});

test('two steps are one step of the same length, and a step of no length changes nothing', () => {
  const whole = followed();
  holdHeight(whole);
  const halves = whole.slice();
  predictMotion(whole, 3);
  predictMotion(halves, 1.25);
  predictMotion(halves, 0);
  predictMotion(halves, 1.75);
  near(halves, [...whole]);
});

test('the centre ahead is where a prediction would put it, and the state stays', () => {
  const state = followed();
  const before = state.slice();
  const [x, y] = [shiftX(state, 2.5), shiftY(state, 2.5)];
  assert.deepEqual(state, before);
  predictMotion(state, 2.5);
  near([before[0]! + x, before[5]! + y], [state[0]!, state[5]!]);
});

test('a box is its centre, aspect and height', () => {
  const state = new Float64Array(KALMAN_LENGTH);
  startMotion(state, 100, 200, 0.5, 80);
  const boxes = new Float64Array(6);
  boxOfMotion(state, boxes, 1);
  assert.deepEqual([...boxes], [0, 80, 160, 120, 240, 0]);
});

test('a box that shrinks is never turned inside out, however far ahead', () => {
  const state = new Float64Array(KALMAN_LENGTH);
  startMotion(state, 100, 100, 0.5, 100);
  for (let height = 90; height >= 60; height -= 10) {
    predictMotion(state, 1);
    correctMotion(state, 100, 100, 0.5, height);
  }
  const box = new Float64Array(4);
  predictMotion(state, 1000);
  boxOfMotion(state, box, 0);
  assert.ok(box[2]! > box[0]! && box[3]! > box[1]!, `${box}`);
});

test('a longer interval makes velocities larger, and motion by time stays the same', () => {
  const state = followed();
  const stretched = state.slice();
  rescaleMotion(stretched, 4);
  near([shiftX(stretched, 2), shiftY(stretched, 2)], [shiftX(state, 8), shiftY(state, 8)]);
});
