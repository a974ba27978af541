import assert from 'node:assert/strict';
import type { HostReport } from '../models/index.js';
import { test } from 'node:test';
import type { Tensor } from '../core/index.js';
import type { Answer } from '../vision/index.js';
import type { InferenceRequest } from './port.js';
import { type DoneMessage, asIs, decodeReport, decodeRequests, encodeReport, encodeRequests } from './protocol.js';
import { sendable, sendableCopy } from './sendable.js';

const floats = (data: Float32Array, name = 'x'): Tensor => ({ name, datatype: 'FP32', shape: [1, data.length], data });

const sent = <T>(value: T, transfer: ArrayBuffer[]): T => structuredClone(value, { transfer });

test('requests survive the way to an instance', () => {
  const requests: InferenceRequest[] = [
    {
      inputs: [floats(Float32Array.of(1, 2)), { name: 's', datatype: 'BYTES', shape: [2], data: [Buffer.from('ab'), Buffer.from('')] }],
      answer: 'tensors',
    },
    { inputs: [{ name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(-5n) }], answer: 'decoded', thresholds: { confidence: 0.25 } },
  ];
  const transfer: ArrayBuffer[] = [];
  const got = decodeRequests(sent(encodeRequests(requests, sendable, transfer), transfer));
  assert.equal(got[0]!.inputs[0]!.name, 'x');
  assert.deepEqual(got[0]!.inputs[0]!.data, Float32Array.of(1, 2));
  assert.deepEqual(got[0]!.inputs[1]!.data, [Uint8Array.of(97, 98), new Uint8Array()]);
  assert.deepEqual(got[1], {
    inputs: [{ name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(-5n) }],
    answer: 'decoded',
    thresholds: { confidence: 0.25 },
  });
});

/** One of each kind, with and without what may be absent. */
const EACH_KIND: readonly Answer[] = [
  { kind: 'detections', boxes: Float32Array.of(1, 2, 3, 4), scores: Float32Array.of(0.5), classIds: Int32Array.of(7) },
  { kind: 'detections', boxes: new Float32Array(), scores: new Float32Array(), classIds: new Int32Array() },
  {
    kind: 'detections',
    boxes: Float32Array.of(1, 2, 3, 4),
    scores: Float32Array.of(0.5),
    classIds: Int32Array.of(7),
    points: Float32Array.of(2, 3, 1),
  },
  { kind: 'classes', groups: [{ name: 'colour', top: [{ classId: 2, label: 'red', score: 0.75 }] }] },
  { kind: 'embedding', vector: Float32Array.of(0.6, 0.8) },
  { kind: 'landmarks', points: Float32Array.of(5, 6, 1), score: 0.5 },
  { kind: 'landmarks', points: Float32Array.of(5, 6, 1), depths: Float32Array.of(-2), score: 0.5 },
  { kind: 'mask', size: { width: 2, height: 1 }, values: Uint8Array.of(0, 255), meaning: 'cover' },
  { kind: 'mask', size: { width: 1, height: 2 }, values: Uint8Array.of(3, 15), meaning: 'classes' },
  { kind: 'text', text: '5A', score: 0.75, letterScores: Float32Array.of(0.5, 1) },
  { kind: 'values', values: { yaw: -12.5, pitch: 3 } },
];

test('reports survive the way back: outputs, answers of every kind, faults, times and buffers', () => {
  const report: HostReport = {
    results: [
      { outputs: [floats(Float32Array.of(9))], answers: [] },
      { fault: { code: 'UNKNOWN', message: 'no' } },
      { outputs: [], answers: EACH_KIND },
    ],
    inputMs: 1,
    runMs: 2,
    outputMs: 3,
  };
  const want = structuredClone(report);
  const transfer: ArrayBuffer[] = [];
  const message = sent(encodeReport(report, sendable, transfer, [new ArrayBuffer(8)]), transfer) as DoneMessage;
  assert.deepEqual(decodeReport(message), want);
  assert.equal(message[5][0]!.byteLength, 8);
});

test('an output that lies in the buffer of an input is sent once, as the output', () => {
  // A large one changes hands, a small one is copied by the message.
  for (const [length, transferred] of [
    [2048, 1],
    [2, 0],
  ] as const) {
    const data = new Float32Array(length);
    const transfer: ArrayBuffer[] = [];
    const report: HostReport = { results: [{ outputs: [floats(data)], answers: [] }], inputMs: 0, runMs: 0, outputMs: 0 };
    const message = encodeReport(report, sendable, transfer, [data.buffer]) as DoneMessage;
    assert.deepEqual([transfer.length, message[5].length], [transferred, 0]);
  }
});

test('a large mask changes hands, and the answers around it stay whole', () => {
  const values = new Uint8Array(256 * 256).fill(9);
  const answers: Answer[] = [
    { kind: 'text', text: 'a', score: 1, letterScores: Float32Array.of(1) },
    { kind: 'mask', size: { width: 256, height: 256 }, values, meaning: 'cover' },
    { kind: 'values', values: { age: 40 } },
  ];
  const transfer: ArrayBuffer[] = [];
  const message = encodeReport({ results: [{ outputs: [], answers }], inputMs: 0, runMs: 0, outputMs: 0 }, sendable, transfer, []);
  assert.deepEqual(transfer, [values.buffer]);
  const [result] = decodeReport(sent(message, transfer) as DoneMessage).results;
  assert.equal(values.length, 0);
  assert.ok(result && 'answers' in result && result.answers[1]?.kind === 'mask');
  assert.deepEqual([result.answers[0], result.answers[2], result.answers[1].values[65535]], [answers[0], answers[2], 9]);
});

test('what is the only whole view of its buffer travels, shared memory stays, everything else is copied', () => {
  const transfer: ArrayBuffer[] = [];
  const whole = new Float32Array(2048);
  assert.equal(sendable(floats(whole), transfer), whole);
  const again = sendable(floats(whole), transfer);
  assert.notEqual(again, whole);
  assert.equal(transfer.length, 2);
  const small = Float32Array.of(1, 2);
  assert.equal(sendable(floats(small), transfer), small);
  assert.equal(transfer.length, 2, 'the message carries a copy of what is small');
  const part = new Float32Array([1, 2, 3]).subarray(1);
  assert.notEqual(sendable(floats(part), transfer), part);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  assert.equal(sendable(floats(shared), transfer), shared);
  assert.deepEqual(sendable(floats(part), transfer), Float32Array.of(2, 3));
  assert.equal(new Set(transfer).size, transfer.length);
  assert.ok(transfer.every((buffer) => buffer instanceof ArrayBuffer));
});

test('a copy leaves the tensor alone, and as it is means as it is', () => {
  const data = Float32Array.of(4);
  const transfer: ArrayBuffer[] = [];
  assert.notEqual(sendableCopy(floats(data), transfer), data);
  assert.equal(transfer.includes(data.buffer), false);
  assert.equal(asIs(floats(data), transfer), data);
});
