import { didYouMean, fail } from '../../../core/index.js';
import { OnnxGraph } from '../onnx-graph.js';
import { Conversion, type Operator, type Value, type ValueType, unsupported } from './conversion.js';
import { ELEMENT_OPERATORS } from './element-operators.js';
import { attribute, parseTfjs, sizesOf, typeOf, type TfjsModel, type TfjsNode, type TfjsSignatureTensor } from './model.js';
import { PICTURE_OPERATORS } from './picture-operators.js';
import { SHAPE_OPERATORS } from './shape-operators.js';
import { decodeWeights, type TfjsConstant } from './weights.js';

export { TFJS_CONVERSION } from './version.js';

/** Every operator that can be converted; a new one is one row in one of the tables. */
export const TFJS_OPERATORS: Readonly<Record<string, Operator>> = { ...PICTURE_OPERATORS, ...ELEMENT_OPERATORS, ...SHAPE_OPERATORS };

/** How to convert. */
export interface TfjsOptions {
  /** Outputs to keep, by the names of their nodes; all of the model's when absent. What only others need is left out. */
  readonly outputs?: readonly string[];
}

/** A node's name and which of its outputs, of a reference such as `^a/b`, `a/b` or `a/b:1`. */
function referenceOf(reference: string): { readonly name: string; readonly at: number } {
  const [name = '', at = '0'] = reference.replace(/^\^/, '').split(':');
  return { name, at: Number(at) };
}

const signatureOf = (model: TfjsModel) => model.signature ?? model.userDefinedMetadata?.signature ?? {};

