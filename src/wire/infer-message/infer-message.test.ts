import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ARRAY_OF, BYTES_PER_ELEMENT, Fault, type Datatype, type Tensor } from '../../core/index.js';
import { inferRequest, type InferRequest, type InferResponse } from '../infer.js';
import { ModelInferRequestSchema, ModelInferResponseSchema, ModelStreamInferResponseSchema } from '../proto/grpc_service_pb.js';
import { mutations, random } from '../../testing/fuzz.js';
import { joined } from '../joined.js';
import { decodeInferRequest, encodeInferRequest } from './request.js';
import { decodeInferResponse, decodeStreamResponse, encodeInferResponse, encodeStreamResponse } from './response.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const sample = (datatype: Datatype): Tensor =>
  datatype === 'BYTES'
    ? { name: 'BYTES', datatype, shape: [3], data: [text('dog'), text(''), text('ねこ')] }
    : ({
        name: datatype,
        datatype,
        shape: [2, 3],
        data: new ARRAY_OF[datatype](new Uint8Array(6 * BYTES_PER_ELEMENT[datatype]).map((_, i) => i).buffer),
      } as Tensor);
const EVERY = (Object.keys(BYTES_PER_ELEMENT) as Datatype[]).map(sample);

const FULL: InferRequest = inferRequest({
  modelName: 'face',
  modelVersion: '7',
  id: 'r-1',
  controls: {
    sequenceId: 2n ** 63n + 5n,
    sequenceStart: true,
    sequenceEnd: false,
    priority: 3n,
    timeoutMicroseconds: 250n,
    emptyFinalResponse: true,
  },
  parameters: new Map<string, boolean | bigint | number | string>([
    ['note', 'grün'],
    ['count', -5n],
    ['ratio', 0.25],
    ['on', true],
    ['__proto__', 'just a name'],
  ]),
  inputs: [...EVERY, { name: 'far', datatype: 'FP32', shape: [4], shared: { region: 'r', offsetBytes: 64, sizeBytes: 16 } }],
  outputs: [
    { name: 'a', binary: true, classification: 3 },
    { name: 'b', binary: true, classification: 0, shared: { region: 's', offsetBytes: 0, sizeBytes: 8 } },
  ],
});

test('a request comes back as it went, with every datatype, parameter and shared memory', () => {
  assert.deepEqual(decodeInferRequest(joined(encodeInferRequest(FULL))), FULL);
});

test('the protobuf runtime reads what we write, and we read what it writes', () => {
  const bytes = joined(encodeInferRequest(FULL));
  const message = fromBinary(ModelInferRequestSchema, bytes);
  assert.equal(message.modelName, 'face');
  assert.equal(message.inputs.length, FULL.inputs.length);
  assert.equal(message.rawInputContents.length, EVERY.length);
  assert.deepEqual(message.inputs.at(-1)?.parameters['shared_memory_offset']?.parameterChoice, { case: 'int64Param', value: 64n });
  assert.deepEqual(message.outputs[0]?.parameters['classification']?.parameterChoice, { case: 'int64Param', value: 3n });
  assert.equal(message.$unknown, undefined);
  assert.deepEqual(decodeInferRequest(toBinary(ModelInferRequestSchema, message)), FULL);
});

test('a response comes back as it went; what the request put in shared memory is known from the request', () => {
  const shared = { region: 's', offsetBytes: 0, sizeBytes: 8 };
  const response: InferResponse = {
    modelName: 'face',
    modelVersion: '7',
    id: 'r-1',
    parameters: new Map<string, boolean | bigint>([
      ['triton_final_response', true],
      ['n', 4n],
    ]),
    outputs: [sample('FP32'), { name: 'far', datatype: 'INT32', shape: [2], shared }, sample('BYTES')],
  };
  const bytes = joined(encodeInferResponse(response));
  assert.deepEqual(
    fromBinary(ModelInferResponseSchema, bytes).rawOutputContents.map(({ byteLength }) => byteLength),
    [24, 0, 4 * 3 + 3 + 6],
  );
  assert.deepEqual(decodeInferResponse(bytes, [{ name: 'far', binary: true, classification: 0, shared }]), response);
  const streamed = joined(encodeStreamResponse({ errorMessage: 'no', response }));
  assert.equal(fromBinary(ModelStreamInferResponseSchema, streamed).inferResponse?.id, 'r-1');
  assert.equal(decodeStreamResponse(streamed, [{ name: 'far', binary: true, classification: 0, shared }]).response?.outputs.length, 3);
  assert.deepEqual(decodeStreamResponse(joined(encodeStreamResponse({ errorMessage: 'broken' }))), { errorMessage: 'broken' });
});

