import { BinaryReader, WireType, type BinaryWriter } from '@bufbuild/protobuf/wire';
import { fail, toFault } from '../../core/index.js';
import type { Parameters, ParameterValue } from '../infer.js';

/** Field number and wire type as they stand before a value. */
export const tag = (field: number, type: WireType): number => (field << 3) | type;
/** Tag of a string, bytes or message field. */
export const sized = (field: number): number => tag(field, WireType.LengthDelimited);
/** Tag of an integer or bool field. */
export const varint = (field: number): number => tag(field, WireType.Varint);

/**
 * Calls `read` with the tag of each field up to `end`; a field that it does not know (answer false) is skipped.
 * A known field of the wrong wire type is an unknown one, as protobuf has it.
 */
export function eachField(reader: BinaryReader, end: number, read: (tag: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) fail('INPUT_CORRUPT', 'protobuf: field number 0');
    if (!read(tag)) reader.skip(tag & 7, tag >>> 3);
  }
  if (reader.pos !== end) fail('INPUT_CORRUPT', 'protobuf: a field runs past the end of its message');
}

/** The end of the message that starts at the reader with its length. */
export function endOfMessage(reader: BinaryReader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) fail('INPUT_CORRUPT', 'protobuf: a message runs past the end of the one that holds it');
  return end;
}

/** Reads a whole message with `read`; what the runtime throws becomes a fault. @throws Fault INPUT_CORRUPT naming `type` */
export function readMessage<T>(type: string, bytes: Uint8Array, read: (reader: BinaryReader, end: number) => T): T {
  try {
    return read(new BinaryReader(bytes), bytes.byteLength);
  } catch (error) {
    throw toFault(error, 'INPUT_CORRUPT', `cannot read ${type}: `);
  }
}

/** A parameter with the kind under which it travelled; Triton's checks tell `int64` from `uint64`. */
export interface WireParameter {
  readonly kind: 'bool' | 'int64' | 'string' | 'double' | 'uint64' | 'none';
  readonly value: ParameterValue;
}

/** Parameters as they travelled. */
export type WireParameters = Map<string, WireParameter>;

function readParameter(reader: BinaryReader): WireParameter {
  let parameter: WireParameter = { kind: 'none', value: false };
  eachField(reader, endOfMessage(reader), (tag) => {
    if (tag === varint(1)) parameter = { kind: 'bool', value: reader.bool() };
    else if (tag === varint(2)) parameter = { kind: 'int64', value: BigInt(reader.int64()) };
    else if (tag === sized(3)) parameter = { kind: 'string', value: reader.string() };
    else if (tag === DOUBLE) parameter = { kind: 'double', value: reader.double() };
    else if (tag === varint(5)) parameter = { kind: 'uint64', value: BigInt(reader.uint64()) };
    else return false;
    return true;
  });
  return parameter;
}

const DOUBLE = tag(4, WireType.Bit64);

/** Reads one entry of a parameter map into `parameters`. */
export function readParameterEntry(reader: BinaryReader, parameters: WireParameters): void {
  let key = '';
  let value: WireParameter = { kind: 'none', value: false };
  eachField(reader, endOfMessage(reader), (tag) => {
    if (tag === sized(1)) key = reader.string();
    else if (tag === sized(2)) value = readParameter(reader);
    else return false;
    return true;
  });
  parameters.set(key, value);
}

/** Writes `parameters` as the map at `field`; a bigint beyond int64 goes as uint64. */
export function writeParameters(writer: BinaryWriter, field: number, parameters: Parameters): void {
  for (const [key, value] of parameters) {
    writer.uint32(sized(field)).fork().uint32(sized(1)).string(key).uint32(sized(2)).fork();
    if (typeof value === 'boolean') writer.uint32(varint(1)).bool(value);
    else if (typeof value === 'string') writer.uint32(sized(3)).string(value);
    else if (typeof value === 'number') writer.uint32(DOUBLE).double(value);
    else if (value < 2n ** 63n) writer.uint32(varint(2)).int64(value);
    else writer.uint32(varint(5)).uint64(value);
    writer.join().join();
  }
}

/** The values alone. */
export const valuesOf = (parameters: WireParameters): Parameters => new Map([...parameters].map(([key, { value }]) => [key, value]));

/** Reads sizes of a shape, packed or one by one. */
export function readShape(reader: BinaryReader, tag: number, shape: number[]): void {
  if ((tag & 7) === WireType.Varint) {
    shape.push(Number(reader.int64()));
    return;
  }
  const end = endOfMessage(reader);
  while (reader.pos < end) shape.push(Number(reader.int64()));
}

/** Writes text, unless it is empty. */
export function writeText(writer: BinaryWriter, field: number, text: string): void {
  if (text !== '') writer.uint32(sized(field)).string(text);
}
