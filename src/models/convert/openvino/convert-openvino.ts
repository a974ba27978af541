import { fail } from '../../../core/index.js';
import { OnnxGraph } from '../onnx-graph.js';
import { BatchBound, Conversion, DATATYPE_OF, outputKind, outputShape, type Operator, type Value } from './conversion.js';
import { ELEMENT_OPERATORS } from './element-operators.js';
import { attribute, corrupt, parseIr, unsupported, type IrLayer, type IrNet, type IrSource } from './ir-file.js';
import { layerOf, outputsOf, type IrOutput } from './ir-outputs.js';
import { readConst } from './ir-weights.js';
import { LEGACY_OPERATORS } from './legacy-operators.js';
import { PICTURE_OPERATORS } from './picture-operators.js';
import { SHAPE_OPERATORS } from './shape-operators.js';

export { OPENVINO_CONVERSION } from './version.js';

const constant: Operator = (layer, _inputs, graph) => [graph.constant(readConst(layer, graph.weights))];

/** An input of the network. A first axis of one is that of the batch. */
const parameter: Operator = (layer, _inputs, graph) => {
  const shape = outputShape(layer);
  const kind = outputKind(layer);
  if (kind === 'bool') unsupported(layer, 'an input of truth values is not supported');
  const batched = graph.freeBatch && shape.length > 1 && shape[0] === 1;
  const sizes = batched ? ['N', ...shape.slice(1)] : shape;
  const narrow = kind === 'int' && /^i32$/i.test(attribute.text(layer, 'element_type') ?? layer.outputs[0]?.precision ?? '');
  const name = graph.onnx.input(ownName(layer.name), narrow ? 'INT32' : DATATYPE_OF[kind], sizes);
  return [{ kind, shape, axis: batched ? 0 : undefined, name: narrow ? graph.castToInt(name) : name }];
};

/** Layers of version 10 and 11 that can be converted; a new one is one row in one of the tables. */
export const OPENVINO_OPERATORS: Readonly<Record<string, Operator>> = {
  Parameter: parameter,
  Const: constant,
  ...PICTURE_OPERATORS,
  ...ELEMENT_OPERATORS,
  ...SHAPE_OPERATORS,
};
const VERSION_3: Readonly<Record<string, Operator>> = { Input: parameter, ...LEGACY_OPERATORS };

/** How to convert. */
export interface OpenVinoOptions {
  /** Outputs to keep, by name; all of the network's when absent. What only others need is left out. */
  readonly outputs?: readonly string[];
}

/** Names made by the graph are of an operator, a colon and a number; layers may be called so too. */
const ownName = (name: string): string => (/^\w+:\d+$/.test(name) ? name.replace(':', '_') : name);

/** Inputs that are not looked at, because shapes are known beforehand: a `Reshape` needs no computed shape, and `ShapeOf` no contents. */
const LOOKS_AT: Readonly<Record<string, number>> = {
  ShapeOf: 0,
  Reshape: 1,
  Squeeze: 1,
  Unsqueeze: 1,
  Flatten: 1,
  Tile: 1,
  Broadcast: 1,
  Interpolate: 1,
};

const readsOf = (layer: IrLayer): (IrSource | undefined)[] =>
  layer.sources.slice(0, Object.hasOwn(LOOKS_AT, layer.type) ? LOOKS_AT[layer.type] : undefined);

const operatorsOf = (net: IrNet): Readonly<Record<string, Operator>> => (net.version < 10 ? VERSION_3 : OPENVINO_OPERATORS);