test('a large tensor is not copied on the way out, nor on the way in when its address allows', () => {
  const data = new Float32Array(1 << 16);
  const chunks = encodeInferRequest(inferRequest({ modelName: 'm', inputs: [{ name: 'x', datatype: 'FP32', shape: [data.length], data }] }));
  assert.ok(chunks.some((chunk) => chunk.buffer === data.buffer));
  for (const shift of [0, 1, 2, 3, 4, 5]) {
    const whole = joined(chunks);
    const moved = shift > 2 ? Buffer.alloc(whole.byteLength + shift) : new Uint8Array(whole.byteLength + shift);
    moved.set(whole, shift);
    const [input] = decodeInferRequest(moved.subarray(shift)).inputs;
    assert.ok(input && !('shared' in input) && input.datatype === 'FP32');
    const aligned = (moved.byteLength - data.byteLength) % 4 === 0;
    assert.equal(input.data.buffer === moved.buffer, aligned, `shift ${shift}`);
  }
});

const typed = (message: MessageInitShape<typeof ModelInferRequestSchema>): InferRequest =>
  decodeInferRequest(toBinary(ModelInferRequestSchema, create(ModelInferRequestSchema, { modelName: 'm', ...message })));

test('typed contents fill every datatype that has a list', () => {
  const cases: [Datatype, object, unknown][] = [
    ['BOOL', { boolContents: [true, false] }, Uint8Array.of(1, 0)],
    ['INT8', { intContents: [-128, 127] }, Int8Array.of(-128, 127)],
    ['INT16', { intContents: [-3, 4] }, Int16Array.of(-3, 4)],
    ['INT32', { intContents: [1, -1] }, Int32Array.of(1, -1)],
    ['INT64', { int64Contents: [1n, -(2n ** 63n)] }, BigInt64Array.of(1n, -(2n ** 63n))],
    ['UINT8', { uintContents: [0, 255] }, Uint8Array.of(0, 255)],
    ['UINT16', { uintContents: [1, 65_535] }, Uint16Array.of(1, 65_535)],
    ['UINT32', { uintContents: [1, 2 ** 32 - 1] }, Uint32Array.of(1, 2 ** 32 - 1)],
    ['UINT64', { uint64Contents: [1n, 2n ** 64n - 1n] }, BigUint64Array.of(1n, 2n ** 64n - 1n)],
    ['FP32', { fp32Contents: [0.5, Number.NaN] }, Float32Array.of(0.5, Number.NaN)],
    ['FP64', { fp64Contents: [0.1, Infinity] }, Float64Array.of(0.1, Infinity)],
    ['BYTES', { bytesContents: [text('a'), text('')] }, [text('a'), text('')]],
  ];
  for (const [datatype, contents, data] of cases)
    assert.deepEqual(typed({ inputs: [{ name: 'x', datatype, shape: [2n], contents }] }).inputs, [{ name: 'x', datatype, shape: [2], data }]);
});

