import { type Conversion, type Operator, type Value, type ValueType, constantValue, inputOf, isPlanar, unsupported } from './conversion.js';
import { attribute } from './model.js';
import { areNumbers, broadcast, type Size, type Sizes } from './sizes.js';

type Write = (names: readonly string[], graph: Conversion, datatype: ValueType) => string;

/** Names of `inputs` in a common form: planar where one was computed so and the others can follow. */
export function aligned(inputs: readonly Value[], graph: Conversion): { readonly names: readonly string[]; readonly planar: boolean } {
  if (inputs.some(isPlanar)) {
    const names = inputs.map((value) => graph.broadcastPlanar(value));
    if (names.every((name) => name !== undefined)) return { names, planar: true };
  }
  return { names: inputs.map((value) => graph.packed(value)), planar: false };
}

interface Element {
  /** Type of the answer, where it is not that of the first input. */
  readonly answer?: ValueType;
  /** The same on whole numbers, for sizes that are computed from sizes. */
  readonly count?: (a: number, b: number) => number;
}

/** Sizes that are computed from sizes, as far as they are known; undefined when these inputs are not sizes. */
function counted(
  [a, b]: readonly Value[],
  count: Element['count'],
): { readonly ints: readonly Size[]; readonly sizes: readonly [] | readonly [number] } | undefined {
  if (!count || !a?.ints || !b?.ints) return undefined;
  const length = Math.max(a.ints.length, b.ints.length);
  const at = ({ ints }: Value, i: number): Size => (ints!.length === 1 ? ints![0] : ints![i]);
  const one = (x: Size, y: Size): Size => {
    if (typeof x === 'number' && typeof y === 'number') return count(x, y);
    // The rows times 1, or divided by it.
    return y === 1 && count(7, 1) === 7 && count(5, 1) === 5 ? x : x === 1 && count(1, 7) === 7 ? y : undefined;
  };
  const ints = Array.from({ length }, (_, i) => one(at(a, i), at(b, i)));
  return { ints, sizes: a.sizes!.length + b.sizes!.length === 0 ? [] : [length] };
}

/** An operator on elements: inputs that stretch to a common shape, one output of that shape. */
export const elementwise =
  (arity: number, write: Write, { answer, count }: Element = {}): Operator =>
  (node, given, graph) => {
    const inputs = Array.from({ length: arity }, (_, at) => inputOf(node, given, at));
    const [{ datatype }] = inputs as [Value];
    const known = counted(inputs, count);
    if (known)
      return [
        graph.whole(known.ints, known.sizes, () =>
          write(
            inputs.map((value) => graph.packed(value)),
            graph,
            datatype,
          ),
        ),
      ];
    const { names, planar } = aligned(inputs, graph);
    const name = write(names, graph, datatype);
    const sizes = broadcast(inputs.map((value) => value.sizes));
    return [planar ? graph.fromPlanar(name, sizes, answer ?? datatype) : graph.fromPacked(name, answer ?? datatype, sizes)];
  };

const as =
  (op: string): Write =>
  (names, { onnx }) =>
    onnx.node(op, names);

const unary = (op: string): Operator => elementwise(1, as(op));
const compare = (op: string): Operator => elementwise(2, as(op), { answer: 'BOOL' });

/** ONNX divides whole numbers towards zero, TensorFlow's floor division towards minus infinity; ONNX' remainder has the divisor's sign. */
const floorDiv: Write = (names, { onnx }, datatype) => {
  const [a, b] = names as [string, string];
  if (datatype === 'FP32') return onnx.node('Floor', [onnx.node('Div', names)]);
  return onnx.node('Div', [onnx.node('Sub', [a, onnx.node('Mod', [a, b])]), b]);
};

/** TF.js divides whole numbers by floor division. */
const divide: Write = (names, graph, datatype) => (datatype === 'FP32' ? graph.onnx.node('Div', names) : floorDiv(names, graph, datatype));

