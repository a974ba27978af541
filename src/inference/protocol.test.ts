import assert from 'node:assert/strict';
import type { HostReport } from '../models/index.js';
import { test } from 'node:test';
import type { Tensor } from '../core/index.js';
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
    { inputs: [{ name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(-5n) }], answer: 'detections', thresholds: { confidence: 0.25 } },
  ];
  const transfer: ArrayBuffer[] = [];
  const got = decodeRequests(sent(encodeRequests(requests, sendable, transfer), transfer));
  assert.equal(got[0]!.inputs[0]!.name, 'x');
  assert.deepEqual(got[0]!.inputs[0]!.data, Float32Array.of(1, 2));
  assert.deepEqual(got[0]!.inputs[1]!.data, [Uint8Array.of(97, 98), new Uint8Array()]);
  assert.deepEqual(got[1], {
    inputs: [{ name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(-5n) }],
    answer: 'detections',
    thresholds: { confidence: 0.25 },
  });
});

test('reports survive the way back: outputs, detections of each row, faults, times and buffers', () => {
  const found = { kind: 'detections' as const, boxes: Float32Array.of(1, 2, 3, 4), scores: Float32Array.of(0.5), classIds: Int32Array.of(7) };
  const none = { kind: 'detections' as const, boxes: new Float32Array(), scores: new Float32Array(), classIds: new Int32Array() };
  const report: HostReport = {
    results: [
      { outputs: [floats(Float32Array.of(9))], detections: [] },
      { fault: { code: 'UNKNOWN', message: 'no' } },
      { outputs: [], detections: [found, none] },
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
    const report: HostReport = { results: [{ outputs: [floats(data)], detections: [] }], inputMs: 0, runMs: 0, outputMs: 0 };
    const message = encodeReport(report, sendable, transfer, [data.buffer]) as DoneMessage;
    assert.deepEqual([transfer.length, message[5].length], [transferred, 0]);
  }
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
