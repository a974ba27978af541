import { fail, type Tensor, type TensorOf } from '../../core/index.js';

const MOST_ELEMENTS = 1_000_000;
const WHOLE = /INT/;

/** A value as Triton prints it: floats with six decimals. */
const written = (value: number | bigint, datatype: string): string => (WHOLE.test(datatype) ? String(value) : Number(value).toFixed(6));

function bestOf(values: ArrayLike<number | bigint>, from: number, size: number, count: number): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  order.sort((a, b) => {
    const [left, right] = [values[from + a]!, values[from + b]!];
    return left === right ? a - b : left > right ? -1 : 1;
  });
  return order.slice(0, count);
}

/**
 * The best `count` of each row as texts `value:index` or `value:index:label`.
 * @param labels names by index; a missing one is left out
 * @throws Fault INVALID_ARGUMENT for BYTES, and for more elements than Triton takes
 */
export function classified(output: Tensor, count: number, hasBatch: boolean, labels: readonly string[]): TensorOf<'BYTES'> {
  const { name, datatype, shape, data } = output;
  if (datatype === 'BYTES' || datatype === 'FP16' || datatype === 'BF16')
    return fail('INVALID_ARGUMENT', `class result not available for output due to unsupported type '${datatype}'`);
  const rows = hasBatch ? (shape[0] ?? 1) : 1;
  const size = rows === 0 ? 0 : data.length / rows;
  if (size > MOST_ELEMENTS) fail('INVALID_ARGUMENT', 'classification output tensor too large');
  const kept = Math.min(count, size);
  const encoder = new TextEncoder();
  const texts = Array.from({ length: rows }, (_, row) =>
    bestOf(data, row * size, size, kept).map((index) => {
      const label = labels[index];
      return encoder.encode(`${written(data[row * size + index]!, datatype)}:${index}${label === undefined ? '' : `:${label}`}`);
    }),
  ).flat();
  return { name, datatype: 'BYTES', shape: hasBatch ? [rows, kept] : [kept], data: texts };
}
