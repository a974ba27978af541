import { elementCount, fail } from '../../../core/index.js';
import { fromHalf } from '../../half.js';
import type { TfjsModel, TfjsWeight } from './model.js';

/** A constant of the graph. 32-bit integers are kept as INT64, which ONNX wants for shapes and axes. */
export type TfjsConstant =
  | { readonly datatype: 'FP32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly datatype: 'INT64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly datatype: 'BOOL'; readonly shape: readonly number[]; readonly data: Uint8Array };

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** Numbers as stored, before any scaling. */
function storedNumbers(stored: string, view: DataView, count: number): Float64Array {
  const read: Readonly<Record<string, (at: number) => number>> = {
    float32: (at) => view.getFloat32(at * 4, true),
    int32: (at) => view.getInt32(at * 4, true),
    bool: (at) => view.getUint8(at),
    uint8: (at) => view.getUint8(at),
    uint16: (at) => view.getUint16(at * 2, true),
    float16: (at) => fromHalf(view.getUint16(at * 2, true)),
  };
  const number = read[stored]!;
  return Float64Array.from({ length: count }, (_, at) => number(at));
}

function constantOf({ name, shape, dtype, quantization }: TfjsWeight, stored: Float64Array): TfjsConstant {
  const { scale = 1, min = 0 } = quantization?.dtype === 'float16' ? {} : (quantization ?? {});
  const scaled = scale === 1 && min === 0 ? stored : stored.map((value) => value * scale + min);
  if (dtype === 'float32') return { datatype: 'FP32', shape, data: Float32Array.from(scaled) };
  if (dtype === 'int32') return { datatype: 'INT64', shape, data: BigInt64Array.from(scaled, (value) => BigInt(Math.round(value))) };
  if (dtype === 'bool') return { datatype: 'BOOL', shape, data: Uint8Array.from(scaled) };
  return fail('UNSUPPORTED', `weight "${name}" is of type ${dtype}, which cannot be converted`);
}

/**
 * Decodes the constants of a model: `files` are the contents of the manifest's paths, in order.
 * @throws Fault INPUT_CORRUPT naming the weight at which the files end, UNSUPPORTED for a type without numbers
 */
export function decodeWeights({ weightsManifest }: Pick<TfjsModel, 'weightsManifest'>, files: readonly Uint8Array[]): Map<string, TfjsConstant> {
  const wanted = weightsManifest.reduce((sum, { paths }) => sum + paths.length, 0);
  if (files.length !== wanted) fail('INVALID_ARGUMENT', `the weights are in ${wanted} files, got ${files.length}`);
  const constants = new Map<string, TfjsConstant>();
  let file = 0;
  for (const { paths, weights } of weightsManifest) {
    const bytes = Buffer.concat(files.slice(file, (file += paths.length)));
    let at = 0;
    for (const weight of weights) {
      const stored = weight.quantization?.dtype ?? weight.dtype;
      const size = BYTES[stored] ?? fail('UNSUPPORTED', `weight "${weight.name}" is of type ${stored}, which cannot be converted`);
      const count = elementCount(weight.shape);
      const end = at + count * size;
      if (end > bytes.length)
        fail(
          'INPUT_CORRUPT',
          `${paths.join(', ')}: ends in weight "${weight.name}", at byte ${bytes.length} of at least ${end}; the file is cut short`,
        );
      constants.set(weight.name, constantOf(weight, storedNumbers(stored, new DataView(bytes.buffer, bytes.byteOffset + at, end - at), count)));
      at = end;
    }
  }
  return constants;
}

/** Numbers of an array of `shape` with its axes in the order `permutation`. */
export function transposed(data: Float32Array, shape: readonly number[], permutation: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const out = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  for (let at = 0, from = 0; at < out.length; at++) {
    out[at] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
