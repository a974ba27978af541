import { fail } from '../../core/index.js';
import type { InferRequest, InferResponse, InferTensor, ParameterValue, RequestedOutput } from '../infer.js';
import { tensorFromBytes, type RequestLabel } from '../tensor-bytes.js';
import { asArray, asString, asUnsigned, find, member } from './access.js';
import { BinarySection } from './binary-section.js';
import { httpBody, type HttpBody } from './body.js';
import { parseJson, writeParameters, type JsonObject, type JsonValue } from './json.js';
import { tensorFromJson } from './json-data.js';
import { headerLengthOf, readHead, writeTensor } from './request.js';

/**
 * Writes the body of an inference response, with each output as the request asked: a listed one as bytes only when it says so itself,
 * one that is not listed as the request's `binaryOutput` says. Large tensors are views of their data.
 * @throws Fault INVALID_ARGUMENT when JSON has no form for an output
 */
export function encodeHttpInferResponse(response: InferResponse, request: Pick<InferRequest, 'outputs' | 'binaryOutput'>): HttpBody {
  const tensors: Uint8Array[] = [];
  const isBinary = (name: string): boolean => request.outputs.find((output) => output.name === name)?.binary ?? request.binaryOutput;
  const { id, modelName, modelVersion, parameters, outputs } = response;
  const members = [
    ...(id === '' ? [] : [`"id":${JSON.stringify(id)}`]),
    `"model_name":${JSON.stringify(modelName)}`,
    `"model_version":${JSON.stringify(modelVersion)}`,
    ...(parameters.size === 0 ? [] : [`"parameters":${writeParameters(parameters)}`]),
    `"outputs":[${outputs.map((output) => writeTensor(output, isBinary(output.name), tensors)).join(',')}]`,
  ];
  return httpBody(`{${members.join(',')}}`, tensors);
}

function readParameters(members: JsonValue | undefined): Map<string, ParameterValue> {
  const parameters = new Map<string, ParameterValue>();
  if (members instanceof Map)
    for (const [key, value] of members as JsonObject) if (value !== null && typeof value !== 'object') parameters.set(key, value);
  return parameters;
}

function readOutput(output: JsonValue, binary: BinarySection, requested: readonly RequestedOutput[], label: RequestLabel): InferTensor {
  const head = readHead(output, 'output');
  const size = find(find(output, 'parameters'), 'binary_data_size');
  if (size !== undefined) {
    const bytes = binary.take(Number(asUnsigned(size, "Unable to parse 'binary_data_size'")));
    return tensorFromBytes(head, bytes, label);
  }
  const data = find(output, 'data');
  if (data !== undefined) return tensorFromJson(head, asArray(data, "Unable to parse 'data'"), 'output');
  const shared = requested.find(({ name }) => name === head.name)?.shared;
  if (shared) return { ...head, shared };
  return fail('INPUT_CORRUPT', `response of model '${label.modelName}': output '${head.name}' has no data`);
}

/**
 * Reads the body of an inference response.
 * @param headerLength the value of its header `Inference-Header-Content-Length`, if it has one
 * @param requested the outputs of the request: a response does not say where its shared-memory outputs lie
 * @throws Fault INVALID_ARGUMENT, INTERNAL or INPUT_CORRUPT saying what is wrong with it
 */
export function decodeHttpInferResponse(body: Uint8Array, headerLength?: string, requested: readonly RequestedOutput[] = []): InferResponse {
  const length = headerLengthOf(headerLength, body.byteLength);
  const json = parseJson(body.subarray(0, length));
  const text = (name: string): string => asString(find(json, name) ?? '', `Unable to parse '${name}'`);
  const modelName = text('model_name');
  const id = text('id');
  const binary = new BinarySection(body.subarray(length));
  const label = { modelName, id, direction: 'output' } as const;
  const outputs = asArray(member(json, 'outputs'), "Unable to parse 'outputs'").map((output) => readOutput(output, binary, requested, label));
  if (binary.left > 0) fail('INPUT_CORRUPT', `response of model '${modelName}': ${binary.left} bytes after the last output`);
  return { modelName, modelVersion: text('model_version'), id, parameters: readParameters(find(json, 'parameters')), outputs };
}