test('what contradicts itself is refused in the words of Triton', () => {
  const input = (more: object) => ({ name: 'X', datatype: 'INT32', shape: [2n], ...more });
  const string = (value: string) => ({ parameterChoice: { case: 'stringParam', value } as const });
  const int = (value: bigint) => ({ parameterChoice: { case: 'int64Param', value } as const });
  const cases: [MessageInitShape<typeof ModelInferRequestSchema>, string][] = [
    [
      { inputs: [input({ contents: { intContents: [1, 2] } })], rawInputContents: [text('12345678')] },
      "contents field must not be specified when using raw_input_contents for 'X' for model 'm'",
    ],
    [
      { inputs: [input({ contents: { fp32Contents: [1, 2] } })] },
      "unexpected explicit tensor data for input tensor 'X' for model 'm' of type 'FP32', expected datatype 'INT32'",
    ],
    [
      { inputs: [input({ contents: { intContents: [1, 2], int64Contents: [1n] } })] },
      "unexpected explicit tensor data for input tensor 'X' for model 'm', binary data was already supplied.",
    ],
    [{ inputs: [input({})] }, "unable to find data for input tensor 'X' for model 'm' in request."],
    [
      { id: 'q', inputs: [input({})], rawInputContents: [text('1234567')] },
      "[request id: q] input byte size mismatch for input 'X' for model 'm'. Expected 8, got 7",
    ],
    [
      { inputs: [input({ contents: { intContents: [1] } })] },
      "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 8, got 4",
    ],
    [{ inputs: [input({ datatype: 'FLOAT' })], rawInputContents: [text('')] }, 'invalid datatype for input X'],
    [
      { inputs: [input({ shape: [-1n] })], rawInputContents: [text('')] },
      "invalid shape for input 'X': shape [-1] contains one or more invalid dimensions",
    ],
    [
      { inputs: [input({ shape: [2n ** 40n, 2n ** 40n] })], rawInputContents: [text('')] },
      "invalid shape for input 'X': shape [1099511627776,1099511627776] causes total element count to exceed maximum size of 9223372036854775807",
    ],
    [
      { inputs: [input({ parameters: { shared_memory_offset: int(1n) } })] },
      "'shared_memory_offset' can not be specified without 'shared_memory_region' parameter for tensor 'X'",
    ],
    [
      { inputs: [input({ parameters: { shared_memory_region: int(1n) } })] },
      "invalid value type for 'shared_memory_region' parameter for tensor 'X', expected string_param.",
    ],
    [
      { inputs: [input({ parameters: { shared_memory_region: string('r') }, contents: { intContents: [1, 2] } })] },
      "unexpected 'content' provided when using shared memory for input tensor 'X' for model 'm'",
    ],
    [
      { parameters: { triton_x: int(1n) } },
      "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response",
    ],
    [{ parameters: { sequence_start: int(1n) } }, "invalid value type for 'sequence_start' parameter, expected bool_param."],
    [{ parameters: { priority: int(-1n) } }, "invalid value for 'priority', expected value >= 0."],
    [{ outputs: [{ name: 'o', parameters: { classification: int(0n) } }] }, "invalid value for 'classification' parameter, expected >= 0"],
    [
      { outputs: [{ name: 'o', parameters: { classification: int(2n), shared_memory_region: string('r') } }] },
      "output can't set both 'shared_memory_region' and 'classification'",
    ],
    [{ inputs: [input({ datatype: 'INT8', contents: { intContents: [1, 128] } })] }, "input 'X': 128 does not fit INT8"],
  ];
  for (const [message, want] of cases) assert.throws(() => typed(message), { code: 'INVALID_ARGUMENT', message: want });
});

test('BYTES that do not add up are refused in the words of Triton', () => {
  const of = (...bytes: number[]) => ({ inputs: [{ name: 'S', datatype: 'BYTES', shape: [1n] }], rawInputContents: [Uint8Array.from(bytes)] });
  const start = '[request id: <id_unknown>] ';
  const cases: [number[], string][] = [
    [
      [1, 0],
      `${start}incomplete string length indicator for inference input 'S' for model 'm', expecting 4 bytes but only 2 bytes available. Please make sure the string length indicator is in one buffer.`,
    ],
    [
      [5, 0, 0, 0, 1],
      `${start}incomplete string data for inference input 'S' for model 'm', expecting string of length 5 but only 1 bytes available`,
    ],
    [[0, 0, 0, 0, 0, 0, 0, 0], `${start}unexpected number of string elements 2 for inference input 'S' for model 'm', expecting 1`],
    [[], `${start}expected 1 string elements for inference input 'S' for model 'm', got 0`],
  ];
  for (const [bytes, message] of cases) assert.throws(() => typed(of(...bytes)), { message });
});

test('no bytes bring the readers down: each answers or throws a fault', () => {
  const seed = joined(encodeInferRequest(FULL));
  const next = random(7);
  for (const bytes of mutations(seed, 4000, next))
    for (const read of [decodeInferRequest, decodeInferResponse, decodeStreamResponse])
      try {
        read(bytes);
      } catch (error) {
        assert.ok(
          error instanceof Fault && ['INPUT_CORRUPT', 'INVALID_ARGUMENT'].includes(error.code),
          `${String(error)} ${Buffer.from(bytes).toString('hex')}`,
        );
      }
});
