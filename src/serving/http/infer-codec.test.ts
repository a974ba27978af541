import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import {
  decodeHttpInferRequest,
  encodeHttpInferRequest,
  encodeHttpInferResponse,
  inferRequest,
  type InferResponse,
  joined,
} from '../../wire/index.js';
import { HttpInferCodec } from './infer-codec.js';

const tensor = (name: string, ...values: readonly number[]): Tensor => ({
  name,
  datatype: 'INT32',
  shape: [values.length],
  data: Int32Array.from(values),
});

function sent(inputs: readonly Tensor[], binary = true) {
  const { chunks, headerLengthBytes } = encodeHttpInferRequest(inferRequest({ modelName: 'm', inputs }), { binary });
  return {
    modelName: 'm',
    modelVersion: '',
    body: joined(chunks),
    headerLength: headerLengthBytes === undefined ? undefined : String(headerLengthBytes),
  };
}

test('requests that repeat, change and come back are read as if each were the first', () => {
  const codec = new HttpInferCodec();
  const all = [
    sent([tensor('a', 1, 2)]),
    sent([tensor('a', 3, 4)]),
    sent([tensor('b', 5)]),
    sent([tensor('a', 6, 7)]),
    sent([tensor('a', 8)], false),
  ];
  for (const request of [...all, ...all]) assert.deepEqual(codec.decode(request), decodeHttpInferRequest(request));
});

test('a tensor in JSON belongs to its request', () => {
  const codec = new HttpInferCodec();
  const request = sent([tensor('a', 1)], false);
  const [first, second] = [codec.decode(request), codec.decode(request)];
  (first.inputs[0] as { data: Int32Array }).data[0] = 9;
  assert.deepEqual((second.inputs[0] as { data: Int32Array }).data, Int32Array.of(1));
});

test('tensors may lie apart from the JSON, and their size is checked though the JSON is known', () => {
  const codec = new HttpInferCodec();
  const request = sent([tensor('a', 1, 2)]);
  const cut = Number(request.headerLength);
  const apart = { ...request, body: request.body.subarray(0, cut), tensors: request.body.slice(cut) };
  for (let i = 0; i < 2; i++) assert.deepEqual(codec.decode(apart), decodeHttpInferRequest(request));
  assert.throws(() => codec.decode({ ...apart, tensors: new Uint8Array(4) }), { code: 'INVALID_ARGUMENT', message: /expecting 4 additional bytes/ });
  assert.throws(() => codec.decode({ ...apart, tensors: new Uint8Array(12) }), { message: /unexpected additional input data/ });
});

test('answers that repeat, change and come back are written as if each were the first', () => {
  const codec = new HttpInferCodec();
  const answer = (outputs: readonly Tensor[], more: Partial<InferResponse> = {}): InferResponse => ({
    modelName: 'm',
    modelVersion: '1',
    id: '',
    parameters: new Map(),
    outputs,
    ...more,
  });
  const requests = [
    { outputs: [], binaryOutput: true },
    { outputs: [{ name: 'x', binary: true, classification: 0 }], binaryOutput: false },
    { outputs: [], binaryOutput: false },
  ];
  const answers = [
    answer([tensor('x', 1, 2)]),
    answer([tensor('x', 3, 4)]),
    answer([tensor('x', 5)]),
    answer([tensor('y', 1, 2)]),
    answer([tensor('x', 1, 2), tensor('y', 3)]),
    answer([tensor('x', 1, 2)], { modelVersion: '2' }),
    answer([tensor('x', 1, 2)], { id: '7' }),
    answer([tensor('x', 1, 2)], { parameters: new Map([['p', 1n]]) }),
    answer([{ ...tensor('x', 1, 2), shape: [1, 2] }]),
    answer([tensor('x')]),
  ];
  for (const response of [...answers, ...answers])
    for (const request of requests) assert.deepEqual(codec.encode(response, request), encodeHttpInferResponse(response, request));
});
