import { fail } from '../../core/index.js';
import type { JsonObject, JsonValue } from './json.js';

/** Fails as Triton does on JSON of the wrong type: `what` says what could not be parsed. */
const refuse = (what: string, why: string): never => fail('INTERNAL', `${what}: ${why}`);

/** The member `name` of a value, or undefined when the value is no object or has none. */
export const find = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  value instanceof Map ? (value as JsonObject).get(name) : undefined;

/** The member `name`. @throws Fault INTERNAL when it is missing */
export const member = (value: JsonValue, name: string): JsonValue =>
  find(value, name) ?? refuse(`Unable to parse '${name}'`, `attempt to access non-existing object member '${name}'`);

/** A string of JSON as one of JavaScript. @throws Fault INTERNAL when `value` is none */
export const asString = (value: JsonValue, what: string): string =>
  typeof value === 'string' ? value : refuse(what, 'attempt to access JSON non-string as string');

/** A boolean of JSON as one of JavaScript. @throws Fault INTERNAL when `value` is none */
export const asBoolean = (value: JsonValue, what: string): boolean =>
  typeof value === 'boolean' ? value : refuse(what, 'attempt to access JSON non-boolean as boolean');

/** An array of JSON as one of JavaScript. @throws Fault INTERNAL when `value` is none */
export const asArray = (value: JsonValue, what: string): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : refuse(what, 'attempt to access JSON non-array as array');

const MOST = 2n ** 64n - 1n;

/** An integer from 0 to 2^64 - 1. @throws Fault INTERNAL when `value` is none */
export function asUnsigned(value: JsonValue, what: string): bigint {
  if (typeof value === 'bigint' && value >= 0n && value <= MOST) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return refuse(what, 'attempt to access JSON non-unsigned-integer as unsigned-integer');
}

/** The same as a number: for sizes, which a number holds. @throws Fault INTERNAL when `value` is none */
export function asSize(value: JsonValue, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return Number(asUnsigned(value, what));
}