const floorMod: Write = ([a, b], { onnx }, datatype) => {
  if (datatype !== 'FP32') return onnx.node('Mod', [a!, b!]);
  const remainder = onnx.node('Mod', [a!, b!], { fmod: 1 });
  return onnx.node('Mod', [onnx.node('Add', [remainder, b!]), b!], { fmod: 1 });
};

const divNoNan: Write = ([a, b], { onnx }) =>
  onnx.node('Where', [onnx.node('Equal', [b!, onnx.float(0)]), onnx.float(0), onnx.node('Div', [a!, b!])]);

/** The angle of (x, y) by its quadrant: ONNX has the arc tangent of one number only. */
const atan2: Write = ([y, x], { onnx }) => {
  const zero = onnx.float(0);
  const angle = onnx.node('Atan', [onnx.node('Div', [y!, x!])]);
  const below = onnx.node('Less', [y!, zero]);
  const turned = onnx.node('Add', [angle, onnx.node('Where', [below, onnx.float(-Math.PI), onnx.float(Math.PI)])]);
  const upright = onnx.node('Mul', [onnx.node('Sign', [y!]), onnx.float(Math.PI / 2)]);
  const left = onnx.node('Where', [onnx.node('Less', [x!, zero]), turned, upright]);
  return onnx.node('Where', [onnx.node('Greater', [x!, zero]), angle, left]);
};

const relu: Write = (names, { onnx }, datatype) => (datatype === 'FP32' ? onnx.node('Relu', names) : onnx.node('Max', [names[0]!, onnx.ints(0)]));
const relu6: Write = ([name], { onnx }, datatype) =>
  datatype === 'FP32' ? onnx.node('Clip', [name!, onnx.float(0), onnx.float(6)]) : onnx.node('Clip', [name!, onnx.ints(0), onnx.ints(6)]);
const square: Write = ([name], { onnx }) => onnx.node('Mul', [name!, name!]);
const squaredDifference: Write = (names, graph, datatype) => square([graph.onnx.node('Sub', names)], graph, datatype);
const rsqrt: Write = (names, { onnx }) => onnx.node('Reciprocal', [onnx.node('Sqrt', names)]);
const log1p: Write = ([name], { onnx }) => onnx.node('Log', [onnx.node('Add', [name!, onnx.float(1)])]);
const expm1: Write = ([name], { onnx }) => onnx.node('Sub', [onnx.node('Exp', [name!]), onnx.float(1)]);

const ONNX_FLOAT = 1;
const ONNX_INT64 = 7;
const ONNX_BOOL = 9;
const CASTS: Readonly<Record<string, readonly [ValueType, number]>> = {
  DT_FLOAT: ['FP32', ONNX_FLOAT],
  DT_UINT8: ['INT64', ONNX_INT64],
  DT_INT32: ['INT64', ONNX_INT64],
  DT_INT64: ['INT64', ONNX_INT64],
  DT_BOOL: ['BOOL', ONNX_BOOL],
};

const cast: Operator = (node, inputs, graph) => {
  const type = attribute.type(node, 'DstT') ?? 'DT_FLOAT';
  const [datatype, to] = CASTS[type] ?? unsupported(node, `${type} is not supported`);
  const value = inputOf(node, inputs, 0);
  if (value.datatype === datatype) return [value];
  if (datatype === 'FP32' && areNumbers(value.ints))
    return [constantValue({ datatype, shape: value.sizes as number[], data: Float32Array.from(value.ints) })];
  return elementwise(1, (names, { onnx }) => onnx.node('Cast', names, { to }), { answer: datatype })(node, inputs, graph);
};

const leakyRelu: Operator = (node, inputs, graph) => {
  const alpha = { float: attribute.float(node, 'alpha', 0.2) };
  return elementwise(1, (names, { onnx }) => onnx.node('LeakyRelu', names, { alpha }))(node, inputs, graph);
};

