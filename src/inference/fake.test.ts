import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type RunScript, engineConformance } from './conformance.js';
import { fakeEngine } from './fake.js';

const scripted = ({ delayMs = 0, failOn = [] }: RunScript = {}): ModelDefinition => ({
  name: 'plus-one',
  weights: { runtime: 'fake', path: `fake:add?shape=-1,4&delayMs=${delayMs}&failOn=${failOn.join()}` },
});

engineConformance('fake engine', { create: fakeEngine, host: {}, add: scripted, scripted });

const DETECTOR: ModelDefinition = {
  name: 'detector',
  weights: { runtime: 'onnx', path: 'nowhere.onnx' },
  picture: {
    input: 'images',
    fit: { mode: 'stretch', size: { width: 2, height: 1 }, order: 'rgb', layout: 'packed', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  head: { type: 'yolox', outputs: {}, confidence: 0.5, maximumIou: 0.5, limit: 10 },
};

test('a fake answers pictures by a function, and keeps what it was asked', async () => {
  await using engine = fakeEngine({
    answer: ({ inputs }) => ({
      answers: [
        {
          kind: 'detections' as const,
          boxes: Float32Array.of(0, 0, 1, 1),
          scores: Float32Array.of((inputs[0]!.data as Uint8Array)[0]! / 10),
          classIds: Int32Array.of(2),
        },
      ],
    }),
  });
  const model = await engine.load(DETECTOR, { instances: 1 });
  const picture = { name: 'images', datatype: 'UINT8', shape: [1, 1, 2, 3], data: Uint8Array.of(5, 0, 0, 0, 0, 0) } as const;
  const { answers } = await model.infer({ inputs: [picture], answer: 'decoded', thresholds: { confidence: 0.1 } });
  assert.ok(answers[0]?.kind === 'detections');
  assert.deepEqual(answers[0].scores, Float32Array.of(0.5));
  assert.deepEqual([engine.requests.length, engine.requests[0]!.thresholds], [1, { confidence: 0.1 }]);
});

test('a fault of the function fails its request', async () => {
  await using engine = fakeEngine({ answer: () => fail('MODEL_MISMATCH', 'no such thing') });
  const model = await engine.load(DETECTOR, { instances: 1 });
  const picture = { name: 'images', datatype: 'UINT8', shape: [1, 1, 2, 3], data: new Uint8Array(6) } as const;
  await assert.rejects(model.infer({ inputs: [picture], answer: 'tensors' }), { code: 'MODEL_MISMATCH', message: 'model "detector": no such thing' });
});
