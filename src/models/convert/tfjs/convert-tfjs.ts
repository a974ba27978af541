import { Fault, fail, toFault, type Datatype } from '../../../core/index.js';
import { OnnxGraph } from '../onnx-graph.js';
import { type Batch, Conversion, constantValue, type Operator, RowsMixed, unsupported, type Value, type ValueType } from './conversion.js';
import { parseTfjs, sizesOf, typeOf, type TfjsModel, type TfjsNode, type TfjsSignatureTensor } from './model.js';
import { checkOperators, TFJS_OPERATORS } from './operators.js';
import { declaredInput, inOrder, keptOutputs, neededNodes, referenceOf } from './signature.js';
import { areNumbers, ROWS, type Size } from './sizes.js';
import { decodeWeights, type TfjsConstant } from './weights.js';

export { TFJS_OPERATORS } from './operators.js';
export { TFJS_CONVERSION } from './version.js';

/** How to convert. */
export interface TfjsOptions {
  /** Outputs to keep, by the names of their nodes; all of the model's when absent. What only others need is left out. */
  readonly outputs?: readonly string[];
}

/** All that is known of a model before the first node is converted. */
interface Source {
  readonly model: TfjsModel;
  readonly constants: ReadonlyMap<string, TfjsConstant>;
  readonly outputs: readonly TfjsSignatureTensor[];
  readonly nodes: readonly TfjsNode[];
}

/** Types of inputs: inside the network, and in the file. Whole numbers are 64 bits wide inside, as ONNX wants shapes and axes. */
const INPUT_TYPES: Readonly<Record<string, readonly [ValueType, Datatype]>> = {
  DT_FLOAT: ['FP32', 'FP32'],
  DT_INT32: ['INT64', 'INT32'],
  DT_UINT8: ['INT64', 'UINT8'],
  DT_BOOL: ['BOOL', 'BOOL'],
};
const ONNX_INT64 = 7;
const ONNX_INT32 = 6;

/**
 * Whether a network turns the whole numbers of this input into floats before it does anything else with them.
 * Such an input is FP32 in the file: the host's pictures are FP32, and whole numbers stay what they are.
 */
function onlyMadeFloat({ name }: TfjsNode, { nodes, outputs }: Source): boolean {
  const readers = nodes.filter(({ input }) => input.some((reference) => referenceOf(reference).name === name));
  const float = ({ op, attr }: TfjsNode): boolean => op === 'Cast' && typeOf(attr['DstT']?.type ?? '') === 'DT_FLOAT';
  return readers.length > 0 && readers.every(float) && !outputs.some((output) => referenceOf(output.name).name === name);
}

/** An input of the network, with its first axis free where the batch is. */
function placeholder(node: TfjsNode, source: Source, graph: Conversion): Value {
  const { onnx } = graph;
  const { sizes: declared, type } = declaredInput(node, source.model);
  const [inside, outside] = INPUT_TYPES[type] ?? unsupported(node, `an input of ${type} is not supported`);
  const free = graph.batch === 'rows';
  if (free && declared[0] !== 1 && declared[0] !== -1) graph.mixesRows(node);
  const first = free ? ROWS : 1;
  const sizes = declared.map((size, axis): Size => (size >= 0 && !(free && axis === 0) ? size : axis === 0 ? first : undefined));
  const shape = sizes.map((size) => size ?? -1);
  if (inside === 'INT64' && onlyMadeFloat(node, source)) return graph.fromPacked(onnx.input(node.name, 'FP32', shape), 'FP32', sizes);
  const name = onnx.input(node.name, outside, shape);
  return graph.fromPacked(inside === 'INT64' ? onnx.node('Cast', [name], { to: ONNX_INT64 }) : name, inside, sizes);
}

/** Numbers of a broken file may be anything: what trips over them is the file's mistake, told by node. */
function converted(convert: Operator, node: TfjsNode, inputs: readonly Value[], graph: Conversion): readonly Value[] {
  try {
    return convert(node, inputs, graph);
  } catch (error) {
    if (error instanceof RowsMixed) throw error;
    throw toFault(error, 'INPUT_CORRUPT', `node "${node.name}" (${node.op}): `);
  }
}

function convertNode(node: TfjsNode, inputs: readonly Value[], source: Source, graph: Conversion): readonly Value[] {
  if (node.op === 'Const')
    return [constantValue(source.constants.get(node.name) ?? fail('INPUT_CORRUPT', `constant "${node.name}" is in no weights file`))];
  if (node.op === 'Placeholder') return [placeholder(node, source, graph)];
  if (node.op === 'NoOp') return [];
  const outputs = converted(TFJS_OPERATORS[node.op]!, node, inputs, graph);
  for (const output of outputs) followRows(node, inputs, output, graph);
  return outputs;
}

/** Operators whose inputs behind the first state sizes, which their rules read themselves. */
const TAKES_SIZES = new Set([
  'Reshape',
  'Fill',
  'BroadcastTo',
  'Tile',
  'StridedSlice',
  'Slice',
  'Conv2DBackpropInput',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
]);

