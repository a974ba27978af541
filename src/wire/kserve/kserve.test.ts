import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARRAY_OF, BYTES_PER_ELEMENT, Fault, type Datatype, type Tensor } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { inferRequest, type InferRequest, type InferResponse } from '../infer.js';
import { joined } from '../joined.js';
import type { HttpBody } from './body.js';
import { decodeHttpError, encodeHttpError } from './error.js';
import { decodeHttpInferRequest, encodeHttpInferRequest } from './request.js';
import { decodeHttpInferResponse, encodeHttpInferResponse } from './response.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const sample = (datatype: Datatype): Tensor =>
  datatype === 'BYTES'
    ? { name: 'BYTES', datatype, shape: [3], data: [text('dog'), text(''), text('"ねこ"')] }
    : ({
        name: datatype,
        datatype,
        shape: [2, 3],
        data: new ARRAY_OF[datatype](new Uint8Array(6 * BYTES_PER_ELEMENT[datatype]).map((_, i) => (datatype === 'BOOL' ? i % 2 : i)).buffer),
      } as Tensor);
const DATATYPES = Object.keys(BYTES_PER_ELEMENT) as Datatype[];
const IN_JSON = DATATYPES.filter((datatype) => datatype !== 'FP16' && datatype !== 'BF16');

const read = ({ chunks, headerLengthBytes }: HttpBody): InferRequest =>
  decodeHttpInferRequest({ modelName: 'm', modelVersion: '', body: joined(chunks), headerLength: headerLengthBytes?.toString() });
const readText = (body: string, headerLength?: string): InferRequest =>
  decodeHttpInferRequest({ modelName: 'm', modelVersion: '', body: text(body), headerLength });

const FULL = inferRequest({
  modelName: 'm',
  id: 'r "1"',
  controls: {
    sequenceId: 2n ** 63n + 5n,
    sequenceStart: true,
    sequenceEnd: false,
    priority: 3n,
    timeoutMicroseconds: 250n,
    emptyFinalResponse: false,
  },
  parameters: new Map<string, boolean | bigint | number | string>([
    ['note', 'grün'],
    ['count', -5n],
    ['ratio', 1],
    ['on', true],
  ]),
  outputs: [
    { name: 'a', binary: true, classification: 3 },
    { name: 'b', binary: false, classification: 0, shared: { region: 's', offsetBytes: 4, sizeBytes: 8 } },
    { name: 'c', binary: false, classification: 0 },
  ],
});

test('a request comes back as it went: binary, with every datatype', () => {
  const request = {
    ...FULL,
    inputs: [
      ...DATATYPES.map(sample),
      { name: 'far', datatype: 'FP32', shape: [4], shared: { region: 'r', offsetBytes: 0, sizeBytes: 16 } },
    ] as const,
  };
  const body = encodeHttpInferRequest(request);
  assert.equal(body.contentType, 'application/octet-stream');
  assert.equal(body.headerLengthBytes! % 8, 0);
  assert.deepEqual(read(body), request);
});

test('a request comes back as it went: in JSON, with every datatype that JSON can carry', () => {
  const request = { ...FULL, inputs: IN_JSON.map(sample) };
  const body = encodeHttpInferRequest(request, { binary: false });
  assert.equal(body.contentType, 'application/json');
  assert.equal(body.headerLengthBytes, undefined);
  assert.deepEqual(read(body), request);
  for (const datatype of ['FP16', 'BF16'] as const)
    assert.throws(() => encodeHttpInferRequest({ ...FULL, inputs: [sample(datatype)] }, { binary: false }), {
      message: `sending ${datatype} data via JSON is not supported. Please use the binary data format for output`,
    });
});

