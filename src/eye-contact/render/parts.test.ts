import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMBUS_RADIUS, LIMBUS_DEPTH } from '../globe.js';
import { syntheticScene, truthOf } from '../synthetic/index.js';
import { applyPatches } from './apply-patches.js';
import { eyeFrame, tableAt } from './eye-frame.js';
import { eyePose, pixelOf, placeSeen } from './eye-pose.js';
import { floatImage, sampleSharp, sampleSoft } from './float-image.js';
import { type LidMove, lidFollow } from './lid-follow.js';
import { likelyWhite } from './likely-white.js';
import { PolarFill } from './polar-fill.js';
import { RingProfile } from './ring-profile.js';
import { ShadeFit, shadeAt } from './shade-model.js';

const near = (actual: number, expected: number, within = 1e-6): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
const AHEAD = { yaw: 0, pitch: 0 };
const view = truthOf(syntheticScene({ head: { yaw: 0, pitch: 0, roll: 20 } })).eyes[0];

test('a frame stands on the corners, and its lids run through the tracked points', () => {
  const frame = eyeFrame(view)!;
  const own = ({ x, y }: { x: number; y: number }) => [
    (x - frame.corner.x) * frame.along.x + (y - frame.corner.y) * frame.along.y,
    (y - frame.corner.y) * frame.along.x - (x - frame.corner.x) * frame.along.y,
  ];
  for (const point of view.upperLid.slice(1, -1)) {
    const [u, v] = own(point);
    near(tableAt(frame.upper.v, u!, frame.width), v!, 0.05);
  }
  near(tableAt(frame.upper.v, 0, frame.width), 0);
  near(tableAt(frame.lower.v, frame.width, frame.width), 0, 0.05);
  assert.equal(eyeFrame({ ...view, upperLid: [{ x: 0, y: 0 }, { x: 7, y: 0 }], lowerLid: [{ x: 0, y: 0 }, { x: 7, y: 0 }] }), undefined); // prettier-ignore
});

test('a place of the eye is found again where it is seen, on the iris and on the white', () => {
  const pose = eyePose(view, view.iris.radius, view.gaze, { yaw: 12, pitch: -7 });
  const spot = new Float64Array(3);
  const place = { x: 0, y: 0, radius: 0, seen: 0 };
  for (const [x, y] of [
    [0, 0],
    [3, -2],
    [5, 1],
    [7.5, 2],
    [-8, -3],
  ] as const) {
    // prettier-ignore
    pixelOf(pose, pose.target, x, y, spot);
    placeSeen(pose, pose.target, spot[0]!, spot[1]!, place);
    near(place.x, x, 0.08);
    near(place.y, y, 0.08);
    near(place.radius, Math.hypot(x, y) / LIMBUS_RADIUS, 0.02);
  }
});

test('the iris moves by the globe radius times the change of direction', () => {
  const pose = eyePose(view, view.iris.radius, AHEAD, { yaw: 30, pitch: 0 });
  near(pose.shift.x, (1.7 * LIMBUS_DEPTH) / 2, 1e-9);
  near(pose.shift.y, 0);
});

test('samples between pixels: sharp ones keep a slope exactly, soft ones stay between their neighbours', () => {
  const slope = floatImage(8, 8, 1);
  slope.data.forEach((_, i) => (slope.data[i] = 3 * (i % 8)));
  const out = new Float64Array(1);
  sampleSharp(slope, 3.25, 4.5, out);
  near(out[0]!, 9.75, 1e-5);
  near(sampleSoft(slope, 3.25, 4.5), 9.75, 1e-5);
  const step = floatImage(8, 8, 1);
  step.data.forEach((_, i) => (step.data[i] = i % 8 < 4 ? 0 : 10));
  sampleSharp(step, 4.25, 4, out);
  assert.ok(out[0]! > 10);
  assert.equal(sampleSoft(step, 4.25, 4), 10);
});

