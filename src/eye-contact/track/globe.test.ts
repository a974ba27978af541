import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.js';
import type { Direction } from '../eyes.js';
import { directionOf, Globes, sidesOf } from './globe.js';
import { irisRing } from './iris-ring.js';
import { compose, type Quaternion, rotate, turn, type Vector } from './rotation.js';

/** A person whose eyeballs lie elsewhere behind the corners than the mean person's: what is seen when they look somewhere. */
interface Person {
  readonly middles: readonly [Vector, Vector];
  readonly radius: number;
}

function seen({ middles, radius }: Person, rotation: Quaternion, gaze: Direction): [[number, number], [number, number]] {
  const [x, y] = sidesOf(gaze);
  return middles.map((middle) => {
    const [mx, my] = rotate(rotation, middle);
    return [mx + x * radius * 1.79, my + y * radius * 1.79];
  }) as [[number, number], [number, number]];
}

const AHEAD: Quaternion = [1, 0, 0, 0];
const MEAN: Person = { middles: [[-0.131, 0.1825, -0.24], [0.131, 0.1825, -0.24]], radius: 0.585 }; // prettier-ignore
/** Eyeballs 1 mm further apart, one 0.6 mm higher than the other, and 4 % larger. */
const OTHER: Person = { middles: [[-0.181, 0.2125, -0.24], [0.181, 0.1525, -0.24]], radius: 0.608 }; // prettier-ignore

test('directions and their sides are each other’s way back', () => {
  for (const gaze of [{ yaw: 0, pitch: 0 }, { yaw: 20, pitch: -12 }, { yaw: -35, pitch: 25 }]) {
    const back = directionOf(...sidesOf(gaze));
    assert.ok(Math.abs(back.yaw - gaze.yaw) < 1e-9 && Math.abs(back.pitch - gaze.pitch) < 1e-9);
  }
}); // prettier-ignore

test('of the mean person the gaze is read right from the first frame, however the head is held', () => {
  const globes = new Globes();
  for (const rotation of [AHEAD, turn([0, 1, 0], 25), compose(turn([0, 1, 0], -15), turn([1, 0, 0], 12))]) {
    const shifts = seen(MEAN, rotation, { yaw: 8, pitch: -5 });
    for (const eye of [0, 1] as const) {
      const { yaw, pitch } = globes.gaze(eye, rotation, shifts[eye]);
      assert.ok(Math.abs(yaw - 8) < 0.2 && Math.abs(pitch + 5) < 0.2, `${yaw} ${pitch}`);
    }
  }
});

test('of another person it is read right once both eyes were seen together for some seconds', () => {
  const [globes, random] = [new Globes(), createRandom(2)];
  const gazeAt = (): Direction => ({ yaw: random() * 30 - 15, pitch: random() * 20 - 10 });
  const before = globes.gaze(0, AHEAD, seen(OTHER, AHEAD, { yaw: 0, pitch: 0 })[0]);
  assert.ok(Math.abs(before.yaw) > 2, 'the two eyes seem to disagree at first');
  for (let frame = 0; frame < 250; frame++) {
    const rotation = turn([0, 1, 0], random() * 30 - 15);
    globes.observe({ rotation, shifts: seen(OTHER, rotation, gazeAt()), radii: [0.608 + random() * 0.02 - 0.01, 0.608] });
  }
  for (const eye of [0, 1] as const) {
    const { yaw, pitch } = globes.gaze(eye, AHEAD, seen(OTHER, AHEAD, { yaw: 10, pitch: 4 })[eye]);
    assert.ok(Math.abs(yaw - 10) < 1 && Math.abs(pitch - 4) < 1, `eye ${eye}: ${yaw} ${pitch}`);
  }
  assert.ok(Math.abs(globes.irisRadius - 0.608) < 0.005);
});

test('a frame that is wildly wrong moves little', () => {
  const globes = new Globes();
  for (let frame = 0; frame < 50; frame++)
    globes.observe({ rotation: AHEAD, shifts: seen(MEAN, AHEAD, { yaw: 0, pitch: 0 }), radii: [0.585, 0.585] });
  globes.observe({ rotation: AHEAD, shifts: [[-3, 2], [3, -2]], radii: [3, 0.1] }); // prettier-ignore
  const { yaw, pitch } = globes.gaze(0, AHEAD, seen(MEAN, AHEAD, { yaw: 0, pitch: 0 })[0]);
  assert.ok(Math.hypot(yaw, pitch) < 0.3, `${yaw} ${pitch}`);
});

test('the ring of an iris that looks aside is narrower that way', () => {
  const ring = irisRing({ x: 50, y: 40 }, 10, { yaw: 60, pitch: 0 });
  const xs = ring.map(({ x }) => x);
  const ys = ring.map(({ y }) => y);
  assert.ok(Math.abs(Math.max(...xs) - Math.min(...xs) - 10) < 1e-9);
  assert.ok(Math.abs(Math.max(...ys) - Math.min(...ys) - 20) < 1e-9);
});
