import { elementCount } from '../../../core/index.js';
import { broadcastAxis, inputOf, outputShape, type Conversion, type Operator, type Value } from './conversion.js';
import { ELEMENT_OPERATORS, leakyRelu } from './element-operators.js';
import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';
import { readBlob, type ElementType } from './ir-weights.js';
import { convolve, pool } from './picture-operators.js';
import { priorBoxes, type Extent } from './prior-boxes.js';
import { reshape, SHAPE_OPERATORS, softmax, transpose } from './shape-operators.js';

const PRECISIONS: Readonly<Record<string, ElementType>> = { FP32: 'f32', FP16: 'f16', I32: 'i32', I64: 'i64' };

/** Weights of version 3: a named stretch that belongs to the layer. Undefined where it has none of that name. */
function blobOf(layer: IrLayer, name: string, shape: readonly number[], { weights }: Conversion): Value | undefined {
  if (!Object.hasOwn(layer.blobs, name)) return undefined;
  const precision = layer.precision ?? 'FP32';
  const type = Object.hasOwn(PRECISIONS, precision) ? PRECISIONS[precision]! : unsupported(layer, `its weights are ${precision}`);
  return { kind: type === 'f32' || type === 'f16' ? 'float' : 'int', shape, constant: readBlob(layer, layer.blobs[name]!, type, shape, weights) };
}

const neededBlob = (layer: IrLayer, name: string, shape: readonly number[], graph: Conversion): Value =>
  blobOf(layer, name, shape, graph) ?? corrupt(layer, `has no ${name}`);

const convolution: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const [group, out] = [attribute.int(layer, 'group', 1), attribute.int(layer, 'output', 0)];
  const shape = [out, (value.shape[1] ?? 0) / group, ...attribute.ints(layer, 'kernel')];
  if (!shape.every((size) => Number.isInteger(size) && size > 0)) corrupt(layer, `its filters would be [${shape.join(', ')}]`);
  const filters = neededBlob(layer, 'weights', shape, graph);
  const bias = blobOf(layer, 'biases', [out], graph);
  return [convolve(layer, value, { name: graph.name(filters), shape, group }, graph, bias ? [graph.name(bias)] : [])];
};

const fullyConnected: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  const out = attribute.int(layer, 'out-size', 0);
  const size = elementCount(value.shape.slice(1));
  const filters = neededBlob(layer, 'weights', [out, size], graph);
  const bias = blobOf(layer, 'biases', [out], graph);
  const axis = graph.keep(layer, value.axis, value.axis === 0);
  const flat = onnx.node('Flatten', [graph.name(value)], { axis: 1 });
  return [graph.node(layer, 'Gemm', [flat, graph.name(filters), ...(bias ? [graph.name(bias)] : [])], { transB: 1 }, axis)];
};

/** A factor and a summand for each channel. */
const scaleShift: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  const channels = value.shape[1] ?? corrupt(layer, 'has no channels');
  const shape = [channels, ...value.shape.slice(2).map(() => 1)];
  const perChannel = (name: string): string | undefined => {
    const blob = blobOf(layer, name, [channels], graph);
    return blob && graph.storeAs(blob.constant!, shape);
  };
  const [factor, summand] = [perChannel('weights'), perChannel('biases')];
  const scaled = factor === undefined ? graph.name(value) : onnx.node('Mul', [graph.name(value), factor]);
  const shifted = summand === undefined ? scaled : onnx.node('Add', [scaled, summand]);
  return [graph.value(layer, shifted, graph.keep(layer, value.axis, value.axis !== 1))];
};

const ELTWISE: Readonly<Record<string, string>> = { sum: 'Add', add: 'Add', mul: 'Mul', prod: 'Mul', max: 'Max', min: 'Min', sub: 'Sub', div: 'Div' };

const eltwise: Operator = (layer, inputs, graph) => {
  const operation = attribute.text(layer, 'operation') ?? 'sum';
  const op = Object.hasOwn(ELTWISE, operation) ? ELTWISE[operation]! : unsupported(layer, `its operation is ${operation}`);
  if (attribute.floats(layer, 'coeff').some((factor) => factor !== 1)) unsupported(layer, 'it weighs its inputs (coeff)');
  if (inputs.length < 2) corrupt(layer, `has ${inputs.length} inputs`);
  const axis = broadcastAxis(layer, inputs, outputShape(layer));
  const name = inputs.map((value) => graph.name(value)).reduce((left, right) => graph.onnx.node(op, [left, right]));
  return [graph.value(layer, name, axis)];
};

const pooling: Operator = (layer, inputs, graph) => {
  const method = attribute.text(layer, 'pool-method') ?? 'max';
  if (method !== 'max' && method !== 'avg') unsupported(layer, `its pool-method is ${method}`);
  return [pool(layer, inputOf(layer, inputs, 0), method === 'max' ? 'MaxPool' : 'AveragePool', graph)];
};

/** (scale x + shift) to a power. */
const power: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  const [exponent, scale, shift] = [attribute.float(layer, 'power', 1), attribute.float(layer, 'scale', 1), attribute.float(layer, 'shift', 0)];
  const linear = onnx.node('Add', [onnx.node('Mul', [graph.name(value), onnx.float(scale)]), onnx.float(shift)]);
  return [graph.value(layer, exponent === 1 ? linear : onnx.node('Pow', [linear, onnx.float(exponent)]), value.axis)];
};

/** Default boxes of a feature map on a picture, whose sizes are those of the two inputs. */
const priors: Operator = (layer, inputs, graph) => {
  const extent = (at: number): Extent => {
    const { shape } = inputOf(layer, inputs, at);
    return shape.length === 4 ? [shape[2]!, shape[3]!] : corrupt(layer, `input ${at + 1} has ${shape.length} axes; 4 are needed`);
  };
  const shape = outputShape(layer);
  const boxes = priorBoxes(layer, extent(0), extent(1), elementCount(shape) / 2);
  return [graph.constant({ type: 'f32', shape, bytes: new Uint8Array(boxes.buffer) })];
};

/** Layers of version 3 that can be converted. */
export const LEGACY_OPERATORS: Readonly<Record<string, Operator>> = {
  Const: (layer, _inputs, graph) => [neededBlob(layer, 'custom', outputShape(layer), graph)],
  Convolution: convolution,
  FullyConnected: fullyConnected,
  ScaleShift: scaleShift,
  Eltwise: eltwise,
  Pooling: pooling,
  Power: power,
  Permute: (layer, inputs, graph) => [transpose(layer, inputOf(layer, inputs, 0), attribute.ints(layer, 'order'), graph)],
  Flatten: reshape,
  Reshape: reshape,
  Concat: SHAPE_OPERATORS['Concat']!,
  SoftMax: softmax,
  ReLU: leakyRelu,
  Clamp: ELEMENT_OPERATORS['Clamp']!,
  Sigmoid: ELEMENT_OPERATORS['Sigmoid']!,
  PriorBox: priors,
  PriorBoxClustered: priors,
};
