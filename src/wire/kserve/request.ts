import { BYTES_PER_ELEMENT, elementCount, fail } from '../../core/index.js';
import { type InferControls, inferRequest, type InferRequest, type InferTensor, type Parameters, type RequestedOutput } from '../infer.js';
import { alignedCopy } from '../aligned-copy.js';
import { checkShape } from '../shape.js';
import { bytesOfTensor, isDatatype, tensorFromBytes, type RequestLabel, type TensorHead } from '../tensor-bytes.js';
import { asArray, asBoolean, asSize, asString, find, member } from './access.js';
import { BinarySection } from './binary-section.js';
import { HEADER_LENGTH, httpBody, rangeParameters, readSharedRange, type HttpBody } from './body.js';
import { joinControls, readControls } from './controls.js';
import { parseJson, writeJson, writeParameters, type JsonInput, type JsonValue } from './json.js';
import { jsonFromTensor, tensorFromJson } from './json-data.js';

/** Bytes that Triton's HTTP server takes by default (`--http-max-input-size`). */
export const MAX_INPUT_BYTES = 67_108_864;

/** A request as the HTTP server got it: the path's model, the body after decompression, and one header. */
export interface HttpInferRequest {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly body: Uint8Array;
  /** What follows the JSON, where it lies apart from it: `body` is then the JSON alone. Empty, as absent: it is part of `body`. */
  readonly tensors?: Uint8Array;
  /** The value of {@link HEADER_LENGTH}, if the request has that header. */
  readonly headerLength?: string | undefined;
  readonly maxInputBytes?: number;
}

const tooLarge = (what: string, most: number): never =>
  fail('INVALID_ARGUMENT', `${what} of ${most} bytes. Use --http-max-input-size to increase the limit.`);

/** Bytes of a body that are JSON; 0 is a raw request. @throws Fault INVALID_ARGUMENT in Triton's words */
export function headerLengthOf(header: string | undefined, bodyBytes: number): number {
  if (header === undefined) return bodyBytes;
  const number = /^\s*[+-]?\d+/.exec(header);
  if (number === null) fail('INVALID_ARGUMENT', `Unable to parse ${HEADER_LENGTH}, got: ${header}`);
  const length = Number(number[0]);
  if (length < -(2 ** 31) || length > 2 ** 31 - 1)
    fail('INVALID_ARGUMENT', `Unable to parse ${HEADER_LENGTH}, value is out of range [ -2147483648, 2147483647 ], got: ${header}`);
  if (length < 0 || length > bodyBytes) fail('INVALID_ARGUMENT', `inference header size should be in range (0, ${bodyBytes}), got: ${header}`);
  return length;
}

/** An input as the JSON tells it: with its data, in shared memory, or so many of the bytes that follow. */
type InputHead = InferTensor | (TensorHead & { readonly sizeBytes: number });

/** What the JSON of a request says. */
export interface RequestJson {
  readonly id: string;
  readonly controls: InferControls;
  readonly parameters: Parameters;
  readonly binaryOutput: boolean;
  readonly inputs: readonly InputHead[];
  readonly outputs: readonly RequestedOutput[];
}

/** Reads the JSON of a request. @throws Fault INVALID_ARGUMENT or INTERNAL, as Triton answers, in Triton's words */
export function readRequestJson(bytes: Uint8Array, maxInputBytes: number): RequestJson {
  const json = parseJson(bytes);
  const idMember = find(json, 'id');
  const id = idMember === undefined ? '' : asString(idMember, "Unable to parse 'id'");
  const { controls, parameters, binaryOutput } = readControls(find(json, 'parameters'));
  const inputs = asArray(member(json, 'inputs'), "Unable to parse 'inputs'").map((input) => readInput(input, maxInputBytes));
  const listed = find(json, 'outputs');
  const outputs = listed === undefined ? [] : asArray(listed, "Unable to parse 'outputs'").map(readOutput);
  return { id, controls, parameters, inputs, outputs, binaryOutput };
}

