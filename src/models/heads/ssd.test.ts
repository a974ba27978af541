import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import type { HeadSpec } from './port.js';
import { ssd } from './ssd.js';

const HEAD: HeadSpec = {
  type: 'ssd',
  outputs: { loc: 'loc', conf: 'conf', priors: 'priors' },
  confidence: 0.3,
  maximumIou: 0.5,
  limit: 10,
  settings: { background: 2 },
};
const PICTURE = { width: 100, height: 200 };
const tensor = (name: string, shape: readonly number[], data: readonly number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});
const specOf = (loc: readonly number[], conf: readonly number[], priors: readonly number[]): ModelSpec => ({
  inputs: [],
  outputs: [
    { name: 'priors', datatype: 'FP32', shape: priors },
    { name: 'loc', datatype: 'FP32', shape: loc },
    { name: 'conf', datatype: 'FP32', shape: conf },
  ],
});
// Two priors and three classes, the last of which is the background.
const SPEC = specOf([-1, 8], [-1, 6], [1, 2, 8]);
const CORNERS = [0.2, 0.2, 0.6, 0.4, 0, 0, 0.5, 0.5];
const VARIANCES = [0.1, 0.1, 0.2, 0.2, 0.1, 0.1, 0.2, 0.2];
const PRIORS = tensor('priors', [1, 2, 8], [...CORNERS, ...VARIANCES]);
const outputsOf = (loc: readonly number[], conf: readonly number[], rows = 1): Tensor[] => [
  PRIORS,
  tensor('loc', [rows, loc.length / rows], loc),
  tensor('conf', [rows, conf.length / rows], conf),
];
const NOTHING = [0, 0, 1];

test('without offsets a box is its prior, in pixels', () => {
  const decoder = ssd.create(HEAD, SPEC, PICTURE);
  const { boxes, scores, classIds } = decoder.decode(outputsOf([0, 0, 0, 0, 0, 0, 0, 0], [0.25, 0.5, 0.25, ...NOTHING]), 0);
  // Corners 0.2 0.2 0.6 0.4 of 100x200.
  assert.deepEqual([...boxes].map(Math.round), [20, 40, 60, 80]);
  assert.deepEqual([...scores], [0.5]);
  assert.deepEqual([...classIds], [1]);
});

test('offsets move the centre by variance times size and scale the size by an exponential', () => {
  const decoder = ssd.create(HEAD, SPEC, PICTURE);
  // Second prior: centre 0.25, size 0.5. Centre x + 2 * 0.1 * 0.5 = 0.35; width 0.5 * e^(ln(2)/0.2 * 0.2) = 1: from -0.15 to 0.85.
  const { boxes } = decoder.decode(outputsOf([0, 0, 0, 0, 2, 0, Math.log(2) / 0.2, 0], [...NOTHING, 0.9, 0, 0.1]), 0);
  assert.deepEqual([...boxes].map(Math.round), [-15, 0, 85, 100]);
});

test('each class above the threshold makes a box, the background none', () => {
  const decoder = ssd.create(HEAD, SPEC, PICTURE);
  const outputs = outputsOf([0, 0, 0, 0, 0, 0, 0, 0], [0.4, 0.35, 0.25, 0.01, 0.02, 0.97]);
  assert.deepEqual([...decoder.decode(outputs, 0).classIds], [0, 1]);
  assert.deepEqual([...decoder.decode(outputs, 0, { confidence: 0.36 }).classIds], [0]);
});

test('class ids can be mapped, and a class left out', () => {
  const decoder = ssd.create({ ...HEAD, settings: { background: 2, classIds: [7, -1, 0] } }, SPEC, PICTURE);
  assert.deepEqual([...decoder.decode(outputsOf([0, 0, 0, 0, 0, 0, 0, 0], [0.5, 0.5, 0, ...NOTHING]), 0).classIds], [7]);
});

test('a picture decodes alike alone and in any row of a batch, whether priors come once or for each', () => {
  const decoder = ssd.create(HEAD, SPEC, PICTURE);
  const loc = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
  const conf = [0.5, 0.2, 0.3, 0.6, 0.3, 0.1, 0.1, 0.8, 0.1, 0.2, 0.4, 0.4];
  const once = outputsOf(loc, conf, 2);
  const each = [tensor('priors', [2, 2, 8], [...CORNERS, ...VARIANCES, ...CORNERS, ...VARIANCES]), ...once.slice(1)];
  for (const row of [0, 1]) {
    const alone = decoder.decode(outputsOf(loc.slice(row * 8, row * 8 + 8), conf.slice(row * 6, row * 6 + 6)), 0);
    assert.deepEqual(decoder.decode(once, row), alone);
    assert.deepEqual(decoder.decode(each, row), alone);
  }
});

test('outputs that do not fit each other are told with shapes', () => {
  const cases = [
    [specOf([-1, 7], [-1, 6], [1, 2, 8]), /"loc" is FP32 \[\?, 7\]/],
    [specOf([-1, 8], [-1, 5], [1, 2, 8]), /"conf" is FP32 \[\?, 5\]; .*\[N, classes x 2\]/],
    [specOf([-1, 8], [-1, 6], [1, 1, 8]), /"priors" is FP32 \[1, 1, 8\]; .*\[1, 2, 8\]/],
    [specOf([-1, -1], [-1, 6], [1, 2, 8]), /"loc" is FP32 \[\?, \?\]/],
  ] as const;
  for (const [spec, message] of cases) assert.throws(() => ssd.create(HEAD, spec, PICTURE), { code: 'MODEL_MISMATCH', message });
  assert.throws(() => ssd.create({ ...HEAD, settings: { background: 3 } }, SPEC, PICTURE), {
    code: 'MODEL_MISMATCH',
    message: /is 3, .* 3 classes, 0 to 2/,
  });
  assert.throws(() => ssd.create({ ...HEAD, settings: { classIds: [1] } }, SPEC, PICTURE), { code: 'MODEL_MISMATCH', message: /1 entries/ });
});
