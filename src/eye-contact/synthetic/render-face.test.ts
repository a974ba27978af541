import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMBUS_DEPTH } from '../globe.js';
import { globeFlow, renderFace, syntheticScene, truthOf } from './index.js';

const small = { scale: 1.2, size: { width: 156, height: 48 } } as const;
const both = (yaw: number, pitch: number) =>
  [
    { yaw, pitch },
    { yaw, pitch },
  ] as const;
const HALF = Math.PI / 180;

/** Middle of a mask's left or right half, weighted. */
function centroid(mask: Uint8Array, width: number, side: 'left' | 'right'): { x: number; y: number; area: number } {
  let [x, y, area] = [0, 0, 0];
  mask.forEach((value, i) => {
    const column = i % width;
    if (value === 0 || column < width / 2 !== (side === 'left')) return;
    x += value * (column + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
    area += value;
  });
  return { x: x / area, y: y / area, area: area / 255 };
}

test('the same scene gives the same bytes, another frame other noise alone', () => {
  const first = renderFace(syntheticScene(small));
  assert.deepEqual(renderFace(syntheticScene(small)).picture.data, first.picture.data);
  const next = renderFace(syntheticScene({ ...small, frame: 1 }));
  assert.deepEqual(next.opening, first.opening);
  const far = next.picture.data.reduce((sum, value, i) => sum + (value - first.picture.data[i]!) ** 2, 0) / next.picture.data.length;
  // Two independent noises of deviation 1.5, and rounding twice: 2 (1.5² + 1/12).
  assert.ok(Math.abs(far - 4.67) < 0.3, `mean square ${far}`);
});

test('an iris travels with the sine of its gaze, by the depth of the limbus', () => {
  const at = (yaw: number, pitch: number) => truthOf(syntheticScene({ ...small, gaze: both(yaw, pitch) })).eyes[0].iris.centre;
  const ahead = at(0, 0);
  const aside = at(20, -10);
  assert.ok(Math.abs(aside.x - ahead.x - 1.2 * LIMBUS_DEPTH * Math.sin(20 * HALF) * Math.cos(10 * HALF)) < 1e-9);
  assert.ok(Math.abs(aside.y - ahead.y - 1.2 * LIMBUS_DEPTH * Math.sin(10 * HALF)) < 1e-9);
});

test('gaze is of the camera, however the head is turned', () => {
  const head = { yaw: 20, pitch: -8, roll: 10 };
  const { eyes } = truthOf(syntheticScene({ ...small, head }));
  const width = eyes[0].iris.ring.map((point) => point.x);
  // Looking into the camera, the limbus is a circle.
  for (const { x, y } of eyes[0].iris.ring)
    assert.ok(Math.abs(Math.hypot(x - eyes[0].iris.centre.x, y - eyes[0].iris.centre.y) - eyes[0].iris.radius) < 1e-9);
  assert.ok(Math.max(...width) - Math.min(...width) > 13);
});

test('the drawn iris lies where the truth says, between the lids', () => {
  const wide = syntheticScene({ ...small, gaze: both(8, 0), seed: 3 });
  const { iris, face, opening } = renderFace(wide);
  const drawn = centroid(iris, wide.size.width, 'right');
  assert.ok(Math.abs(drawn.x - face.eyes[1].iris.centre.x) < 0.35, `${drawn.x} is not ${face.eyes[1].iris.centre.x}`);
  const open = centroid(opening, wide.size.width, 'right');
  const { upperLid, lowerLid } = face.eyes[1];
  // Area between the contours by trapezoids.
  const area = upperLid.slice(1).reduce((sum, point, i) => {
    const heights = lowerLid[i]!.y - upperLid[i]!.y + lowerLid[i + 1]!.y - point.y;
    return sum + (heights / 2) * (point.x - upperLid[i]!.x);
  }, 0);
  assert.ok(Math.abs(open.area - area) / area < 0.03, `${open.area} is not ${area}`);
});

test('lids follow a gaze: the upper by 0.7 of the travel, the lower by 0.25', () => {
  const middle = (pitch: number) => truthOf(syntheticScene({ ...small, gaze: both(0, pitch) })).eyes[1];
  const [up, down] = [middle(10), middle(-10)];
  const travel = down.iris.centre.y - up.iris.centre.y;
  const highest = (lid: readonly { y: number }[], pick: (...values: number[]) => number) => pick(...lid.map((point) => point.y));
  assert.ok(Math.abs((highest(down.upperLid, Math.min) - highest(up.upperLid, Math.min)) / travel - 0.7) < 0.05);
  assert.ok(Math.abs((highest(down.lowerLid, Math.max) - highest(up.lowerLid, Math.max)) / travel - 0.25) < 0.05);
});

test('closed eyes show nothing of the ball', () => {
  const { opening, iris } = renderFace(syntheticScene({ ...small, openness: 0 }));
  assert.equal(Math.max(...opening), 0);
  assert.equal(Math.max(...iris), 0);
});

test('the flow between two gazes leads from an iris to itself', () => {
  const from = syntheticScene({ ...small, gaze: both(-15, 5), head: { yaw: 10, pitch: 0, roll: 0 } });
  const to = syntheticScene({ ...small, head: { yaw: 10, pitch: 0, roll: 0 } });
  const flow = globeFlow(from, to);
  const [before, after] = [truthOf(from).eyes[0].iris.centre, truthOf(to).eyes[0].iris.centre];
  const at = (Math.floor(after.y) * to.size.width + Math.floor(after.x)) * 2;
  assert.ok(Math.hypot(flow[at]! - (before.x - after.x), flow[at + 1]! - (before.y - after.y)) < 0.1);
  assert.ok(Number.isNaN(flow[0]!));
});
