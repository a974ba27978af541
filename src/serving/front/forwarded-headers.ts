import type { InferRequest, ParameterValue } from '../../wire/index.js';

const RESERVED = new Set(['sequence_id', 'sequence_start', 'sequence_end', 'priority', 'timeout', 'binary_data_output', 'headers']);

/** The request with the headers whose names match as parameters of text. */
export function withHeaders(request: InferRequest, pattern: RegExp | undefined, headers: Iterable<readonly [string, unknown]>): InferRequest {
  if (!pattern) return request;
  const found: [string, ParameterValue][] = [];
  for (const [name, value] of headers)
    if (typeof value === 'string' && pattern.test(name) && !RESERVED.has(name) && !name.startsWith('triton_')) found.push([name, value]);
  return found.length === 0 ? request : { ...request, parameters: new Map([...request.parameters, ...found]) };
}
