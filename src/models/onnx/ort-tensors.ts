import type { Tensor as OrtTensor, TypedTensor } from 'onnxruntime-node';
import { fail, type DataOf, type Datatype, type Tensor, type TensorSpec } from '../../core/index.js';

/** The constructor of the runtime's own tensors, handed in because the runtime is loaded on use. */
export type OrtTensorConstructor = new (type: OrtTensor.Type, data: OrtTensor.DataType, dims: readonly number[]) => OrtTensor;

const ORT_TYPE_OF: Readonly<Partial<Record<Datatype, OrtTensor.Type>>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};

const DATATYPE_OF = new Map(Object.entries(ORT_TYPE_OF).map(([datatype, type]) => [type, datatype as Datatype]));

/** What a session says of one input or output. */
export type OrtValueMetadata =
  | { readonly name: string; readonly isTensor: false }
  | { readonly name: string; readonly isTensor: true; readonly type: OrtTensor.Type; readonly shape: readonly (number | string)[] };

/** Our name for one input or output; a symbolic size becomes -1. @throws Fault UNSUPPORTED for sequences, maps and types without a datatype */
export function toTensorSpec(path: string, value: OrtValueMetadata): TensorSpec {
  if (!value.isTensor) return fail('UNSUPPORTED', `${path}: "${value.name}" is no tensor; sequences and maps are not supported`);
  const datatype = DATATYPE_OF.get(value.type);
  if (!datatype) return fail('UNSUPPORTED', `${path}: "${value.name}" has elements of type ${value.type}, which is not supported`);
  return { name: value.name, datatype, shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

function textOf(name: string, data: readonly Uint8Array[]): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return data.map((element) => decoder.decode(element));
  } catch (error) {
    return fail('INVALID_ARGUMENT', `${name}: an element is no UTF-8 text, and this runtime takes text only`, error);
  }
}

/** The runtime's tensor on the same memory; only BYTES are copied. @throws Fault UNSUPPORTED for BF16, INVALID_ARGUMENT for bytes that are no UTF-8 */
export function toOrt(Tensor: OrtTensorConstructor, { name, datatype, shape, data }: Tensor): OrtTensor {
  const type = ORT_TYPE_OF[datatype] ?? fail('UNSUPPORTED', `${name}: this runtime takes no ${datatype}`);
  const values = datatype === 'BYTES' ? textOf(name, data) : (data as OrtTensor.DataType);
  const made = new Tensor(type, values, shape);
  // Where JavaScript has Float16Array (Node 24), the constructor makes one, and the native side takes that for an empty array.
  if (datatype === 'FP16') Object.defineProperty(made, 'data', { value: values });
  return made;
}

/** Our tensor on the memory of the runtime's, which nobody else holds. */
export function fromOrt(name: string, value: OrtTensor): Tensor {
  const { type, data, dims } = value as TypedTensor<OrtTensor.Type>;
  const datatype = DATATYPE_OF.get(type) ?? fail('UNSUPPORTED', `${name}: elements of type ${type} are not supported`);
  return { name, datatype, shape: dims, data: dataOf(datatype, data) } as Tensor;
}

function dataOf(datatype: Datatype, data: OrtTensor.DataType): DataOf[Datatype] {
  if (datatype === 'BYTES') return (data as string[]).map((text) => new TextEncoder().encode(text));
  const view = data as Exclude<DataOf[Datatype], readonly Uint8Array[]>;
  // Newer Node versions hand out Float16Array; the datatype is defined as raw bits.
  return datatype === 'FP16' ? new Uint16Array(view.buffer, view.byteOffset, view.length) : view;
}
