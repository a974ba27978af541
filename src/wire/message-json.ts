import { fromJson, ScalarType, type DescField, type DescMessage, type JsonValue as ProtoJson, type MessageShape } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { fail, toFault } from '../core/index.js';
import { parseJson, writeJson, type JsonInput, type JsonValue } from './kserve/json.js';

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

function element(value: unknown, field: DescField): JsonInput {
  if (field.message) return members(value as ReflectMessage);
  if (field.enum) return field.enum.values.find(({ number }) => number === value)?.name ?? Number(value);
  return field.scalar === ScalarType.BYTES ? base64(value as Uint8Array) : (value as JsonInput);
}

function valueOf(message: ReflectMessage, field: DescField): JsonInput {
  if (field.fieldKind === 'list') return [...message.get(field)].map((value) => element(value, field));
  if (field.fieldKind === 'map') return new Map([...message.get(field)].map(([key, value]) => [String(key), element(value, field)]));
  return element(message.get(field), field);
}

/** Messages and the members of a oneof are left out when unset; all else is written with its default. */
const members = (message: ReflectMessage): ReadonlyMap<string, JsonInput> =>
  new Map(
    message.sortedFields
      .filter((field) => message.isSet(field) || (field.oneof === undefined && field.fieldKind !== 'message'))
      .map((field) => [field.name, valueOf(message, field)]),
  );

/**
 * Writes a message as JSON as Triton's HTTP answers have it: names as in the .proto, defaults written out, enums by name,
 * 64-bit integers as numbers (which {@link parseJson} reads in full), unset messages left out.
 */
export function messageToJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return writeJson(members(reflect(schema, message)));
}

/** As plain JSON, with bigints as decimal strings, which protobuf takes for integers. */
function plain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries([...(value as ReadonlyMap<string, JsonValue>)].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(plain) : value;
}

/** How {@link messageFromJson} reads. */
export interface MessageJsonOptions {
  /** Members that the message lacks are left out, as with answers of a server newer than we are; an error when absent. */
  readonly ignoreUnknown?: boolean;
}

/**
 * Makes a message of JSON: its text, or what a reader made of it (config.json, YAML). Names as in the .proto or in camelCase.
 * @param name what errors call it, such as its path
 * @throws Fault CONFIG_INVALID naming the field
 */
export function messageFromJson<Desc extends DescMessage>(
  schema: Desc,
  json: unknown,
  name = 'JSON',
  { ignoreUnknown = false }: MessageJsonOptions = {},
): MessageShape<Desc> {
  try {
    const value = typeof json === 'string' ? plain(parseJson(json)) : json;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fail('CONFIG_INVALID', 'an object is wanted');
    return fromJson(schema, value as ProtoJson, { ignoreUnknownFields: ignoreUnknown });
  } catch (error) {
    return fail('CONFIG_INVALID', `${name}: ${toFault(error).message}`, error);
  }
}
