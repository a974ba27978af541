import { ARRAY_OF, elementCount, fail, type Datatype, type Tensor } from '../../core/index.js';
import { fitting, INTEGER_RANGE } from '../numbers.js';
import type { TensorHead } from '../tensor-bytes.js';
import { asBoolean, asString } from './access.js';
import { writeDouble, type JsonInput, type JsonValue } from './json.js';

const MAX_DEPTH = 100;
const WHAT = "Unable to parse 'data'";

/** Calls `take` with every element of nested or flat `data`, in order. */
function eachElement(data: JsonValue, take: (element: JsonValue) => void, depth = 0): void {
  if (depth >= MAX_DEPTH) fail('INVALID_ARGUMENT', `JSON nesting depth exceeds maximum allowed limit (${MAX_DEPTH})`);
  if (!Array.isArray(data)) return take(data);
  for (const element of data as readonly JsonValue[]) eachElement(element, take, depth + 1);
}

function asElement(datatype: Exclude<Datatype, 'BYTES'>, element: JsonValue, name: string): number | bigint {
  if (datatype === 'BOOL') return Number(asBoolean(element, WHAT));
  if (typeof element !== 'number' && typeof element !== 'bigint') return wrongNumber(datatype);
  const range = INTEGER_RANGE[datatype];
  if (!range) return Number(element);
  if (typeof element === 'number' && !Number.isInteger(element)) return wrongNumber(datatype);
  if (element < 0 && range[0] === 0n) return wrongNumber(datatype);
  return datatype.endsWith('64') ? fitting(datatype, BigInt(element), name) : fitting(datatype, Number(element), name);
}

function wrongNumber(datatype: Datatype): never {
  const kind = datatype.startsWith('UINT') ? 'unsigned-integer' : 'signed-integer';
  const why = INTEGER_RANGE[datatype] ? `non-${kind} as ${kind}` : 'non-number as double';
  return fail('INTERNAL', `${WHAT}: attempt to access JSON ${why}`);
}

/**
 * Reads a tensor from the member `data`, nested or flat.
 * @throws Fault INTERNAL in Triton's words when count or types do not suit, INVALID_ARGUMENT for FP16 and BF16, for which JSON has no form,
 * and for a number that the datatype cannot hold
 */
export function tensorFromJson(head: TensorHead, data: readonly JsonValue[], direction: 'input' | 'output'): Tensor {
  const { name, datatype, shape } = head;
  if (datatype === 'FP16' || datatype === 'BF16')
    fail('INVALID_ARGUMENT', `receiving ${datatype} data via JSON is not supported. Please use the binary data format for ${direction} ${name}`);
  const count = elementCount(shape);
  const encoder = new TextEncoder();
  const strings: Uint8Array[] = [];
  const values = datatype === 'BYTES' ? undefined : new ARRAY_OF[datatype](count);
  let at = 0;
  eachElement(data, (element) => {
    if (at >= count) fail('INTERNAL', `${WHAT}: Shape does not match true shape of 'data' field`);
    if (datatype === 'BYTES') strings.push(encoder.encode(asString(element, WHAT)));
    else values![at] = asElement(datatype, element, name) as never;
    at++;
  });
  if (at !== count) fail('INTERNAL', "Failed to parse 'data' field: shape does not match true shape");
  return { ...head, data: values ?? strings } as Tensor;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (bytes: Uint8Array, name: string): string => JSON.stringify(decodedText(bytes, name));

function decodedText(bytes: Uint8Array, name: string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    return fail(
      'INVALID_ARGUMENT',
      `'${name}' holds bytes that are no UTF-8 text, which JSON cannot carry. Please use the binary data format`,
      error,
    );
  }
}

/** The elements of a tensor as the text of a flat JSON array. @throws Fault INVALID_ARGUMENT when JSON has no form for them */
export function jsonFromTensor(tensor: Tensor): string {
  const { name, datatype, data } = tensor;
  if (datatype === 'FP16' || datatype === 'BF16')
    fail('INVALID_ARGUMENT', `sending ${datatype} data via JSON is not supported. Please use the binary data format for output`);
  if (datatype === 'BYTES') return `[${data.map((bytes) => textOf(bytes, name)).join(',')}]`;
  if (datatype === 'BOOL') return `[${Array.from(data, (value) => value !== 0).join(',')}]`;
  if (datatype === 'FP32' || datatype === 'FP64') return `[${Array.from(data, writeDouble).join(',')}]`;
  return `[${data.join(',')}]`;
}

/** The elements of a tensor as values for `writeJson`. @throws Fault INVALID_ARGUMENT when JSON has no form for them */
export function jsonOfTensor(tensor: Tensor): readonly JsonInput[] {
  const { name, datatype, data } = tensor;
  if (datatype === 'FP16' || datatype === 'BF16')
    return fail('INVALID_ARGUMENT', `sending ${datatype} data via JSON is not supported. Please use the binary data format for output`);
  if (datatype === 'BYTES') return data.map((bytes) => decodedText(bytes, name));
  if (datatype === 'BOOL') return Array.from(data, (value) => value !== 0);
  return Array.from<number | bigint>(data);
}
