import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, type Tensor } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import {
  decodeInferRequest,
  encodeInferRequest,
  encodeInferResponse,
  inferRequest,
  type InferRequest,
  type InferResponse,
  joined,
} from '../../wire/index.js';
import { GrpcInferCodec } from './infer-codec.js';

const tensor = (name: string, ...values: readonly number[]): Tensor => ({
  name,
  datatype: 'INT32',
  shape: [values.length],
  data: Int32Array.from(values),
});

const message = (request: Partial<InferRequest>): Uint8Array => joined(encodeInferRequest(inferRequest({ modelName: 'm', ...request })));

test('requests that repeat, change and come back are read as if each were the first', () => {
  const codec = new GrpcInferCodec();
  const text: Tensor = { name: 't', datatype: 'BYTES', shape: [1], data: [Uint8Array.of(1, 2, 3)] };
  const all = [
    message({ inputs: [tensor('a', 1, 2), tensor('b', 3)] }),
    message({ inputs: [tensor('a', 4, 5), tensor('b', 6)] }),
    message({ inputs: [tensor('a', 4, 5), tensor('b', 6)], id: '7' }),
    message({ inputs: [tensor('a', 4, 5)], parameters: new Map([['p', 'q']]) }),
    message({ inputs: [text] }),
    message({ inputs: [{ ...tensor('a', ...Array.from({ length: 50_000 }, (_, i) => i)) }] }),
    message({ inputs: [{ name: 'a', datatype: 'INT32', shape: [2], shared: { region: 'r', offsetBytes: 0, sizeBytes: 8 } }] }),
    message({ inputs: [tensor('a')] }),
  ];
  for (const bytes of [...all, ...all, ...all.flatMap((each) => [each, each])]) assert.deepEqual(codec.decode(bytes), decodeInferRequest(bytes));
});

test('damaged requests after a good one are read, or refused, as if they were the first', () => {
  const good = message({ inputs: [tensor('a', 1, 2), tensor('b', 3)] });
  const outcome = (read: () => InferRequest): unknown => {
    try {
      return read();
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
      return [error.code, error.message];
    }
  };
  for (const bytes of mutations(good, 2000, random(6))) {
    const codec = new GrpcInferCodec();
    codec.decode(good);
    assert.deepEqual(
      outcome(() => codec.decode(bytes)),
      outcome(() => decodeInferRequest(bytes)),
    );
  }
});

test('answers that repeat, change and come back are written as if each were the first', () => {
  const codec = new GrpcInferCodec();
  const answer = (outputs: readonly Tensor[], more: Partial<InferResponse> = {}): InferResponse => ({
    modelName: 'm',
    modelVersion: '1',
    id: '',
    parameters: new Map(),
    outputs,
    ...more,
  });
  const large = tensor('x', ...Array.from({ length: 50_000 }, (_, i) => i));
  const answers = [
    answer([tensor('x', 1, 2), tensor('y', 3)]),
    answer([tensor('x', 4, 5), tensor('y', 6)]),
    answer([tensor('x', 4)]),
    answer([large, tensor('y', 1)]),
    answer([tensor('x', 4)], { id: '7' }),
    answer([tensor('x', 4)], { parameters: new Map([['p', 1n]]) }),
    answer([tensor('x')]),
    answer([]),
  ];
  for (const response of [...answers, ...answers, ...answers.flatMap((each) => [each, each])]) {
    const written = codec.encode(response);
    assert.deepEqual(joined(written instanceof Uint8Array ? [written] : written), joined(encodeInferResponse(response)));
  }
});
