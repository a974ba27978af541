import type { SharedRange } from '../infer.js';
import { asString, asUnsigned, find } from './access.js';
import type { JsonInput, JsonValue } from './json.js';

/** The name of the header that says how many bytes of a body are JSON; the rest is tensors, one after the other. */
export const HEADER_LENGTH = 'Inference-Header-Content-Length';

/** An HTTP body in pieces that follow one another, and what its headers say. */
export interface HttpBody {
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly contentType: 'application/json' | 'application/octet-stream';
  /** The value of {@link HEADER_LENGTH}; absent when all of the body is JSON. */
  readonly headerLengthBytes?: number;
}

const encoder = new TextEncoder();

/**
 * Joins JSON and tensors. With tensors, the JSON is closed with spaces up to a multiple of eight bytes,
 * so that a reader whose body is aligned may look at the first tensor where it lies.
 */
export function httpBody(json: string, tensors: readonly Uint8Array[]): HttpBody {
  const filled = tensors.filter(({ byteLength }) => byteLength > 0);
  const head = encoder.encode(json);
  if (filled.length === 0) return { chunks: [head], sizeBytes: head.byteLength, contentType: 'application/json' };
  const padded = new Uint8Array(Math.ceil(head.byteLength / 8) * 8).fill(32);
  padded.set(head);
  const sizeBytes = filled.reduce((sum, { byteLength }) => sum + byteLength, padded.byteLength);
  return { chunks: [padded, ...filled], sizeBytes, contentType: 'application/octet-stream', headerLengthBytes: padded.byteLength };
}

/** The shared-memory range that a tensor's parameters name. @throws Fault INTERNAL in Triton's words */
export function readSharedRange(parameters: JsonValue | undefined): SharedRange | undefined {
  const region = find(parameters, 'shared_memory_region');
  if (region === undefined) return undefined;
  const whole = (key: string): number => Number(asUnsigned(find(parameters, key) ?? 0, `Unable to parse '${key}'`));
  return {
    region: asString(region, "Unable to parse 'shared_memory_region'"),
    offsetBytes: whole('shared_memory_offset'),
    sizeBytes: whole('shared_memory_byte_size'),
  };
}

/** Parameters that name `range`. */
export const rangeParameters = ({ region, offsetBytes, sizeBytes }: SharedRange): Record<string, JsonInput> => ({
  shared_memory_region: region,
  shared_memory_byte_size: sizeBytes,
  ...(offsetBytes === 0 ? {} : { shared_memory_offset: offsetBytes }),
});
