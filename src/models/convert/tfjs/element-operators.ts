import { type Conversion, type Operator, type Value, type ValueType, inputOf, isPlanar, unsupported } from './conversion.js';
import { attribute } from './model.js';

type Write = (names: readonly string[], graph: Conversion, datatype: ValueType) => string;

/** The inputs in a common form: planar where a picture is at hand planar and the others can follow without a computation. */
function aligned(inputs: readonly Value[], graph: Conversion): { readonly names: readonly string[]; readonly planar: boolean } {
  if (inputs.some(isPlanar) && inputs.every((value) => value.planar !== undefined || value.constant || value.rank === 4)) {
    const names = inputs.map((value) => value.planar ?? graph.broadcastPlanar(value));
    if (names.every((name) => name !== undefined)) return { names, planar: true };
  }
  return { names: inputs.map((value) => graph.packed(value)), planar: false };
}

function rankOf(inputs: readonly Value[]): number | undefined {
  const ranks = inputs.map(({ rank, constant }) => rank ?? constant?.shape.length);
  return ranks.every((rank) => rank !== undefined) ? Math.max(...ranks) : undefined;
}

const elementwise =
  (arity: number, write: Write, answer?: ValueType): Operator =>
  (node, given, graph) => {
    const inputs = Array.from({ length: arity }, (_, at) => inputOf(node, given, at));
    const [{ datatype }] = inputs as [Value];
    const { names, planar } = aligned(inputs, graph);
    const name = write(names, graph, datatype);
    return [planar ? graph.fromPlanar(name, answer ?? datatype) : graph.fromPacked(name, answer ?? datatype, rankOf(inputs))];
  };

const as =
  (op: string): Write =>
  (names, { onnx }) =>
    onnx.node(op, names);

const unary = (op: string): Operator => elementwise(1, as(op));
const binary = (op: string): Operator => elementwise(2, as(op));
const compare = (op: string): Operator => elementwise(2, as(op), 'BOOL');

const floor: Write = ([a, b], { onnx }) => onnx.node('Floor', [onnx.node('Div', [a!, b!])]);

/** ONNX divides whole numbers towards zero, TensorFlow's floor division towards minus infinity; ONNX' remainder has the divisor's sign. */
const floorDiv: Write = (names, graph, datatype) => {
  const { onnx } = graph;
  if (datatype === 'FP32') return floor(names, graph, datatype);
  const [a, b] = names as [string, string];
  return onnx.node('Div', [onnx.node('Sub', [a, onnx.node('Mod', [a, b])]), b]);
};

const floorMod: Write = (names, graph, datatype) => {
  const { onnx } = graph;
  const [a, b] = names as [string, string];
  if (datatype !== 'FP32') return onnx.node('Mod', [a, b]);
  return onnx.node('Sub', [a, onnx.node('Mul', [floor(names, graph, datatype), b])]);
};

const ONNX_FLOAT = 1;
const ONNX_INT64 = 7;
const ONNX_BOOL = 9;
const CASTS: Readonly<Record<string, readonly [ValueType, number]>> = {
  DT_FLOAT: ['FP32', ONNX_FLOAT],
  DT_INT32: ['INT64', ONNX_INT64],
  DT_INT64: ['INT64', ONNX_INT64],
  DT_BOOL: ['BOOL', ONNX_BOOL],
};

const cast: Operator = (node, inputs, graph) => {
  const type = attribute.type(node, 'DstT') ?? 'DT_FLOAT';
  const [datatype, to] = CASTS[type] ?? unsupported(node, `${type} is not supported`);
  return elementwise(1, (names, { onnx }) => onnx.node('Cast', names, { to }), datatype)(node, inputs, graph);
};

/** Operators on one element at a time: they keep the form, packed or planar, of the pictures that they work on. */
export const ELEMENT_OPERATORS: Readonly<Record<string, Operator>> = {
  Add: binary('Add'),
  AddV2: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  FloorDiv: elementwise(2, floorDiv),
  FloorMod: elementwise(2, floorMod),
  Equal: compare('Equal'),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  Relu: unary('Relu'),
  Relu6: elementwise(1, ([name], { onnx }) => onnx.node('Clip', [name!, onnx.float(0), onnx.float(6)])),
  Sigmoid: unary('Sigmoid'),
  Sqrt: unary('Sqrt'),
  Exp: unary('Exp'),
  Cast: cast,
};