test('binary, JSON and shared inputs mix in one request; data may be nested or flat, and hold NaN and 64-bit integers', () => {
  const json = `{"inputs":[
    {"name":"a","shape":[2,2],"datatype":"INT64","data":[[1,-9223372036854775808],[3,9223372036854775807]]},
    {"name":"b","shape":[2],"datatype":"UINT16","parameters":{"binary_data_size":4}},
    {"name":"c","shape":[1,3],"datatype":"FP32","data":[NaN,-Infinity,1]},
    {"name":"d","shape":[1],"datatype":"UINT8","parameters":{"shared_memory_region":"r","shared_memory_byte_size":1}},
    {"name":"e","shape":[1],"datatype":"UINT8","parameters":{"binary_data_size":1}},
    {"name":"f","shape":[0,4],"datatype":"FP32","parameters":{"binary_data_size":0}}]}`;
  const { inputs, binaryOutput } = decodeHttpInferRequest({
    modelName: 'm',
    modelVersion: '',
    body: joined([text(json), Uint8Array.of(1, 0, 2, 0, 9)]),
    headerLength: String(json.length),
  });
  assert.equal(binaryOutput, false);
  assert.deepEqual(
    inputs.map((input) => ('shared' in input ? input.shared : input.data)),
    [
      BigInt64Array.of(1n, -(2n ** 63n), 3n, 2n ** 63n - 1n),
      Uint16Array.of(1, 2),
      Float32Array.of(Number.NaN, -Infinity, 1),
      { region: 'r', offsetBytes: 0, sizeBytes: 1 },
      Uint8Array.of(9),
      new Float32Array(0),
    ],
  );
});

test('a header length of 0 is a raw request: the body is the one input', () => {
  const { rawInput, inputs, binaryOutput } = readText('any bytes', '0');
  assert.deepEqual([rawInput, inputs, binaryOutput], [text('any bytes'), [], true]);
});

test('binary tensors are views of the body where they may be', () => {
  const data = Float32Array.of(1, 2);
  const body = joined(encodeHttpInferRequest(inferRequest({ modelName: 'm', inputs: [{ name: 'x', datatype: 'FP32', shape: [2], data }] })).chunks);
  const headerLength = String(body.byteLength - 8);
  const [view] = decodeHttpInferRequest({ modelName: 'm', modelVersion: '', body, headerLength }).inputs;
  assert.ok(view && !('shared' in view) && view.datatype === 'FP32');
  assert.equal(view.data.buffer, body.buffer);
  const shifted = new Uint8Array(body.byteLength + 1);
  shifted.set(body, 1);
  const [copy] = decodeHttpInferRequest({ modelName: 'm', modelVersion: '', body: shifted.subarray(1), headerLength }).inputs;
  assert.deepEqual(copy, view);
});

const input = (more: string): string => `{"inputs":[{"name":"X","shape":[2],"datatype":"INT32"${more}}]}`;

