import type { Tensor } from '../../core/index.js';
import { jsonOfTensor } from '../../wire/index.js';
import type { TracedEnd, TracedRequest } from './tracer.js';

/** Nanoseconds of a monotonic clock. */
const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** The points in time of a request, under Triton's names and in their order. */
export function timestampsOf({ receivedMs, startMs }: TracedRequest, { endMs, times }: TracedEnd): { readonly name: string; readonly ns: bigint }[] {
  const points: [string, number][] = [];
  if (receivedMs !== undefined) points.push(['HTTP_RECV_START', receivedMs], ['HTTP_RECV_END', startMs]);
  points.push(['REQUEST_START', startMs], ['QUEUE_START', startMs]);
  if (times) {
    const computeMs = startMs + times.queueMs;
    const inputEndMs = computeMs + times.inputMs;
    const outputStartMs = inputEndMs + times.runMs;
    points.push(['COMPUTE_START', computeMs], ['COMPUTE_INPUT_END', inputEndMs], ['COMPUTE_OUTPUT_START', outputStartMs]);
    points.push(['COMPUTE_END', outputStartMs + times.outputMs]);
  }
  points.push(['INFER_RESPONSE_COMPLETE', endMs], ['REQUEST_END', endMs]);
  return points.map(([name, ms]) => ({ name, ns: ns(ms) }));
}

/** A tensor as a trace tells it: everything as text. */
export function tensorEntry(tensor: Tensor): Readonly<Record<'name' | 'data' | 'shape' | 'dtype', string>> {
  const { name, datatype, shape } = tensor;
  const half = datatype === 'FP16' || datatype === 'BF16';
  const data = half ? Array.from(tensor.data as Uint16Array, String) : jsonOfTensor(tensor).map(String);
  return { name, data: data.join(','), shape: shape.join(','), dtype: datatype };
}
