import { broadcastAxis, inputOf, knownInts, outputShape, type Conversion, type Operator, type Value } from './conversion.js';
import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';
import { foldPair } from './known-ints.js';

const checkBroadcast = (layer: IrLayer): void => {
  const mode = attribute.text(layer, 'auto_broadcast') ?? 'numpy';
  if (mode !== 'numpy' && mode !== 'none') unsupported(layer, `its auto_broadcast is ${mode}`);
};

/** Two tensors broadcast against each other. */
const pair =
  (op: string): Operator =>
  (layer, inputs, graph) => {
    checkBroadcast(layer);
    const both = [inputOf(layer, inputs, 0), inputOf(layer, inputs, 1)] as const;
    const folded = foldPair(layer, both);
    if (folded) return [folded];
    if (op === 'Div' && both[0].kind === 'int') unsupported(layer, 'it divides whole numbers that the network computes');
    return [
      graph.node(
        layer,
        op,
        both.map((value) => graph.name(value)),
        {},
        broadcastAxis(layer, both, outputShape(layer)),
      ),
    ];
  };

/** A function of each element: writes nodes that read `name`, and answers the last one's output. */
type ElementFunction = (name: string, layer: IrLayer, graph: Conversion) => string;

const each =
  (write: ElementFunction): Operator =>
  (layer, inputs, graph) => {
    const value = inputOf(layer, inputs, 0);
    return [graph.value(layer, write(graph.name(value), layer, graph), value.axis)];
  };

const plain = (op: string): Operator => each((name, _layer, { onnx }) => onnx.node(op, [name]));

/** Of version 3, which writes a leak into it. */
export const leakyRelu: Operator = each((name, layer, { onnx }) => {
  const slope = attribute.float(layer, 'negative_slope', 0);
  return slope === 0 ? onnx.node('Relu', [name]) : onnx.node('LeakyRelu', [name], { alpha: { float: slope } });
});

const clamp: ElementFunction = (name, layer, { onnx }) => {
  const [low, high] = [attribute.float(layer, 'min', Number.NaN), attribute.float(layer, 'max', Number.NaN)];
  if (Number.isNaN(low) || Number.isNaN(high)) corrupt(layer, 'lacks min or max');
  return onnx.node('Clip', [name, onnx.float(low), onnx.float(high)]);
};

const hardSigmoid = (name: string, { onnx }: Conversion): string =>
  onnx.node('HardSigmoid', [name], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });

/** x times sigmoid(x); a `beta` other than 1 is not supported. */
const swish: Operator = (layer, inputs, graph) => {
  if (inputs.length > 1) unsupported(layer, 'it has a beta');
  return each((name, _layer, { onnx }) => onnx.node('Mul', [name, onnx.node('Sigmoid', [name])]))(layer, inputs, graph);
};

/** A slope for each channel comes as a plain list; ONNX wants it shaped to be broadcast. */
const prelu: Operator = (layer, inputs, graph) => {
  const [value, slope] = [inputOf(layer, inputs, 0), inputOf(layer, inputs, 1)];
  if (slope.axis !== undefined) unsupported(layer, 'its slope is computed by the network');
  const channels = slope.shape[0] ?? 1;
  const perChannel = slope.shape.length === 1 && channels > 1 && value.shape.length > 1;
  if (perChannel && channels !== value.shape[1]) unsupported(layer, `its slope has ${channels} numbers for ${value.shape[1]} channels`);
  const shape = [channels, ...value.shape.slice(2).map(() => 1)];
  const shaped = perChannel ? graph.onnx.node('Reshape', [graph.name(slope), graph.onnx.ints(shape)]) : graph.name(slope);
  const like: Value = perChannel ? { ...slope, shape } : slope;
  return [graph.node(layer, 'PRelu', [graph.name(value), shaped], {}, broadcastAxis(layer, [value, like], value.shape))];
};

/** Changes the type of elements. All floats are FP32 here and all whole numbers INT64, so most of these do nothing. */
const convert: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const { kind } = graph.value(layer, '', undefined);
  if (kind === value.kind) return [value];
  if (kind === 'bool') unsupported(layer, 'it makes truth values');
  const known = knownInts(value);
  const name = kind === 'float' ? graph.castToFloat(graph.name(value)) : graph.castToInt(graph.name(value));
  return [{ ...graph.value(layer, name, value.axis), ...(known && kind === 'int' ? { ints: known } : {}) }];
};

/** Operators that work on each element by itself. */
export const ELEMENT_OPERATORS: Readonly<Record<string, Operator>> = {
  Add: pair('Add'),
  Subtract: pair('Sub'),
  Multiply: pair('Mul'),
  Divide: pair('Div'),
  Maximum: pair('Max'),
  Minimum: pair('Min'),
  Power: pair('Pow'),
  Convert: convert,
  ReLU: plain('Relu'),
  PReLU: prelu,
  Elu: each((name, layer, { onnx }) => onnx.node('Elu', [name], { alpha: { float: attribute.float(layer, 'alpha', 1) } })),
  Clamp: each(clamp),
  Sigmoid: plain('Sigmoid'),
  Tanh: plain('Tanh'),
  Exp: plain('Exp'),
  Log: plain('Log'),
  Sqrt: plain('Sqrt'),
  Abs: plain('Abs'),
  Negative: plain('Neg'),
  Floor: plain('Floor'),
  Ceiling: plain('Ceil'),
  SoftPlus: plain('Softplus'),
  Mish: each((name, _layer, { onnx }) => onnx.node('Mul', [name, onnx.node('Tanh', [onnx.node('Softplus', [name])])])),
  Swish: swish,
  HSigmoid: each((name, _layer, graph) => hardSigmoid(name, graph)),
  HSwish: each((name, _layer, graph) => graph.onnx.node('Mul', [name, hardSigmoid(name, graph)])),
};
