/**
 * The motion of one box: a Kalman filter of constant velocity on the centre, the aspect (width / height) and the height,
 * with noise in proportion to the height (SORT, Bewley et al. 2016; weights of DeepSORT, Wojke et al. 2017, which ByteTrack keeps).
 *
 * Neither the motion nor the noise couples two coordinates, so the 8-dimensional filter is exactly four filters of two dimensions
 * each: `[value, velocity, var(value), cov(value, velocity), var(velocity)]`. Time is in frame intervals. Noise grows as
 * continuous white noise does, so that two steps of half the length equal one whole step, whatever the frame rate.
 */
const COORDINATES = 4;
const FIELDS = 5;
const HEIGHT = 3 * FIELDS;
const ASPECT = 2 * FIELDS;

/** Numbers that the state of one box takes. */
export const KALMAN_LENGTH = COORDINATES * FIELDS;

/** Standard deviations as parts of the height: of a position, of a velocity. */
const POSITION = 1 / 20;
const VELOCITY = 1 / 160;
/** Standard deviations of the aspect: of its drift, of its velocity, of what is measured. */
const ASPECT_DRIFT = 1e-2;
const ASPECT_VELOCITY = 1e-5;
const ASPECT_MEASURED = 1e-1;

/** Begins a state at a box whose motion is not known yet. */
export function startMotion(state: Float64Array, cx: number, cy: number, aspect: number, height: number): void {
  const position = (2 * POSITION * height) ** 2;
  const velocity = (10 * VELOCITY * height) ** 2;
  setCoordinate(state, 0, cx, position, velocity);
  setCoordinate(state, FIELDS, cy, position, velocity);
  setCoordinate(state, ASPECT, aspect, ASPECT_DRIFT ** 2, ASPECT_VELOCITY ** 2);
  setCoordinate(state, HEIGHT, height, position, velocity);
}

function setCoordinate(state: Float64Array, at: number, value: number, variance: number, velocityVariance: number): void {
  state[at] = value;
  state[at + 1] = 0;
  state[at + 2] = variance;
  state[at + 3] = 0;
  state[at + 4] = velocityVariance;
}

/** Moves a state on by `dt` frame intervals, 0 or more. */
export function predictMotion(state: Float64Array, dt: number): void {
  const height = state[HEIGHT]!;
  const position = (POSITION * height) ** 2;
  const velocity = (VELOCITY * height) ** 2;
  predictCoordinate(state, 0, dt, position, velocity);
  predictCoordinate(state, FIELDS, dt, position, velocity);
  predictSize(state, ASPECT, dt, ASPECT_DRIFT ** 2, ASPECT_VELOCITY ** 2);
  predictSize(state, HEIGHT, dt, position, velocity);
}

function predictCoordinate(state: Float64Array, at: number, dt: number, drift: number, acceleration: number): void {
  const covariance = state[at + 3]!;
  const velocityVariance = state[at + 4]!;
  state[at] = state[at]! + dt * state[at + 1]!;
  state[at + 2] = state[at + 2]! + dt * (2 * covariance + dt * velocityVariance + drift + (acceleration * dt * dt) / 3);
  state[at + 3] = covariance + dt * (velocityVariance + (acceleration * dt) / 2);
  state[at + 4] = velocityVariance + acceleration * dt;
}

/** A size shrinks to half at most: far ahead, a straight line would turn the box inside out. */
function predictSize(state: Float64Array, at: number, dt: number, drift: number, acceleration: number): void {
  const least = state[at]! / 2;
  predictCoordinate(state, at, dt, drift, acceleration);
  if (state[at]! < least) state[at] = least;
}

/** Takes in a box that was seen at the time of the state. */
export function correctMotion(state: Float64Array, cx: number, cy: number, aspect: number, height: number): void {
  const measured = (POSITION * state[HEIGHT]!) ** 2;
  correctCoordinate(state, 0, cx, measured);
  correctCoordinate(state, FIELDS, cy, measured);
  correctCoordinate(state, ASPECT, aspect, ASPECT_MEASURED ** 2);
  correctCoordinate(state, HEIGHT, height, measured);
}

function correctCoordinate(state: Float64Array, at: number, value: number, noise: number): void {
  const variance = state[at + 2]!;
  const covariance = state[at + 3]!;
  const total = variance + noise;
  const surprise = (value - state[at]!) / total;
  state[at] = state[at]! + variance * surprise;
  state[at + 1] = state[at + 1]! + covariance * surprise;
  state[at + 2] = (variance * noise) / total;
  state[at + 3] = (covariance * noise) / total;
  state[at + 4] = state[at + 4]! - (covariance * covariance) / total;
}

/** An object out of sight keeps its height: what the height seemed to do before is least to be trusted when an object is being hidden. */
export function holdHeight(state: Float64Array): void {
  state[HEIGHT + 1] = 0;
}

/** The frame interval has become `ratio` times as long: velocities, which are per interval, follow. */
export function rescaleMotion(state: Float64Array, ratio: number): void {
  for (let at = 0; at < KALMAN_LENGTH; at += FIELDS) {
    state[at + 1] = state[at + 1]! * ratio;
    state[at + 3] = state[at + 3]! * ratio;
    state[at + 4] = state[at + 4]! * ratio * ratio;
  }
}

/** Writes x1, y1, x2, y2 of the box to `boxes` from `at`. */
export function boxOfMotion(state: Float64Array, boxes: Float64Array, at: number): void {
  const halfHeight = state[HEIGHT]! / 2;
  const halfWidth = halfHeight * state[ASPECT]!;
  boxes[at] = state[0]! - halfWidth;
  boxes[at + 1] = state[FIELDS]! - halfHeight;
  boxes[at + 2] = state[0]! + halfWidth;
  boxes[at + 3] = state[FIELDS]! + halfHeight;
}

/** How far the centre moves to the right in `dt` frame intervals, in pixels. */
export function shiftX(state: Float64Array, dt: number): number {
  return dt * state[1]!;
}

/** How far the centre moves down in `dt` frame intervals, in pixels. */
export function shiftY(state: Float64Array, dt: number): number {
  return dt * state[FIELDS + 1]!;
}