function withBytes(input: InputHead, binary: BinarySection, label: RequestLabel): InferTensor {
  if (!('sizeBytes' in input)) return input;
  const { name, sizeBytes } = input;
  const bytes = binary.take(sizeBytes);
  if (bytes.byteLength < sizeBytes)
    fail(
      'INVALID_ARGUMENT',
      `unexpected size for input '${name}', expecting ${sizeBytes - bytes.byteLength} additional bytes for model '${label.modelName}'`,
    );
  return tensorFromBytes(input, bytes, label);
}

/**
 * Reads the body of an inference request, JSON with or without tensors after it, or raw. Binary tensors are views of the body where
 * their alignment allows, so it must not be written again.
 * @param readJson what reads the JSON: {@link readRequestJson}, or what knows its answer already
 * @throws Fault INVALID_ARGUMENT or INTERNAL, as Triton answers, in Triton's words
 */
export function decodeHttpInferRequest(request: HttpInferRequest, readJson = readRequestJson): InferRequest {
  const { modelName, modelVersion, body, tensors = NOTHING, maxInputBytes = MAX_INPUT_BYTES } = request;
  const length = headerLengthOf(request.headerLength, body.byteLength + tensors.byteLength);
  if (length === 0) {
    const rawInput = tensors.byteLength > 0 ? tensors : body;
    if (rawInput.byteLength > maxInputBytes)
      tooLarge(`Raw input has a byte_size (${rawInput.byteLength} bytes) that exceeds the maximum allowed value`, maxInputBytes);
    return inferRequest({ modelName, modelVersion, rawInput });
  }
  if (length > maxInputBytes) tooLarge(`request JSON size of ${length} bytes exceeds the maximum allowed input size`, maxInputBytes);
  const { id, controls, parameters, binaryOutput, inputs, outputs } = readJson(body.subarray(0, length), maxInputBytes);
  const binary = new BinarySection(tensors.byteLength > 0 ? tensors : aligned(body.subarray(length)));
  const label: RequestLabel = { modelName, id, direction: 'input' };
  const whole = inputs.map((input) => withBytes(input, binary, label));
  if (binary.left > 0) fail('INVALID_ARGUMENT', `unexpected additional input data for model '${modelName}'`);
  return { modelName, modelVersion, id, controls, parameters, inputs: whole, outputs, binaryOutput };
}

const NOTHING = new Uint8Array(0);
const ALIGN_BELOW_BYTES = 16_384;

/** Small tensors at an odd place are moved all at once: one piece of memory costs less than one for each. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 8 === 0 || bytes.byteLength > ALIGN_BELOW_BYTES ? bytes : alignedCopy(bytes));

const SOURCES = ['binary_data_size', 'shared_memory_region'] as const;

function checkOneSource(input: JsonValue, parameters: JsonValue | undefined): void {
  let count = find(input, 'data') === undefined ? 0 : 1;
  for (const key of SOURCES) if (find(parameters, key) !== undefined) count++;
  if (count === 1) return;
  const set = [
    ...(find(input, 'data') === undefined ? [] : ["'data'"]),
    ...SOURCES.flatMap((key) => (find(parameters, key) === undefined ? [] : [`'${key}'`])),
  ];
  fail(
    'INVALID_ARGUMENT',
    `Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But${set.length === 0 ? ' no field is set' : ` set ${set.join(' ')}`}`,
  );
}

/** Name, datatype and shape of a tensor in JSON. @throws Fault INTERNAL, INVALID_ARGUMENT */
export function readHead(tensor: JsonValue, direction: 'input' | 'output'): TensorHead {
  const name = asString(member(tensor, 'name'), "Unable to parse 'name'");
  const datatype = asString(member(tensor, 'datatype'), "Unable to parse 'datatype'");
  const shape = asArray(member(tensor, 'shape'), "Unable to parse 'shape'").map((size) => asSize(size, "Unable to parse 'shape'"));
  if (!isDatatype(datatype)) fail('INVALID_ARGUMENT', `invalid datatype for ${direction} ${name}`);
  checkShape(name, shape);
  return { name, datatype, shape };
}

