import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelSource } from '../../models/index.js';
import { CATALOGUE, toDefinition } from '../../models/index.js';
import { type FakeAnswer, type FakeEngineOptions, fakeEngine } from '../../inference/index.js';
import type { Detections, Embedding, Landmarks } from '../../vision/index.js';
import { rgbPicture } from '../rgb-picture.js';
import type { KnownFaces } from './identity.js';
import { openFaceRecognizer } from './face-recognizer.js';

const models: ModelSource = {
  named: async (name) =>
    toDefinition(
      CATALOGUE.find((entry) => entry.name === name)!,
      '',
    ),
  own: async (definition) => definition,
};

/** Two faces on a picture of 320x240: a bright one at the left, a small one at the right. */
const FOUND: Detections = {
  kind: 'detections',
  boxes: Float32Array.of(40, 60, 120, 160, 240, 100, 256, 120),
  scores: Float32Array.of(0.9, 0.95),
  classIds: Int32Array.of(0, 0),
};

/** 68 points of an upright face in a crop of 64x64: what the five are made of. */
function face68(): Landmarks {
  const points = new Float32Array(68 * 3);
  const put = (at: number, x: number, y: number): void => points.set([x, y, 1], at * 3);
  for (const at of [37, 38, 40, 41]) put(at, 22, 26);
  for (const at of [43, 44, 46, 47]) put(at, 42, 26);
  put(30, 32, 37);
  for (const at of [48, 60]) put(at, 24, 49);
  for (const at of [54, 64]) put(at, 40, 49);
  return { kind: 'landmarks', points, score: 1 };
}

/** A vector that tells the mean of the chip's bytes. */
const embedding = (bytes: Uint8Array): Embedding => {
  const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length / 255;
  return { kind: 'embedding', vector: Float32Array.of(mean, Math.sqrt(1 - mean * mean)) };
};

const rows = (data: Uint8Array, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => data.subarray((at * data.length) / count, ((at + 1) * data.length) / count));

const answer: NonNullable<FakeEngineOptions['answer']> = ({ inputs }, { name }): FakeAnswer => {
  const { data, shape } = inputs[0]!;
  const pictures = rows(data as Uint8Array, shape[0]!);
  if (name === 'ultraface-rfb-320') return { answers: [FOUND] };
  return { answers: pictures.map((bytes) => (name === 'fr-landmark-68' ? face68() : embedding(bytes))) };
};

/** Light and dark in patches of four pixels, so that there is something sharp. */
const picture = rgbPicture({
  size: { width: 320, height: 240 },
  data: Uint8Array.from({ length: 320 * 240 * 3 }, (_, i) => ((Math.floor(i / 3 / 4) + Math.floor(i / 3 / 320 / 4)) % 2) * 120 + 60),
});

const known: KnownFaces = {
  nearest: async ({ model, values }) => (model === 'fr-feature/1' ? { name: 'Ada', distance: values[0]! > 0 ? 0.2 : 1.5 } : undefined),
};

test('each face comes with box, points, quality and an identity; one that is too small is unknown and never looked up', async () => {
  await using engine = fakeEngine({ answer });
  await using recognizer = await openFaceRecognizer({ engine, models, hosting: { placement: 'inline' } });
  const [small, large, ...rest] = await recognizer.recognize(picture, known);
  assert.equal(rest.length, 0);
  assert.deepEqual(large!.box, { x1: 40, y1: 60, x2: 120, y2: 160 });
  // The crop is a square as high as the box, 100 pixels, around 80, 110: 22 of 64 is 34.4 from its left edge at 30.
  assert.ok(Math.abs(large!.landmarks[0].x - 64.375) < 0.5 && Math.abs(large!.landmarks[0].y - 100.6) < 0.5, JSON.stringify(large!.landmarks[0]));
  assert.deepEqual([large!.quality.refusals, large!.identity], [[], { kind: 'known', name: 'Ada', distance: 0.2 }]);
  assert.equal(large!.vector!.model, recognizer.vectors);
  assert.deepEqual(small!.quality.refusals.map(({ problem }) => problem), ['too-small']); // prettier-ignore
  assert.deepEqual([small!.vector, small!.identity], [undefined, { kind: 'unknown', reason: 'poor-quality' }]);
});

test('the stricter or laxer rules of one look win over those of the settings', async () => {
  await using engine = fakeEngine({ answer });
  await using recognizer = await openFaceRecognizer({
    engine,
    models,
    settings: { quality: { minEyeDistance: 60 } },
    hosting: { placement: 'inline' },
  });
  assert.equal((await recognizer.look(picture)).filter(({ vector }) => vector).length, 0);
  const lax = { ...recognizer.settings.quality, minEyeDistance: 0 };
  assert.equal((await recognizer.look(picture, { quality: lax })).filter(({ vector }) => vector).length, 2);
});

test('the faces of a picture share runs of the networks', async () => {
  const boxes = Array.from({ length: 20 }, (_, i) => [(i % 7) * 45, Math.floor(i / 7) * 80, (i % 7) * 45 + 40, Math.floor(i / 7) * 80 + 60]);
  const many: Detections = {
    kind: 'detections',
    boxes: Float32Array.from(boxes.flat()),
    scores: new Float32Array(20).fill(0.9),
    classIds: new Int32Array(20),
  };
  const asked: Record<string, number[]> = {};
  await using engine = fakeEngine({
    answer: (request, definition) => {
      const runs = (asked[definition.name] ??= []);
      runs.push(request.inputs[0]!.shape[0]!);
      runs.sort((a, b) => b - a);
      return definition.name === 'ultraface-rfb-320' ? { answers: [many] } : answer(request, definition);
    },
  });
  await using recognizer = await openFaceRecognizer({
    engine,
    models,
    settings: { quality: { minEyeDistance: 0 } },
    hosting: { placement: 'inline' },
  });
  assert.equal((await recognizer.look(picture)).filter(({ vector }) => vector).length, 20);
  assert.deepEqual(asked, { 'ultraface-rfb-320': [1], 'fr-landmark-68': [16, 4], 'fr-feature': [8, 8, 4] });
});

test('wrong settings are refused by their name, and nothing stays loaded', async () => {
  await using engine = fakeEngine({ answer });
  await assert.rejects(openFaceRecognizer({ engine, models, settings: { smallestFace: 1 } }), {
    code: 'CONFIG_INVALID',
    message: /^faces\.smallestFace: /,
  });
  const broken: ModelSource = { ...models, named: (name) => (name === 'fr-feature' ? Promise.reject(new Error('no network')) : models.named(name)) };
  await assert.rejects(openFaceRecognizer({ engine, models: broken, hosting: { placement: 'inline' } }), /no network/);
  assert.deepEqual(engine.models, []);
});

test('a picture whose bytes do not match its size is refused', () => {
  assert.throws(() => rgbPicture({ size: { width: 2, height: 2 }, data: new Uint8Array(11) }), {
    code: 'INVALID_ARGUMENT',
    message: /takes 12 bytes, got 11/,
  });
});
