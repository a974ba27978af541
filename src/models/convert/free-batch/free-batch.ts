import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { fail } from '../../../core/index.js';
import { type Graph, ModelSchema, type Node, type TensorValue, TensorValue_DataType, type ValueInfo } from '../onnx_pb.js';

/** Name of the axis that is free. */
const BATCH = 'N';

const ints = ({ rawData, int64Data }: TensorValue): bigint[] => {
  if (int64Data.length > 0) return int64Data;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: rawData.byteLength >> 3 }, (_, at) => view.getBigInt64(at * 8, true));
};

const nameOf = ({ name, output }: Node): string => name || (output[0] ?? 'without a name');

const attribute = (node: Node, name: string, absent: number): number => {
  const found = node.attribute.find((each) => each.name === name);
  return found?.i === undefined ? absent : Number(found.i);
};

const first = (node: Node, name: string): bigint | undefined => node.attribute.find((each) => each.name === name)?.ints[0];

/** Whether a node works on each row of the batch by itself. */
const KEEPS_ROWS: Readonly<Record<string, (node: Node) => boolean>> = {
  ...Object.fromEntries(
    ['Conv', 'PRelu', 'Relu', 'LeakyRelu', 'Clip', 'Sigmoid', 'BatchNormalization', 'Add', 'Mul', 'MaxPool', 'AveragePool', 'GlobalAveragePool'].map(
      (op) => [op, () => true] as const,
    ),
  ),
  Flatten: (node) => attribute(node, 'axis', 1) === 1,
  Gemm: (node) => attribute(node, 'transA', 0) === 0,
  Concat: (node) => attribute(node, 'axis', 0) > 0,
  Transpose: (node) => first(node, 'perm') === 0n,
  Reshape: () => true,
};

/** Lets a reshape keep the rows that come: ONNX takes a 0 for "as many as the input has". */
function freeReshape(graph: Graph, node: Node): void {
  const shape = graph.initializer.find(({ name }) => name === node.input[1]);
  const sizes = shape?.dataType === TensorValue_DataType.INT64 ? ints(shape) : [];
  // Another reshape may share the shape, which then begins with 0 already.
  if (!shape || (sizes[0] !== 1n && sizes[0] !== 0n))
    fail('UNSUPPORTED', `the batch cannot be freed: the shape of Reshape (${nameOf(node)}) is not stored, or does not begin with the batch of 1`);
  shape.int64Data = [];
  shape.rawData = new Uint8Array(BigInt64Array.of(0n, ...sizes.slice(1)).buffer);
}

function freeTensor({ name, type }: ValueInfo): void {
  const batch = type?.value.case === 'tensorType' ? type.value.value.shape?.dim[0] : undefined;
  if (!batch) fail('UNSUPPORTED', `"${name}" has no batch axis`);
  if (batch.value.case === 'dimValue' && batch.value.value !== 1n)
    fail('UNSUPPORTED', `the batch of "${name}" is ${batch.value.value}; 1 can be freed`);
  batch.value = { case: 'dimParam', value: BATCH };
}

function graphOf(bytes: Uint8Array) {
  try {
    const model = fromBinary(ModelSchema, bytes);
    if (model.graph) return { model, graph: model.graph };
  } catch (error) {
    return fail('INPUT_CORRUPT', 'this is no ONNX file', error);
  }
  return fail('INPUT_CORRUPT', 'this ONNX file has no graph');
}

/**
 * An ONNX file that takes any number of pictures, from one that was exported for a batch of 1: the axis gets a name, and reshapes keep the rows
 * that come. Weights and operators stay as they are.
 * @throws Fault INPUT_CORRUPT; UNSUPPORTED naming an operator of which it is not known that it works on each row by itself
 */
export function freeBatch(bytes: Uint8Array): Uint8Array {
  const { model, graph } = graphOf(bytes);
  const strange = graph.node.find((node) => node.domain !== '' || !KEEPS_ROWS[node.opType]?.(node));
  if (strange) fail('UNSUPPORTED', `the batch cannot be freed: ${strange.opType} (${nameOf(strange)}) may mix the rows of a batch`);
  const stored = new Set(graph.initializer.map(({ name }) => name));
  for (const tensor of [...graph.input.filter(({ name }) => !stored.has(name)), ...graph.output]) freeTensor(tensor);
  for (const node of graph.node) if (node.opType === 'Reshape') freeReshape(graph, node);
  // Shapes noted in between still say 1; the runtime infers them anew.
  graph.valueInfo = [];
  return toBinary(ModelSchema, model);
}
