import { fromBinary } from '@bufbuild/protobuf';
import { fail, type Datatype } from '../../core/index.js';
import { ONNX_TYPE_OF } from './onnx-graph.js';
import { ModelSchema, type ValueInfo } from './onnx_pb.js';

/** An input or output of an ONNX file. */
export interface DescribedTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** A number, the name of a size that is free, or `?`. Absent where the file does not say. */
  readonly shape?: readonly (number | string)[];
}

/** What is in an ONNX file. */
export interface OnnxDescription {
  readonly inputs: readonly DescribedTensor[];
  readonly outputs: readonly DescribedTensor[];
  /** Number of nodes. */
  readonly operators: number;
  readonly bytes: number;
}

function described({ name, type }: ValueInfo): DescribedTensor {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const known = Object.entries(ONNX_TYPE_OF).find(([, number]) => number === tensor?.elemType);
  const datatype = (known?.[0] as Datatype | undefined) ?? fail('UNSUPPORTED', `"${name}" is no tensor of a known type`);
  const shape = tensor!.shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : value.value || '?'));
  return { name, datatype, ...(shape ? { shape } : {}) };
}

/** Reads what an ONNX file takes and answers. @throws Fault INPUT_CORRUPT, UNSUPPORTED for inputs that are no tensors */
export function describeOnnx(bytes: Uint8Array): OnnxDescription {
  let graph;
  try {
    ({ graph } = fromBinary(ModelSchema, bytes));
  } catch (error) {
    return fail('INPUT_CORRUPT', 'this is no ONNX file', error);
  }
  if (!graph) return fail('INPUT_CORRUPT', 'this ONNX file has no graph');
  return { inputs: graph.input.map(described), outputs: graph.output.map(described), operators: graph.node.length, bytes: bytes.length };
}
