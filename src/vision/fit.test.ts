import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '../core/index.js';
import { fit, refit, unfit, type FitMode, type FitTarget } from './fit.js';

const target = (mode: FitMode, width = 416, height = 416): FitTarget => ({ mode, size: { width, height }, order: 'rgb', layout: 'planar', pad: 114 });
const HD = { width: 1920, height: 1080 };

test('stretch fills, letterbox centres, top-left pads right and bottom', () => {
  assert.deepEqual(fit(HD, target('stretch')).content, { x: 0, y: 0, width: 416, height: 416 });
  // 416 / 1920 * 1080 = 234; the rest of 182 is halved.
  assert.deepEqual(fit(HD, target('letterbox')).content, { x: 0, y: 91, width: 416, height: 234 });
  assert.deepEqual(fit(HD, target('top-left')).content, { x: 0, y: 0, width: 416, height: 234 });
});

test('the request says all that makes the picture', () => {
  assert.deepEqual(fit(HD, target('letterbox')).request, {
    size: { width: 416, height: 416 },
    order: 'rgb',
    layout: 'planar',
    pad: 114,
    content: { x: 0, y: 91, width: 416, height: 234 },
  });
  const region = { x: 100, y: 50, width: 200, height: 400 };
  const { request, source } = fit(HD, target('letterbox'), region);
  assert.deepEqual(request.source, region);
  assert.deepEqual(source, region);
  assert.deepEqual(request.content, { x: 104, y: 0, width: 208, height: 416 });
});

test('odd rests put the spare pixel behind, extreme proportions keep at least one', () => {
  // 300 / 500 of 100 is 60; of the rest of 41 at 101, 20 come before.
  assert.deepEqual(fit({ width: 500, height: 300 }, target('letterbox', 100, 101)).content, { x: 0, y: 20, width: 100, height: 60 });
  assert.deepEqual(fit({ width: 10_000, height: 1 }, target('top-left', 100, 100)).content, { x: 0, y: 0, width: 100, height: 1 });
});

/** Equal but for the last digits of a float. */
function same(actual: Box, expected: Box): void {
  for (const key of ['x1', 'y1', 'x2', 'y2'] as const)
    assert.ok(Math.abs(actual[key] - expected[key]) < 1e-9, `${key}: ${actual[key]}, ${expected[key]}`);
}

test('corners map to corners, in every mode and at every size', () => {
  const sizes = [HD, { width: 768, height: 576 }, { width: 33, height: 999 }, { width: 640, height: 427 }];
  for (const mode of ['stretch', 'letterbox', 'top-left'] as const)
    for (const size of sizes) {
      const fitted = fit(size, target(mode));
      const { x, y, width, height } = fitted.content;
      const whole = { x1: 0, y1: 0, x2: size.width, y2: size.height };
      const content = { x1: x, y1: y, x2: x + width, y2: y + height };
      same(unfit(content, fitted), whole);
      same(refit(whole, fitted), content);
    }
});

test('a box there and back again is itself, also out of a region', () => {
  const box = { x1: 120.25, y1: 77, x2: 250, y2: 300.5 };
  for (const mode of ['stretch', 'letterbox', 'top-left'] as const) {
    const fitted = fit(HD, target(mode), { x: 100, y: 50, width: 200, height: 400 });
    same(unfit(refit(box, fitted), fitted), box);
  }
});

test('an empty region is refused', () => {
  assert.throws(() => fit(HD, target('stretch'), { x: 0, y: 0, width: 0, height: 10 }), { code: 'INVALID_ARGUMENT', message: /0x10/ });
});