/** Operators that read the sizes of a tensor and not what is in it. */
const READS_SIZES = new Set(['Shape', 'Size', 'Rank', 'ZerosLike', 'OnesLike']);

/** Keeps account of what depends on the rows: with a free batch, a computed tensor has its rows in front, and their number is in no element. */
function followRows(node: TfjsNode, inputs: readonly Value[], output: Value, graph: Conversion): void {
  if (inputs.includes(output)) return;
  output.fixed = READS_SIZES.has(node.op) || inputs.every(({ fixed }) => fixed);
  if (graph.batch !== 'rows') return;
  const counted = node.op === 'Shape' || node.op === 'Size' || (!TAKES_SIZES.has(node.op) && inputs.some((value) => value.counted));
  output.counted = counted && !output.constant && !areNumbers(output.ints);
  if (output.counted && (!output.fixed || output.datatype !== 'INT64')) graph.mixesRows(node);
  const { sizes } = output;
  const unclear = sizes === undefined || sizes.includes(undefined);
  if (unclear && inputs.some((value) => value.counted)) graph.mixesRows(node);
  if (!output.fixed && (sizes?.[0] !== ROWS || sizes.slice(1).includes(ROWS))) graph.mixesRows(node);
}

function writeOutput({ name: reference, tensorShape, dtype }: TfjsSignatureTensor, value: Value, graph: Conversion): void {
  const { onnx } = graph;
  const { name: node, at } = referenceOf(reference);
  const name = at === 0 ? node : `${node}:${at}`;
  if (graph.batch === 'rows' && value.sizes?.[0] !== ROWS) graph.mixesRows({ name, op: 'output' });
  const declared = sizesOf(tensorShape)?.map((size): Size => (size >= 0 ? size : undefined));
  const inferred = value.sizes?.map((size, axis) => size ?? (declared?.length === value.sizes!.length ? declared[axis] : undefined));
  const shape = (inferred ?? declared)?.map((size) => size ?? -1);
  const narrow = value.datatype === 'INT64' && (dtype === undefined || typeOf(dtype) === 'DT_INT32');
  if (narrow) onnx.node('Cast', [graph.packed(value)], { to: ONNX_INT32 }, name);
  else onnx.node('Identity', [graph.packed(value)], {}, name);
  onnx.output(name, narrow ? 'INT32' : value.datatype, shape);
}

/** Converts all nodes with one idea of what the batch is. @throws RowsMixed when it does not hold; Fault */
function convertGraph(source: Source, batch: Batch): OnnxGraph {
  const onnx = new OnnxGraph('tfjs');
  const inputs = source.nodes.filter(({ op }) => op === 'Placeholder');
  const one = inputs.every((node) => declaredInput(node, source.model).sizes[0] === 1);
  const graph = new Conversion(onnx, batch, one);
  const values = new Map<string, readonly Value[]>();
  const valueOf = (reference: string): Value => {
    const { name, at } = referenceOf(reference);
    return values.get(name)?.[at] ?? fail('INPUT_CORRUPT', `node "${name}" has no output ${at}`);
  };
  for (const node of source.nodes) {
    const data = node.input.filter((reference) => !reference.startsWith('^'));
    onnx.scope = node.name;
    values.set(node.name, convertNode(node, data.map(valueOf), source, graph));
  }
  onnx.scope = undefined;
  for (const output of source.outputs) writeOutput(output, valueOf(output.name), graph);
  onnx.prune();
  return onnx;
}

/** With a free batch where each row can be shown to be computed by itself, or else with one row. */
function convertBest(source: Source): OnnxGraph {
  try {
    return convertGraph(source, 'rows');
  } catch (error) {
    if (!(error instanceof RowsMixed) && !(error instanceof Fault && error.code === 'UNSUPPORTED')) throw error;
    return convertGraph(source, 'one');
  }
}

/**
 * Converts a TF.js graph model to an ONNX file (opset 13). Inputs and outputs keep the names of their nodes and their layout ([N, H, W, C]);
 * the same model gives the same bytes. `json` is the parsed `model.json`, `weights` the contents of the files that its manifest names, in order.
 *
 * A batch of 1 becomes free (size `N`) where every operator is shown to compute each row by itself: then a batch of three is three batches of one.
 * Otherwise the batch is 1, also where the file has it free; other sizes are those that the file declares. An input of whole numbers that are made floats first (the pictures of MoveNet) is FP32.
 * @throws Fault UNSUPPORTED naming operator and node, INPUT_CORRUPT naming what is wrong with a file, INVALID_ARGUMENT for an unknown output
 */
export function convertTfjs(json: unknown, weights: readonly Uint8Array[], options: TfjsOptions = {}): Uint8Array<ArrayBuffer> {
  const model = parseTfjs(json);
  const outputs = keptOutputs(model, options.outputs);
  checkOperators(neededNodes(model, outputs));
  const nodes = inOrder(model, outputs);
  const constants = decodeWeights(model, weights);
  try {
    return convertBest({ model, constants, outputs, nodes }).toBytes();
  } catch (error) {
    throw toFault(error, 'INPUT_CORRUPT', 'model.json: ');
  }
}