/** What the model answers: by its signature, or else every node that nobody reads. */
function outputsOf(model: TfjsModel): TfjsSignatureTensor[] {
  const { node } = model.modelTopology;
  const known = new Set(node.map(({ name }) => name));
  const named = Object.values(signatureOf(model).outputs ?? {});
  if (named.length > 0 && named.every(({ name }) => known.has(referenceOf(name).name))) return named;
  const read = new Set(node.flatMap(({ input }) => input.map((reference) => referenceOf(reference).name)));
  return node.filter(({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder'].includes(op));
}

function keptOutputs(model: TfjsModel, wanted: readonly string[] | undefined): TfjsSignatureTensor[] {
  const all = outputsOf(model);
  if (!wanted) return all;
  const names = all.map(({ name }) => referenceOf(name).name);
  return wanted.map(
    (name) =>
      all[names.indexOf(name)] ?? fail('INVALID_ARGUMENT', `outputs: no output "${name}".${didYouMean(name, names)} There are ${names.join(', ')}`),
  );
}

/** Nodes that `outputs` need, each after those it reads. The way through the graph is kept by hand: networks are deeper than the call stack. */
function neededNodes(model: TfjsModel, outputs: readonly TfjsSignatureTensor[]): TfjsNode[] {
  const byName = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  const find = (name: string, reader: string): TfjsNode =>
    byName.get(name) ?? fail('INPUT_CORRUPT', `"${reader}" reads node "${name}", which does not exist`);
  const order: TfjsNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = outputs.map(({ name }) => find(referenceOf(name).name, 'the signature')).toReversed();
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    const inputs = node.input.map((reference) => find(referenceOf(reference).name, node.name)).filter(({ name }) => state.get(name) !== 'done');
    if (state.get(node.name) === 'done') stack.pop();
    else if (state.get(node.name) === 'open') {
      if (inputs.length > 0) unsupported(node, 'it is part of a loop');
      state.set(node.name, 'done');
      order.push(stack.pop()!);
    } else {
      state.set(node.name, 'open');
      stack.push(...inputs.toReversed());
    }
  }
  return order;
}

const INPUT_TYPES: Readonly<Record<string, ValueType>> = { DT_FLOAT: 'FP32', DT_INT32: 'INT64', DT_BOOL: 'BOOL' };
const ONNX_INT64 = 7;
const ONNX_INT32 = 6;

/** An input of the network. Whole numbers are 32 bits wide outside, as in TensorFlow, and 64 inside. */
function placeholder(node: TfjsNode, model: TfjsModel, { onnx }: Conversion): Value {
  const declared = Object.values(signatureOf(model).inputs ?? {}).find(({ name }) => referenceOf(name).name === node.name);
  const shape = sizesOf(declared?.tensorShape) ?? sizesOf(node.attr['shape']?.shape) ?? unsupported(node, 'its shape is unknown');
  const type = attribute.type(node, 'dtype') ?? 'DT_FLOAT';
  const datatype = INPUT_TYPES[type] ?? unsupported(node, `an input of ${type} is not supported`);
  const sizes = shape.map((size, axis) => (size < 0 && axis === 0 ? 'N' : size));
  const name = onnx.input(node.name, datatype === 'INT64' ? 'INT32' : datatype, sizes);
  return { datatype, rank: shape.length, packed: datatype === 'INT64' ? onnx.node('Cast', [name], { to: ONNX_INT64 }) : name };
}

/** A constant; a missing one is a mistake of the file. */
function constant(node: TfjsNode, constants: ReadonlyMap<string, TfjsConstant>): Value {
  const found = constants.get(node.name) ?? fail('INPUT_CORRUPT', `constant "${node.name}" is in no weights file`);
  return { datatype: found.datatype, rank: found.shape.length, constant: found };
}

function writeOutput({ name: reference, tensorShape, dtype }: TfjsSignatureTensor, value: Value, graph: Conversion): void {
  const { onnx } = graph;
  const { name: node, at } = referenceOf(reference);
  const name = at === 0 ? node : `${node}:${at}`;
  const shape = sizesOf(tensorShape)?.map((size, axis) => (size < 0 && axis === 0 ? 'N' : size));
  const narrow = value.datatype === 'INT64' && (dtype === undefined || typeOf(dtype) === 'DT_INT32');
  if (narrow) onnx.node('Cast', [graph.packed(value)], { to: ONNX_INT32 }, name);
  else onnx.node('Identity', [graph.packed(value)], {}, name);
  onnx.output(name, narrow ? 'INT32' : value.datatype, shape);
}

/**
 * Converts a TF.js graph model to an ONNX file (opset 13). Inputs and outputs keep the names of their nodes and their layout ([N, H, W, C]);
 * the same model gives the same bytes. `json` is the parsed `model.json`, `weights` the contents of the files that its manifest names, in order.
 * @throws Fault UNSUPPORTED naming operator and node, INPUT_CORRUPT naming what is wrong with a file, INVALID_ARGUMENT for an unknown output
 */
export function convertTfjs(json: unknown, weights: readonly Uint8Array[], options: TfjsOptions = {}): Uint8Array<ArrayBuffer> {
  const model = parseTfjs(json);
  const constants = decodeWeights(model, weights);
  const outputs = keptOutputs(model, options.outputs);
  const onnx = new OnnxGraph('tfjs');
  const graph = new Conversion(onnx);
  const values = new Map<string, readonly Value[]>();
  const valueOf = (reference: string): Value => {
    const { name, at } = referenceOf(reference);
    return values.get(name)?.[at] ?? fail('INPUT_CORRUPT', `node "${name}" has no output ${at}`);
  };
  for (const node of neededNodes(model, outputs)) values.set(node.name, convertNode(node, valueOf, { model, constants, graph }));
  for (const output of outputs) writeOutput(output, valueOf(output.name), graph);
  return onnx.toBytes();
}

interface Source {
  readonly model: TfjsModel;
  readonly constants: ReadonlyMap<string, TfjsConstant>;
  readonly graph: Conversion;
}

function convertNode(node: TfjsNode, valueOf: (reference: string) => Value, { model, constants, graph }: Source): readonly Value[] {
  if (node.op === 'Const') return [constant(node, constants)];
  if (node.op === 'Placeholder') return [placeholder(node, model, graph)];
  const convert = Object.hasOwn(TFJS_OPERATORS, node.op) ? TFJS_OPERATORS[node.op]! : unsupported(node, 'there is no rule for it yet');
  const data = node.input.filter((reference) => !reference.startsWith('^'));
  return convert(node, data.map(valueOf), graph);
}