/** Layers that `outputs` need, each after those it reads. The way through the network is kept by hand: networks are deeper than the call stack. */
function neededLayers(net: IrNet, outputs: readonly IrOutput[]): IrLayer[] {
  const order: IrLayer[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = outputs.map(({ source, name }) => layerOf(net, source, name)).toReversed();
  while (stack.length > 0) {
    const layer = stack.at(-1)!;
    const before = readsOf(layer).map((source, at) => layerOf(net, source ?? corrupt(layer, `nothing is connected to input ${at + 1}`), layer.name));
    const waiting = before.filter(({ id }) => state.get(id) !== 'done');
    if (state.get(layer.id) === 'done') stack.pop();
    else if (state.get(layer.id) === 'open') {
      if (waiting.length > 0) unsupported(layer, 'it is part of a loop');
      state.set(layer.id, 'done');
      order.push(stack.pop()!);
    } else {
      state.set(layer.id, 'open');
      stack.push(...waiting.toReversed());
    }
  }
  return order;
}

/** Most names of layers of one type that a text lists. */
const LISTED = 5;

/** Tells of all layers without a rule at once. @throws Fault UNSUPPORTED naming types and layers */
function checkTypes(net: IrNet, layers: readonly IrLayer[]): void {
  const operators = operatorsOf(net);
  const unknown = layers.filter(({ type }) => !Object.hasOwn(operators, type));
  if (unknown.length === 0) return;
  const types = [...new Set(unknown.map(({ type }) => type))];
  const told = types.map((type) => {
    const names = unknown.filter((layer) => layer.type === type).map(({ name }) => `"${name}"`);
    const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
    return `${type} (${names.slice(0, LISTED).join(', ')}${more})`;
  });
  const advice = types.includes('FakeQuantize') ? '. FakeQuantize marks a network quantised to INT8: take its FP16 or FP32 files instead' : '';
  fail('UNSUPPORTED', `cannot convert ${unknown.length} layers, because there is no rule for their types: ${told.join('; ')}${advice}`);
}

/** Makes sure that all sizes are fixed. @throws Fault UNSUPPORTED naming the first layer with one that is not */
function checkShapes(layers: readonly IrLayer[]): void {
  for (const layer of layers) {
    const open = [...layer.inputs, ...layer.outputs].find(({ shape }) => shape.includes(-1));
    if (open)
      unsupported(
        layer,
        `its port ${open.id} has the shape [${open.shape.join(', ')}], which is not fixed; give the network fixed sizes (batch 1) and save it again`,
      );
  }
}

/** How the first axis of a batch is called; the same name in all inputs and outputs. */
const BATCH = 'N';

function writeOutput(output: IrOutput, value: Value, graph: Conversion, layer: IrLayer, picture: string | undefined): void {
  const { onnx } = graph;
  const { turn, repeat } = output;
  const name = ownName(output.name);
  if (value.name === name) unsupported(layer, 'the network answers its own input');
  const order = value.shape.map((_, at) => (at < 2 ? 1 - at : at));
  const shape = turn ? order.map((at) => value.shape[at]!) : value.shape;
  const axis = turn && value.axis !== undefined ? order[value.axis] : value.axis;
  let written = turn ? onnx.node('Transpose', [graph.name(value)], { perm: order }) : graph.name(value);
  const repeated = repeat && graph.freeBatch && axis === undefined && shape[0] === 1 && picture !== undefined;
  if (repeated) {
    const rows = onnx.node('Slice', [onnx.node('Shape', [picture]), onnx.ints([0]), onnx.ints([1])]);
    written = onnx.node('Expand', [written, onnx.node('Concat', [rows, onnx.ints(shape.slice(1).map(() => 1))], { axis: 0 })]);
  } else if (graph.freeBatch && (axis !== 0 || shape[0] !== 1)) throw new BatchBound(layer);
  onnx.node('Identity', [written], {}, name);
  onnx.output(name, DATATYPE_OF[value.kind], axis === 0 || repeated ? [BATCH, ...shape.slice(1)] : shape);
}

function write(net: IrNet, weights: Uint8Array, outputs: readonly IrOutput[], layers: readonly IrLayer[], freeBatch: boolean): OnnxGraph {
  const onnx = new OnnxGraph(net.name || 'openvino');
  const graph = new Conversion(onnx, weights, freeBatch);
  const values = new Map<string, readonly Value[]>();
  const valueAt = (source: IrSource, reader: string): Value => {
    const layer = layerOf(net, source, reader);
    const port = layer.outputs.findIndex(({ id }) => id === source.port);
    if (port < 0) corrupt(layer, `has no output ${source.port}, which "${reader}" reads`);
    return values.get(layer.id)?.[port] ?? unsupported(layer, `its output ${port} is read`);
  };
  for (const layer of layers) {
    const inputs = readsOf(layer).map((source) => valueAt(source!, layer.name));
    values.set(layer.id, operatorsOf(net)[layer.type]!(layer, inputs, graph));
  }
  const picture = layers.flatMap(({ id }) => values.get(id)!).find(({ axis }) => axis === 0)?.name;
  for (const output of outputs) writeOutput(output, valueAt(output.source, output.name), graph, layerOf(net, output.source, output.name), picture);
  return onnx;
}

/**
 * Converts a network in OpenVINO's intermediate representation (versions 3, 10 and 11; FP32 or FP16) to an ONNX file (opset 13). Inputs and
 * outputs keep the names of their layers and their layout; heads that pick boxes or letters are cut off, as the names of the outputs then tell:
 * `loc`, `conf` and `priors` before `DetectionOutput`, `logits` [N, T, C] before `CTCGreedyDecoder`. The first axis is free wherever every layer
 * can be shown to treat the pictures of a batch apart; elsewhere it keeps the size of the file. The same network gives the same bytes.
 * `xml` and `weights` are the contents of the `.xml` and the `.bin` file.
 * @throws Fault UNSUPPORTED naming types and layers, INPUT_CORRUPT naming what is wrong with a file, INVALID_ARGUMENT for an unknown output
 */
export function convertOpenVino(xml: string | Uint8Array, weights: Uint8Array, options: OpenVinoOptions = {}): Uint8Array<ArrayBuffer> {
  const net = parseIr(xml);
  const outputs = outputsOf(net, options.outputs);
  const layers = neededLayers(net, outputs);
  checkTypes(net, layers);
  checkShapes(layers);
  try {
    return write(net, weights, outputs, layers, true).toBytes();
  } catch (error) {
    if (!(error instanceof BatchBound)) throw error;
    return write(net, weights, outputs, layers, false).toBytes();
  }
}
