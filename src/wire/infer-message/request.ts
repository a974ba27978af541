import { BinaryWriter, type BinaryReader } from '@bufbuild/protobuf/wire';
import { fail } from '../../core/index.js';
import type { InferRequest, Parameters, RequestedOutput } from '../infer.js';
import { joinControls, readControls } from './controls.js';
import { eachField, endOfMessage, readMessage, readParameterEntry, sized, writeParameters, writeText, type WireParameters } from './fields.js';
import { finishWithRaw, rangeParameters, rawOf, readTensor, resolveTensor, sharedRange, writeTensor, type WireTensor } from './tensor.js';

function readRequestedOutput(reader: BinaryReader): RequestedOutput {
  let name = '';
  const parameters: WireParameters = new Map();
  eachField(reader, endOfMessage(reader), (tag) => {
    if (tag === sized(1)) name = reader.string();
    else if (tag === sized(2)) readParameterEntry(reader, parameters);
    else return false;
    return true;
  });
  const shared = sharedRange(name, parameters);
  const classification = classificationOf(parameters);
  if (shared && classification > 0) fail('INVALID_ARGUMENT', "output can't set both 'shared_memory_region' and 'classification'");
  return { name, binary: true, classification, ...(shared && { shared }) };
}

function classificationOf(parameters: WireParameters): number {
  const wanted = parameters.get('classification');
  if (wanted === undefined) return 0;
  if (wanted.kind !== 'int64') fail('INVALID_ARGUMENT', "invalid value type for 'classification' parameter, expected int64_param");
  if ((wanted.value as bigint) <= 0n) fail('INVALID_ARGUMENT', "invalid value for 'classification' parameter, expected >= 0");
  return Number(wanted.value);
}

/**
 * Reads a ModelInferRequest. Tensors are views of `bytes` where their alignment allows, so `bytes` must not be written again.
 * @throws Fault INPUT_CORRUPT when it is no such message, INVALID_ARGUMENT in Triton's words when it contradicts itself
 */
export function decodeInferRequest(bytes: Uint8Array): InferRequest {
  let modelName = '';
  let modelVersion = '';
  let id = '';
  const wire: WireParameters = new Map();
  const tensors: WireTensor[] = [];
  const outputs: RequestedOutput[] = [];
  const all: Uint8Array[] = [];
  readMessage('ModelInferRequest', bytes, (reader, end) =>
    eachField(reader, end, (tag) => {
      if (tag === sized(1)) modelName = reader.string();
      else if (tag === sized(2)) modelVersion = reader.string();
      else if (tag === sized(3)) id = reader.string();
      else if (tag === sized(4)) readParameterEntry(reader, wire);
      else if (tag === sized(5)) tensors.push(readTensor(reader));
      else if (tag === sized(6)) outputs.push(readRequestedOutput(reader));
      else if (tag === sized(7)) all.push(reader.bytes());
      else return false;
      return true;
    }),
  );
  const { controls, parameters } = readControls(wire);
  const label = { modelName, id, direction: 'input' } as const;
  const raw = { all, next: 0 };
  const inputs = tensors.map((tensor) => resolveTensor(tensor, raw, label));
  return { modelName, modelVersion, id, controls, parameters, inputs, outputs, binaryOutput: true };
}

function writeRequestedOutput(writer: BinaryWriter, { name, classification, shared }: RequestedOutput): void {
  writer.uint32(sized(6)).fork();
  writeText(writer, 1, name);
  const parameters: Parameters = classification > 0 ? new Map([['classification', BigInt(classification)]]) : new Map();
  writeParameters(writer, 2, shared ? new Map([...parameters, ...rangeParameters(shared)]) : parameters);
  writer.join();
}

/** Writes a ModelInferRequest in pieces that follow one another; large tensors are views of their data, not copies. */
export function encodeInferRequest(request: InferRequest): Uint8Array[] {
  const writer = new BinaryWriter();
  writeText(writer, 1, request.modelName);
  writeText(writer, 2, request.modelVersion);
  writeText(writer, 3, request.id);
  writeParameters(writer, 4, joinControls(request));
  for (const input of request.inputs) writeTensor(writer, 5, input, 'shared' in input ? rangeParameters(input.shared) : undefined);
  for (const output of request.outputs) writeRequestedOutput(writer, output);
  return finishWithRaw(writer, 7, rawOf(request.inputs));
}
