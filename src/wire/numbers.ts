import { fail, type Datatype } from '../core/index.js';

const bits = (count: number, signed: boolean): readonly [bigint, bigint] =>
  signed ? [-(2n ** BigInt(count - 1)), 2n ** BigInt(count - 1) - 1n] : [0n, 2n ** BigInt(count) - 1n];

/** Least and greatest value of each integer datatype. */
export const INTEGER_RANGE: { readonly [D in Datatype]?: readonly [bigint, bigint] } = {
  UINT8: bits(8, false),
  UINT16: bits(16, false),
  UINT32: bits(32, false),
  UINT64: bits(64, false),
  INT8: bits(8, true),
  INT16: bits(16, true),
  INT32: bits(32, true),
  INT64: bits(64, true),
};

/** `value` if `datatype` can hold it. @throws Fault INVALID_ARGUMENT naming the input otherwise */
export function fitting(datatype: Datatype, value: number | bigint, name: string): never {
  const range = INTEGER_RANGE[datatype];
  if (range && (value < range[0] || value > range[1])) fail('INVALID_ARGUMENT', `input '${name}': ${value} does not fit ${datatype}`);
  return value as never;
}