test('lids follow by their parts, fade out, and never fold', () => {
  const frame = eyeFrame(truthOf(syntheticScene()).eyes[0])!;
  const pose = eyePose(view, view.iris.radius, { yaw: 0, pitch: -10 }, AHEAD);
  const follow = lidFollow(frame, pose, 3);
  const move: LidMove = { upper: 0, lower: 0, movedUpper: 0, movedLower: 0 };
  follow.at(frame.width / 2, move);
  near(move.movedUpper, 0.7 * pose.shift.y, 0.02);
  near(move.movedLower, 0.25 * pose.shift.y, 0.02);
  near(follow.back(move, move.upper), move.movedUpper);
  near(follow.back(move, move.upper - frame.width), 0);
  let before = -Infinity;
  for (let v = move.upper - frame.width; v < move.lower + frame.width; v += 0.25) {
    const source = v - follow.back(move, v);
    assert.ok(source > before, `at ${v} what lay at ${source} comes after ${before}`);
    before = source;
  }
  follow.at(-1, move);
  near(move.movedUpper, 0);
});

test('a shade is found again in what it shaded', () => {
  const fit = new ShadeFit();
  const shade = [0, 0.2, -0.3, -0.5, -0.1] as const;
  for (let i = 0; i < 3000; i++) {
    const [across, upper, lower] = [Math.sin(i), Math.abs(Math.cos(i * 1.7)) ** 3, Math.abs(Math.sin(i * 2.3)) ** 3];
    fit.add(across, upper, lower, 5 + shade[1] * across + shade[2] * across * across + shade[3] * upper + shade[4] * lower);
  }
  const model = fit.solve();
  shade.slice(1).forEach((value, i) => near(model.weights[i + 1]!, value, 0.04));
  near(shadeAt(model, 0, 1, 0, 0), Math.exp(-0.5), 0.02);
  // Beyond what was seen, the nearest that was counts.
  near(shadeAt(model, 5, 0, 0, 1), shadeAt(model, model.range[1]!, 0, 0, 1));
  // Without a pixel it is what is usual.
  near(new ShadeFit().solve().weights[3]!, -0.35, 1e-4);
});

test('rings: the mean of the middle half, kept when hidden, black in a pupil never seen', () => {
  const profile = new RingProfile();
  const colour = new Float64Array(3);
  for (const level of [10, 100, 100, 100, 100, 100, 100, 250]) profile.add(0.775, level, level, level);
  for (let i = 0; i < 4; i++) profile.add(0.725, 100, 100, 100);
  profile.settle();
  profile.at(0.76, colour);
  assert.deepEqual([...colour], [100, 100, 100]);
  profile.settle();
  profile.at(0.76, colour);
  assert.deepEqual([...colour], [100, 100, 100]);
  profile.at(0.1, colour);
  assert.ok(colour[0]! < 20);
});

test('what is hidden of a ring is filled from both sides; a ring hidden all round and far out is not', () => {
  const profile = new RingProfile();
  for (let i = 0; i < 4; i++) for (let ring = 0.025; ring < 1.5; ring += 0.05) profile.add(ring, 50, 50, 50);
  profile.settle();
  // The upper half of the eye is hidden, and all beyond 1.4 radii.
  const fill = new PolarFill(12, (x, y, into) => y > 0 && Math.hypot(x, y) < 1.4 * LIMBUS_RADIUS && into.fill(x > 0 ? 80 : 40).length > 0, profile);
  const colour = new Float64Array(3);
  assert.ok(fill.at(3, 2, colour));
  near(colour[0]!, 80);
  assert.ok(fill.at(4, -0.4, colour));
  assert.ok(colour[0]! > 60 && colour[0]! < 80, `${colour[0]}`);
  assert.ok(fill.at(0.2, -4, colour));
  near(colour[0]!, 50, 8);
  assert.equal(fill.at(0, 1.55 * LIMBUS_RADIUS, colour), false);
});

test('of the pixels between the lids, dark and red ones are not white', () => {
  const pixel = (level: number, warmth: number) => ({ at: 0, level, warmth });
  const white = [pixel(200, 1.05), pixel(180, 1.06), pixel(90, 1.1)];
  assert.deepEqual(likelyWhite([...white, pixel(40, 1.05), pixel(170, 1.5)]), white);
  assert.deepEqual(likelyWhite([]), []);
});

test('patches are mixed in by their alpha', () => {
  const picture = { size: { width: 2, height: 1 }, data: Uint8Array.of(10, 10, 10, 20, 20, 20) };
  const patch = { x: 0, y: 0, size: { width: 2, height: 1 }, rgb: new Uint8Array(6).fill(110), alpha: Uint8Array.of(0, 51) };
  // 51 of 255 is a fifth: 20 + (110 - 20) / 5.
  assert.deepEqual([...applyPatches(picture, [patch]).data], [10, 10, 10, 38, 38, 38]);
  assert.equal(picture.data[3], 20);
});
