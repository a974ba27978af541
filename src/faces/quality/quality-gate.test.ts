import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../testing/fuzz.js';
import { ARCFACE_POINTS, type PackedRgb, scaledPicture } from '../../vision/index.js';
import type { FacePoints } from '../port.js';
import { chipFigures } from './chip-figures.js';
import { ENROLMENT_RULES, type FaceFigures, RECOGNITION_RULES, judgeFace, measureFace } from './quality-gate.js';

const size = { width: 112, height: 112 };
const chip = (shade: (x: number, y: number) => number): PackedRgb => ({
  size,
  data: Uint8Array.from({ length: 112 * 112 * 3 }, (_, i) => shade(Math.floor(i / 3) % 112, Math.floor(i / 3 / 112))),
});
const rgb = { order: 'rgb', layout: 'packed' } as const;
const at = (points: FacePoints, scale: number): FacePoints =>
  points.map(({ x, y }) => ({ x: x * scale + 50, y: y * scale + 20 })) as unknown as FacePoints;

const GOOD: FaceFigures = { eyeDistance: 60, sharpness: 0.2, yaw: 5, pitch: -5, roll: 0, brightness: 120, contrast: 40, misfit: 3 };

test('a good view passes both rules, with a high score', () => {
  for (const rules of [RECOGNITION_RULES, ENROLMENT_RULES]) assert.deepEqual(judgeFace(GOOD, rules).refusals, []);
  assert.ok(judgeFace(GOOD, RECOGNITION_RULES).score > 0.9);
});

test('each shortcoming is refused by its own reason, which says what was measured and what is needed', () => {
  const cases: readonly (readonly [Partial<FaceFigures>, string, RegExp])[] = [
    [{ eyeDistance: 12.34 }, 'too-small', /12\.3 pixels apart; 20 are needed/],
    [{ sharpness: 0.001 }, 'blurred', /0\.0010; 0\.004 is needed/],
    [{ yaw: -62 }, 'turned-away', /62 degrees to the side; up to 50/],
    [{ pitch: 47 }, 'turned-away', /47 degrees up; up to 40/],
    [{ pitch: -47 }, 'turned-away', /47 degrees down/],
    [{ brightness: 10 }, 'too-dark', /10 of 255; 20 is needed/],
    [{ brightness: 250 }, 'too-bright', /250 of 255; up to 240/],
    [{ contrast: 3 }, 'flat', /3\.0 steps/],
    [{ misfit: 12 }, 'no-face-shape', /12\.0 pixels off/],
  ];
  for (const [figures, problem, reason] of cases) {
    const { refusals, score } = judgeFace({ ...GOOD, ...figures }, RECOGNITION_RULES);
    assert.deepEqual(refusals.map((refusal) => refusal.problem), [problem]); // prettier-ignore
    assert.match(refusals[0]!.reason, reason);
    assert.ok(problem.startsWith('too-') && problem !== 'too-small' ? true : score < judgeFace(GOOD, RECOGNITION_RULES).score);
  }
});

test('enrolment asks for more than recognition', () => {
  const poor = { ...GOOD, eyeDistance: 24 };
  assert.equal(judgeFace(poor, RECOGNITION_RULES).refusals.length, 0);
  assert.equal(judgeFace(poor, ENROLMENT_RULES).refusals[0]!.problem, 'too-small');
});

test('blur lowers the sharpness, light and contrast do not change it', () => {
  const next = random(5);
  const noise = Array.from({ length: 112 * 112 }, () => 100 + next() * 50);
  const sharp = chip((x, y) => noise[y * 112 + x]!);
  const small = { size: { width: 28, height: 28 }, data: scaledPicture(sharp, { size: { width: 28, height: 28 }, ...rgb }) };
  const blurred = { size, data: scaledPicture(small, { size, ...rgb }) };
  const dim = chip((x, y) => noise[y * 112 + x]! / 2);
  assert.ok(chipFigures(blurred).sharpness < chipFigures(sharp).sharpness / 20);
  assert.ok(Math.abs(chipFigures(dim).sharpness / chipFigures(sharp).sharpness - 1) < 0.05);
});

test('an even surface is not sharp, has its brightness, and no contrast', () => {
  const { brightness, contrast, sharpness } = chipFigures(chip(() => 90));
  assert.ok(Math.abs(brightness - 90) < 0.01 && contrast < 0.1 && sharpness < 1e-3);
});

test('points like the template fit it, at any size and place; points in disorder do not', () => {
  const even = chip(() => 90);
  const face = ARCFACE_POINTS as FacePoints;
  const { eyeDistance, misfit } = measureFace(at(face, 2), even);
  assert.ok(misfit < 1e-6 && Math.abs(eyeDistance - 70.48) < 0.01);
  const [rightEye, leftEye, nose, rightMouth, leftMouth] = face;
  assert.ok(measureFace([rightMouth, nose, leftEye, leftMouth, rightEye], even).misfit > RECOGNITION_RULES.maxMisfit);
});
