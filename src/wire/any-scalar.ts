import type { Any } from '@bufbuild/protobuf/wkt';
import {
  anyUnpack,
  FloatValueSchema,
  Int32ValueSchema,
  StringValueSchema,
  BoolValueSchema,
  DoubleValueSchema,
  UInt32ValueSchema,
} from '@bufbuild/protobuf/wkt';
import { createRegistry } from '@bufbuild/protobuf';

const WRAPPERS = createRegistry(StringValueSchema, Int32ValueSchema, UInt32ValueSchema, FloatValueSchema, DoubleValueSchema, BoolValueSchema);

/** The text, number or truth value that `any` wraps; undefined where it wraps something else, or its bytes are damaged. */
export function scalarOfAny(any: Any): string | number | boolean | undefined {
  try {
    const message = anyUnpack(any, WRAPPERS) as { readonly value?: string | number | boolean } | undefined;
    return message?.value;
  } catch {
    return undefined;
  }
}