function readInput(input: JsonValue, maxInputBytes: number): InputHead {
  const parameters = find(input, 'parameters');
  checkOneSource(input, parameters);
  const head = readHead(input, 'input');
  const shared = readSharedRange(parameters);
  if (shared) return { ...head, shared };
  const binarySize = find(parameters, 'binary_data_size');
  if (binarySize !== undefined) return { ...head, sizeBytes: asSize(binarySize, "Unable to parse 'binary_data_size'") };
  const sizeBytes = elementCount(head.shape) * BYTES_PER_ELEMENT[head.datatype];
  if (sizeBytes > maxInputBytes)
    tooLarge(`JSON input '${head.name}' has a byte_size (${sizeBytes} bytes) that exceeds the maximum allowed value`, maxInputBytes);
  return tensorFromJson(head, asArray(member(input, 'data'), "Unable to parse 'data'"), 'input');
}

function readOutput(output: JsonValue): RequestedOutput {
  const parameters = find(output, 'parameters');
  const wanted = find(parameters, 'binary_data');
  const classes = find(parameters, 'classification');
  const shared = readSharedRange(parameters);
  const binary = wanted === undefined ? false : asBoolean(wanted, `Unable to ${shared ? 'set' : 'parse'} 'binary_data'`);
  if (shared && classes !== undefined) fail('INVALID_ARGUMENT', "Output can't set both 'shared_memory_region' and 'classification'");
  if (shared && binary) fail('INVALID_ARGUMENT', "Output can't set both 'shared_memory_region' and 'binary_data'");
  const name = asString(member(output, 'name'), "Unable to parse 'name'");
  const classification = classes === undefined ? 0 : asSize(classes, "Unable to set 'classification'");
  return { name, binary, classification, ...(shared && { shared }) };
}

const writeHead = ({ name, datatype, shape }: TensorHead): string =>
  `"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(',')}]`;

/** A tensor as a member of `inputs` or `outputs`; a binary one adds its bytes to `tensors`. */
export function writeTensor(tensor: InferTensor, binary: boolean, tensors: Uint8Array[], parameters: Record<string, JsonInput> = {}): string {
  const head = writeHead(tensor);
  const withParameters = (more: Record<string, JsonInput>): string =>
    Object.keys(more).length === 0 ? `{${head}}` : `{${head},"parameters":${writeJson(more)}}`;
  if ('shared' in tensor) return withParameters(parameters);
  if (!binary) return `{${head},"data":${jsonFromTensor(tensor)}}`;
  const bytes = bytesOfTensor(tensor);
  tensors.push(bytes);
  return withParameters({ binary_data_size: bytes.byteLength });
}

function outputParameters({ binary, classification, shared }: RequestedOutput): Record<string, JsonInput> {
  return {
    ...(shared ? rangeParameters(shared) : { binary_data: binary }),
    ...(classification > 0 && { classification }),
  };
}

/**
 * Writes the body of an inference request; the path names the model. Large tensors are views of their data.
 * @param binary whether inputs go as bytes (the default) or as JSON
 * @throws Fault INVALID_ARGUMENT when JSON has no form for an input
 */
export function encodeHttpInferRequest(request: InferRequest, { binary = true }: { readonly binary?: boolean } = {}): HttpBody {
  const tensors: Uint8Array[] = [];
  const parameters = joinControls(request);
  const members = [
    ...(request.id === '' ? [] : [`"id":${JSON.stringify(request.id)}`]),
    ...(parameters.size === 0 ? [] : [`"parameters":${writeParameters(parameters)}`]),
    `"inputs":[${request.inputs.map((input) => writeTensor(input, binary, tensors, 'shared' in input ? rangeParameters(input.shared) : {})).join(',')}]`,
    ...(request.outputs.length === 0
      ? []
      : [`"outputs":${writeJson(request.outputs.map((output) => ({ name: output.name, parameters: outputParameters(output) })))}`]),
  ];
  return httpBody(`{${members.join(',')}}`, tensors);
}
