import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { fail, type Datatype } from '../../core/index.js';
import type { InferTensor, Parameters, SharedRange } from '../infer.js';
import { checkShape } from '../shape.js';
import { bytesOfTensor, isDatatype, tensorFromBytes, type RequestLabel } from '../tensor-bytes.js';
import { tensorFromContents } from './contents.js';
import { eachField, endOfMessage, readParameterEntry, readShape, sized, varint, writeParameters, writeText, type WireParameters } from './fields.js';

/** An input or output tensor as it travels: both messages have the same fields. */
export interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters: WireParameters;
  readonly contents?: Uint8Array;
}

/** Reads an InferInputTensor or InferOutputTensor. */
export function readTensor(reader: BinaryReader): WireTensor {
  let name = '';
  let datatype = '';
  const shape: number[] = [];
  const parameters: WireParameters = new Map();
  let contents: Uint8Array | undefined;
  eachField(reader, endOfMessage(reader), (tag) => {
    if (tag === sized(1)) name = reader.string();
    else if (tag === sized(2)) datatype = reader.string();
    else if (tag === sized(3) || tag === varint(3)) readShape(reader, tag, shape);
    else if (tag === sized(4)) readParameterEntry(reader, parameters);
    else if (tag === sized(5)) contents = reader.bytes();
    else return false;
    return true;
  });
  return { name, datatype, shape, parameters, ...(contents && { contents }) };
}

/** The shared-memory range that a tensor's parameters name, checked in Triton's words. @throws Fault INVALID_ARGUMENT */
export function sharedRange(name: string, parameters: WireParameters): SharedRange | undefined {
  const region = parameters.get('shared_memory_region');
  const wrongType = (key: string, kind: string): never =>
    fail('INVALID_ARGUMENT', `invalid value type for '${key}' parameter for tensor '${name}', expected ${kind}_param.`);
  if (region && region.kind !== 'string') wrongType('shared_memory_region', 'string');
  const whole = (key: string): number => {
    const parameter = parameters.get(key);
    if (parameter === undefined) return 0;
    if (region === undefined) fail('INVALID_ARGUMENT', `'${key}' can not be specified without 'shared_memory_region' parameter for tensor '${name}'`);
    if (parameter.kind !== 'int64') wrongType(key, 'int64');
    return Number(parameter.value);
  };
  const offsetBytes = whole('shared_memory_offset');
  const sizeBytes = whole('shared_memory_byte_size');
  return region && { region: String(region.value), offsetBytes, sizeBytes };
}

/** Parameters that name `range`. */
export const rangeParameters = ({ region, offsetBytes, sizeBytes }: SharedRange): Parameters =>
  new Map<string, string | bigint>([
    ['shared_memory_region', region],
    ['shared_memory_byte_size', BigInt(sizeBytes)],
    ...(offsetBytes === 0 ? [] : [['shared_memory_offset', BigInt(offsetBytes)] as const]),
  ]);

/** Hands out raw contents in order; only tensors that are neither shared nor typed take one. */
export interface RawContents {
  readonly all: readonly Uint8Array[];
  next: number;
}

/** The datatype that a tensor names. @throws Fault INVALID_ARGUMENT when there is none of that name */
export function datatypeOf({ name, datatype }: WireTensor, { direction }: RequestLabel): Datatype {
  return isDatatype(datatype) ? datatype : fail('INVALID_ARGUMENT', `invalid datatype for ${direction} ${name}`);
}

/** Joins a tensor as it travelled with its data. @throws Fault INVALID_ARGUMENT in Triton's words */
export function resolveTensor(wire: WireTensor, raw: RawContents, label: RequestLabel): InferTensor {
  const { name, shape, contents } = wire;
  const { modelName, direction } = label;
  const datatype = datatypeOf(wire, label);
  checkShape(name, shape);
  const head = { name, datatype, shape };
  const shared = sharedRange(name, wire.parameters);
  if (shared) {
    if (contents)
      fail('INVALID_ARGUMENT', `unexpected 'content' provided when using shared memory for input tensor '${name}' for model '${modelName}'`);
    return { ...head, shared };
  }
  if (contents && raw.all.length > 0)
    fail('INVALID_ARGUMENT', `contents field must not be specified when using raw_input_contents for '${name}' for model '${modelName}'`);
  if (contents) return tensorFromContents(head, contents, label);
  const bytes = raw.all[raw.next];
  if (bytes === undefined)
    fail(
      'INVALID_ARGUMENT',
      `unable to find data for ${direction} tensor '${name}' for model '${modelName}' in ${direction === 'input' ? 'request' : 'response'}.`,
    );
  raw.next++;
  return tensorFromBytes(head, bytes, label);
}

/** Writes the head of a tensor at `field`. */
export function writeTensor(writer: BinaryWriter, field: number, tensor: InferTensor, parameters: Parameters = NO_PARAMETERS): void {
  writer.uint32(sized(field)).fork();
  writeText(writer, 1, tensor.name);
  writeText(writer, 2, tensor.datatype);
  if (tensor.shape.length > 0) {
    writer.uint32(sized(3)).fork();
    for (const size of tensor.shape) writer.int64(size);
    writer.join();
  }
  writeParameters(writer, 4, parameters);
  writer.join();
}

const NO_PARAMETERS: Parameters = new Map();
const OWN_CHUNK_BYTES = 16_384;

/**
 * Closes a message with its raw contents. A large one becomes a chunk of its own: a view of the tensor's data, not a copy.
 * @returns the message in pieces, to be written one after the other
 */
export function finishWithRaw(writer: BinaryWriter, field: number, raw: readonly Uint8Array[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (const bytes of raw) {
    writer.uint32(sized(field));
    if (bytes.byteLength < OWN_CHUNK_BYTES) writer.bytes(bytes);
    else chunks.push(writer.uint32(bytes.byteLength).finish(), bytes);
  }
  const rest = writer.finish();
  return rest.byteLength > 0 || chunks.length === 0 ? [...chunks, rest] : chunks;
}

/** Raw contents of the tensors that are not in shared memory. */
export const rawOf = (tensors: readonly InferTensor[]): Uint8Array[] =>
  tensors.flatMap((tensor) => ('shared' in tensor ? [] : [bytesOfTensor(tensor)]));