test('requests are refused with the status and in the words of Triton', () => {
  const one =
    "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But";
  const cases: [string, string, string, string?][] = [
    [input(''), 'INVALID_ARGUMENT', `${one} no field is set`],
    [input(',"data":[1,2],"parameters":{"binary_data_size":8}'), 'INVALID_ARGUMENT', `${one} set 'data' 'binary_data_size'`],
    [input(',"data":[1]'), 'INTERNAL', "Failed to parse 'data' field: shape does not match true shape"],
    [input(',"data":[1,2,3]'), 'INTERNAL', "Unable to parse 'data': Shape does not match true shape of 'data' field"],
    [input(',"data":[1,"2"]'), 'INTERNAL', "Unable to parse 'data': attempt to access JSON non-signed-integer as signed-integer"],
    [input(',"data":[1,2.5]'), 'INTERNAL', "Unable to parse 'data': attempt to access JSON non-signed-integer as signed-integer"],
    [input(',"data":3'), 'INTERNAL', "Unable to parse 'data': attempt to access JSON non-array as array"],
    [input(',"data":[1,3000000000]'), 'INVALID_ARGUMENT', "input 'X': 3000000000 does not fit INT32"],
    [input(`,"data":${'['.repeat(101)}1${']'.repeat(101)}`), 'INVALID_ARGUMENT', 'JSON nesting depth exceeds maximum allowed limit (100)'],
    [input(',"parameters":{"binary_data_size":8}'), 'INVALID_ARGUMENT', "unexpected size for input 'X', expecting 8 additional bytes for model 'm'"],
    [
      `${input(',"parameters":{"binary_data_size":8}')}0123456789`,
      'INVALID_ARGUMENT',
      "unexpected additional input data for model 'm'",
      String(input(',"parameters":{"binary_data_size":8}').length),
    ],
    [
      `${input(',"parameters":{"binary_data_size":7}')}0123456`,
      'INVALID_ARGUMENT',
      "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'm'. Expected 8, got 7",
      String(input(',"parameters":{"binary_data_size":7}').length),
    ],
    [
      '{"inputs":[{"name":"X","shape":[-2],"datatype":"INT32","data":[]}]}',
      'INTERNAL',
      "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      '{"inputs":[{"name":"X","shape":[1],"datatype":"FP16","data":[1]}]}',
      'INVALID_ARGUMENT',
      'receiving FP16 data via JSON is not supported. Please use the binary data format for input X',
    ],
    [
      '{"inputs":[{"name":"X","shape":[1],"datatype":"BOOL","data":[1]}]}',
      'INTERNAL',
      "Unable to parse 'data': attempt to access JSON non-boolean as boolean",
    ],
    [
      '{"inputs":[{"name":"X","shape":[1],"datatype":"UINT8","data":[-1]}]}',
      'INTERNAL',
      "Unable to parse 'data': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      '{"inputs":[{"name":"X","shape":[99999999],"datatype":"FP32","data":[1]}]}',
      'INVALID_ARGUMENT',
      "JSON input 'X' has a byte_size (399999996 bytes) that exceeds the maximum allowed value of 67108864 bytes. Use --http-max-input-size to increase the limit.",
    ],
    ['{"inputs":[{"shape":[1],"data":[]}]}', 'INTERNAL', "Unable to parse 'name': attempt to access non-existing object member 'name'"],
    ['{}', 'INTERNAL', "Unable to parse 'inputs': attempt to access non-existing object member 'inputs'"],
    ['{"inputs":[],"id":7}', 'INTERNAL', "Unable to parse 'id': attempt to access JSON non-string as string"],
    [
      '{"inputs":[],"parameters":{"triton_x":1}}',
      'INVALID_ARGUMENT',
      "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
    ],
    [
      '{"inputs":[],"parameters":{"priority":1.0}}',
      'INTERNAL',
      "Unable to parse 'priority': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    ['{"inputs":[],"parameters":{"sequence_id":-1}}', 'INTERNAL', "Unable to parse 'sequence_id': attempt to access JSON non-string as string"],
    ['{"inputs":[],"parameters":{"x":null}}', 'INVALID_ARGUMENT', "parameter 'x' has invalid type. It should be either 'int', 'bool', or 'string'."],
    [
      '{"inputs":[],"outputs":[{"name":"o","parameters":{"shared_memory_region":"r","classification":1}}]}',
      'INVALID_ARGUMENT',
      "Output can't set both 'shared_memory_region' and 'classification'",
    ],
    [
      '{"inputs":[],"outputs":[{"name":"o","parameters":{"shared_memory_region":"r","binary_data":true}}]}',
      'INVALID_ARGUMENT',
      "Output can't set both 'shared_memory_region' and 'binary_data'",
    ],
    ['{}', 'INVALID_ARGUMENT', 'inference header size should be in range (0, 2), got: 3', '3'],
    ['{}', 'INVALID_ARGUMENT', 'inference header size should be in range (0, 2), got: -1', '-1'],
    ['{}', 'INVALID_ARGUMENT', 'Unable to parse Inference-Header-Content-Length, got: abc', 'abc'],
    [
      '{}',
      'INVALID_ARGUMENT',
      'Unable to parse Inference-Header-Content-Length, value is out of range [ -2147483648, 2147483647 ], got: 99999999999',
      '99999999999',
    ],
  ];
  for (const [body, code, message, header] of cases) assert.throws(() => readText(body, header), { code, message });
});

test('the limit on input counts JSON and raw bodies', () => {
  const request = { modelName: 'm', modelVersion: '', body: text('{"inputs":[]}'), maxInputBytes: 4 };
  assert.throws(() => decodeHttpInferRequest(request), {
    message: 'request JSON size of 13 bytes exceeds the maximum allowed input size of 4 bytes. Use --http-max-input-size to increase the limit.',
  });
  assert.throws(() => decodeHttpInferRequest({ ...request, headerLength: '0' }), {
    message:
      'Raw input has a byte_size (13 bytes) that exceeds the maximum allowed value of 4 bytes. Use --http-max-input-size to increase the limit.',
  });
});

const RESPONSE: InferResponse = {
  modelName: 'm',
  modelVersion: '3',
  id: 'q',
  parameters: new Map<string, bigint | number>([
    ['n', 2n],
    ['x', 2],
  ]),
  outputs: [sample('FP32'), sample('BYTES')],
};

test('an output is binary when listed so; binary_data_output speaks for outputs that are not listed', () => {
  const listed = (binary: boolean) => [{ name: 'FP32', binary, classification: 0 }];
  const sizes = (request: Pick<InferRequest, 'outputs' | 'binaryOutput'>) => encodeHttpInferResponse(RESPONSE, request).chunks.length - 1;
  assert.equal(sizes({ outputs: [], binaryOutput: false }), 0);
  assert.equal(sizes({ outputs: [], binaryOutput: true }), 2);
  assert.equal(sizes({ outputs: listed(true), binaryOutput: false }), 1);
  assert.equal(sizes({ outputs: listed(false), binaryOutput: true }), 1);
});

test('a response has its keys in the order of Triton, doubles keep their point, and it comes back as it went', () => {
  const small: InferResponse = { ...RESPONSE, outputs: [{ name: 'o', datatype: 'FP32', shape: [3], data: Float32Array.of(1, 0.5, Number.NaN) }] };
  const body = encodeHttpInferResponse(small, { outputs: [], binaryOutput: false });
  assert.equal(
    new TextDecoder().decode(joined(body.chunks)),
    '{"id":"q","model_name":"m","model_version":"3","parameters":{"n":2,"x":2.0},"outputs":[{"name":"o","datatype":"FP32","shape":[3],"data":[1.0,0.5,NaN]}]}',
  );
  for (const binaryOutput of [true, false]) {
    const { chunks, headerLengthBytes } = encodeHttpInferResponse(RESPONSE, { outputs: [], binaryOutput });
    assert.deepEqual(decodeHttpInferResponse(joined(chunks), headerLengthBytes?.toString()), RESPONSE);
  }
});

test('an output in shared memory has no data; where it lies is known from the request', () => {
  const shared = { region: 's', offsetBytes: 0, sizeBytes: 8 };
  const response: InferResponse = { ...RESPONSE, outputs: [{ name: 'far', datatype: 'INT32', shape: [2], shared }] };
  const body = joined(encodeHttpInferResponse(response, { outputs: [], binaryOutput: true }).chunks);
  assert.doesNotMatch(new TextDecoder().decode(body), /shared|binary_data|"data"/);
  assert.deepEqual(decodeHttpInferResponse(body, undefined, [{ name: 'far', binary: false, classification: 0, shared }]), response);
  assert.throws(() => decodeHttpInferResponse(body), { message: "response of model 'm': output 'far' has no data" });
});

test('bytes that are no text are refused as JSON, not mangled', () => {
  const outputs = [{ name: 'jpeg', datatype: 'BYTES', shape: [1], data: [Uint8Array.of(0xff, 0xd8)] }] as const;
  assert.throws(
    () => encodeHttpInferResponse({ ...RESPONSE, outputs }, { outputs: [], binaryOutput: false }),
    /'jpeg' holds bytes that are no UTF-8 text/,
  );
});

test('errors go as JSON with the status of their fault, and come back', () => {
  const sent = encodeHttpError(new Fault('NOT_FOUND', "Request for unknown model: 'm' is not found"));
  assert.deepEqual(sent, { status: 404, body: `{"error":"Request for unknown model: 'm' is not found"}` });
  const { code, message } = decodeHttpError(sent.status, text(sent.body));
  assert.deepEqual([code, message], ['NOT_FOUND', "Request for unknown model: 'm' is not found"]);
  assert.equal(decodeHttpError(502, text('<html>')).message, 'HTTP status 502: <html>');
});

test('no body brings the readers down: each answers or throws a fault', () => {
  const body = encodeHttpInferRequest({ ...FULL, inputs: [sample('INT32'), sample('BYTES')] });
  const next = random(11);
  for (const bytes of mutations(joined(body.chunks), 3000, next))
    for (const headerLength of [undefined, String(body.headerLengthBytes), String(Math.floor(next() * 400))])
      for (const run of [
        () => decodeHttpInferRequest({ modelName: 'm', modelVersion: '', body: bytes, headerLength }),
        () => decodeHttpInferResponse(bytes, headerLength),
      ])
        try {
          run();
        } catch (error) {
          assert.ok(error instanceof Fault && ['INTERNAL', 'INVALID_ARGUMENT', 'INPUT_CORRUPT'].includes(error.code), String(error));
        }
});