const clip: Write = ([name, low, high], { onnx }) => onnx.node('Min', [onnx.node('Max', [name!, low!]), high!]);

const addAll: Operator = (node, inputs, graph) => elementwise(inputs.length, as('Sum'))(node, inputs, graph);

/** The answer has the type of what is picked, not of the condition. */
const select: Operator = (node, inputs, graph) => elementwise(3, as('Where'), { answer: inputOf(node, inputs, 1).datatype })(node, inputs, graph);

/** A tensor of equal numbers in the shape of another. */
const alike =
  (number: 0 | 1): Operator =>
  (node, inputs, graph) => {
    const { onnx } = graph;
    const value = inputOf(node, inputs, 0);
    const shape = onnx.node('Shape', [graph.packed(value)]);
    const filler = { FP32: () => onnx.float(number), INT64: () => onnx.ints(number), BOOL: () => onnx.constant('BOOL', [], Uint8Array.of(number)) };
    return [graph.fromPacked(onnx.node('Expand', [filler[value.datatype](), shape]), value.datatype, value.sizes as Sizes)];
  };

const add = elementwise(2, as('Add'), { count: (a, b) => a + b });
const prelu = elementwise(2, as('PRelu'));
const division = elementwise(2, divide, { count: (a, b) => Math.floor(a / b) });
const mod = elementwise(2, floorMod);

/** Operators on one element at a time: they keep the form, packed or planar, of the pictures that they work on. */
export const ELEMENT_OPERATORS: Readonly<Record<string, Operator>> = {
  Add: add,
  AddV2: add,
  AddN: addAll,
  BiasAdd: add,
  Sub: elementwise(2, as('Sub'), { count: (a, b) => a - b }),
  Mul: elementwise(2, as('Mul'), { count: (a, b) => a * b }),
  RealDiv: division,
  Div: division,
  DivNoNan: elementwise(2, divNoNan),
  Maximum: elementwise(2, as('Max'), { count: Math.max }),
  Minimum: elementwise(2, as('Min'), { count: Math.min }),
  Pow: elementwise(2, as('Pow')),
  SquaredDifference: elementwise(2, squaredDifference),
  FloorDiv: elementwise(2, floorDiv, { count: (a, b) => Math.floor(a / b) }),
  FloorMod: mod,
  Mod: mod,
  Atan2: elementwise(2, atan2),
  Equal: compare('Equal'),
  NotEqual: elementwise(2, (names, { onnx }) => onnx.node('Not', [onnx.node('Equal', names)]), { answer: 'BOOL' }),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  LogicalNot: unary('Not'),
  Relu: elementwise(1, relu),
  Relu6: elementwise(1, relu6),
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Elu: unary('Elu'),
  Selu: unary('Selu'),
  Softplus: unary('Softplus'),
  Sigmoid: unary('Sigmoid'),
  ClipByValue: elementwise(3, clip),
  Abs: unary('Abs'),
  Neg: unary('Neg'),
  Sign: unary('Sign'),
  Sqrt: unary('Sqrt'),
  Rsqrt: elementwise(1, rsqrt),
  Square: elementwise(1, square),
  Reciprocal: unary('Reciprocal'),
  Exp: unary('Exp'),
  Expm1: elementwise(1, expm1),
  Log: unary('Log'),
  Log1p: elementwise(1, log1p),
  Erf: unary('Erf'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: unary('Tan'),
  Asin: unary('Asin'),
  Acos: unary('Acos'),
  Atan: unary('Atan'),
  Sinh: unary('Sinh'),
  Cosh: unary('Cosh'),
  Tanh: unary('Tanh'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  IsNan: elementwise(1, as('IsNaN'), { answer: 'BOOL' }),
  Select: select,
  SelectV2: select,
  ZerosLike: alike(0),
  OnesLike: alike(1),
  Cast: cast,
};
