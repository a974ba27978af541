import { ARRAY_OF, type Datatype, type Tensor, type TensorSpec } from '../core/index.js';
import type { ModelSpec } from './port.js';

/**
 * Rows that a network takes in one run: the least first axis of all its inputs and outputs, where a free one sets no limit.
 * `Infinity` when all are free; 1 when an input or output has no axis at all.
 */
export function maxBatchOf({ inputs, outputs }: ModelSpec): number {
  const limitOf = ({ shape }: TensorSpec): number => (shape[0] === undefined ? 1 : shape[0] < 0 ? Infinity : shape[0]);
  return Math.max(1, Math.min(...[...inputs, ...outputs].map(limitOf)));
}

/** Rows of a tensor; 1 for a scalar. */
export function rowsOf({ shape }: Tensor): number {
  return shape[0] ?? 1;
}

type Rows = Exclude<Tensor['data'], readonly Uint8Array[]>;

/** Rows `from` to `to` of a tensor, copied. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const rows = rowsOf(tensor);
  const size = rows === 0 ? 0 : tensor.data.length / rows;
  return { ...tensor, shape: [to - from, ...tensor.shape.slice(1)], data: tensor.data.slice(from * size, to * size) } as Tensor;
}

/** Rows `from` to `to` of a tensor, where they lie. */
export function viewRows(tensor: Tensor, from: number, to: number): Tensor {
  const { name, datatype, shape, data } = tensor;
  const rows = rowsOf(tensor);
  if (datatype === 'BYTES' || rows === 0) return sliceRows(tensor, from, to);
  const size = data.length / rows;
  return { name, datatype, shape: [to - from, ...shape.slice(1)], data: data.subarray(from * size, to * size) } as Tensor;
}

/** Memory for the inputs of a run, kept between runs: one array for each input that must be put together or converted. */
export class BatchBuffers {
  readonly #arrays = new Map<string, Rows>();

  /** Room for exactly `length` elements; what it held before is lost. */
  take(name: string, datatype: Exclude<Datatype, 'BYTES'>, length: number): Rows {
    const key = `${name} ${datatype}`;
    const kept = this.#arrays.get(key);
    if (kept && kept.length >= length) return kept.length === length ? kept : kept.subarray(0, length);
    const made = new ARRAY_OF[datatype](length);
    this.#arrays.set(key, made);
    return made;
  }

  /** Tensors of equal datatype and trailing shape, one behind the other. Borrows them when there is only one. */
  join(spec: TensorSpec, parts: readonly Tensor[]): Tensor {
    const [first] = parts as readonly [Tensor];
    if (parts.length === 1) return first.name === spec.name ? first : { ...first, name: spec.name };
    const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
    const shape = [rows, ...first.shape.slice(1)];
    if (first.datatype === 'BYTES')
      return { name: spec.name, datatype: 'BYTES', shape, data: parts.flatMap((part) => [...(part.data as readonly Uint8Array[])]) };
    const length = parts.reduce((sum, part) => sum + part.data.length, 0);
    const data = this.take(spec.name, first.datatype, length);
    let at = 0;
    for (const part of parts) {
      (data as Float32Array).set(part.data as Float32Array, at);
      at += part.data.length;
    }
    return { name: spec.name, datatype: first.datatype, shape, data } as Tensor;
  }
}
