import { BinaryWriter, type BinaryReader } from '@bufbuild/protobuf/wire';
import type { InferResponse, InferTensor, RequestedOutput } from '../infer.js';
import { bytesOfTensor, type RequestLabel } from '../tensor-bytes.js';
import {
  eachField,
  endOfMessage,
  readMessage,
  readParameterEntry,
  sized,
  valuesOf,
  writeParameters,
  writeText,
  type WireParameters,
} from './fields.js';
import { datatypeOf, finishWithRaw, readTensor, resolveTensor, writeTensor, type WireTensor } from './tensor.js';

const NONE = new Uint8Array(0);

/** An output that the request placed in shared memory comes back without data and without saying where. */
function resolveOutputs(
  tensors: readonly WireTensor[],
  all: readonly Uint8Array[],
  requested: readonly RequestedOutput[],
  label: RequestLabel,
): InferTensor[] {
  return tensors.map((tensor, at) => {
    const shared = requested.find(({ name }) => name === tensor.name)?.shared;
    if (!shared) return resolveTensor(tensor, { all, next: at }, label);
    const { name, shape } = tensor;
    return { name, datatype: datatypeOf(tensor, label), shape, shared };
  });
}

function readResponse(reader: BinaryReader, end: number, requested: readonly RequestedOutput[]): InferResponse {
  let modelName = '';
  let modelVersion = '';
  let id = '';
  const wire: WireParameters = new Map();
  const tensors: WireTensor[] = [];
  const all: Uint8Array[] = [];
  eachField(reader, end, (tag) => {
    if (tag === sized(1)) modelName = reader.string();
    else if (tag === sized(2)) modelVersion = reader.string();
    else if (tag === sized(3)) id = reader.string();
    else if (tag === sized(4)) readParameterEntry(reader, wire);
    else if (tag === sized(5)) tensors.push(readTensor(reader));
    else if (tag === sized(6)) all.push(reader.bytes());
    else return false;
    return true;
  });
  const outputs = resolveOutputs(tensors, all, requested, { modelName, id, direction: 'output' });
  return { modelName, modelVersion, id, parameters: valuesOf(wire), outputs };
}

/**
 * Reads a ModelInferResponse. Tensors are views of `bytes` where their alignment allows.
 * @param requested the outputs of the request: a response does not say which of its outputs lie in shared memory
 * @throws Fault INPUT_CORRUPT when it is no such message, INVALID_ARGUMENT when its tensors contradict themselves
 */
export function decodeInferResponse(bytes: Uint8Array, requested: readonly RequestedOutput[] = []): InferResponse {
  return readMessage('ModelInferResponse', bytes, (reader, end) => readResponse(reader, end, requested));
}

function writeHead(writer: BinaryWriter, response: InferResponse): void {
  writeText(writer, 1, response.modelName);
  writeText(writer, 2, response.modelVersion);
  writeText(writer, 3, response.id);
  writeParameters(writer, 4, response.parameters);
  for (const output of response.outputs) writeTensor(writer, 5, output);
}

const rawOutputs = (response: InferResponse): Uint8Array[] => response.outputs.map((output) => ('shared' in output ? NONE : bytesOfTensor(output)));

/** Writes a ModelInferResponse in pieces that follow one another; large tensors are views of their data, not copies. */
export function encodeInferResponse(response: InferResponse): Uint8Array[] {
  const writer = new BinaryWriter();
  writeHead(writer, response);
  return finishWithRaw(writer, 6, rawOutputs(response));
}

/** One answer of ModelStreamInfer: an error leaves the stream open. */
export interface StreamResponse {
  /** '' is no error. */
  readonly errorMessage: string;
  readonly response?: InferResponse;
}

/** Writes a ModelStreamInferResponse in pieces that follow one another. */
export function encodeStreamResponse({ errorMessage, response }: StreamResponse): Uint8Array[] {
  const writer = new BinaryWriter();
  writeText(writer, 1, errorMessage);
  if (response === undefined) return [writer.finish()];
  const inner = encodeInferResponse(response);
  writer.uint32(sized(2)).uint32(inner.reduce((sum, { byteLength }) => sum + byteLength, 0));
  return [writer.finish(), ...inner];
}

/** Reads a ModelStreamInferResponse; as {@link decodeInferResponse}. @throws Fault INPUT_CORRUPT, INVALID_ARGUMENT */
export function decodeStreamResponse(bytes: Uint8Array, requested: readonly RequestedOutput[] = []): StreamResponse {
  return readMessage('ModelStreamInferResponse', bytes, (reader, end) => {
    let errorMessage = '';
    let response: InferResponse | undefined;
    eachField(reader, end, (tag) => {
      if (tag === sized(1)) errorMessage = reader.string();
      else if (tag === sized(2)) response = readResponse(reader, endOfMessage(reader), requested);
      else return false;
      return true;
    });
    return { errorMessage, ...(response && { response }) };
  });
}
