import {
  type Conversion,
  type Operator,
  type Value,
  constantValue,
  countOf,
  inputOf,
  isPlanar,
  numberOf,
  numbersOf,
  unsupported,
} from './conversion.js';
import { attribute, type TfjsNode } from './model.js';
import { areNumbers, broadcast, elementsOf, fromEnd, ROWS, type Size, type Sizes, unknownSizes } from './sizes.js';

const TO_PLANAR = '0,3,1,2';
const TO_PACKED = '0,2,3,1';

/** `value` with other sizes over the same elements in the same order. */
function reshaped(value: Value, target: readonly number[], sizes: Sizes, graph: Conversion): Value {
  const { onnx } = graph;
  const [, height, width, channels] = value.sizes ?? [];
  // With one pixel or one channel the planar picture has its elements in the packed order too.
  const same = isPlanar(value) && ((height === 1 && width === 1) || channels === 1);
  return graph.fromPacked(onnx.node('Reshape', [same ? graph.planar(value) : graph.packed(value), onnx.ints(target)]), value.datatype, sizes);
}

/** Replaces the one size of -1 where the rest tells it. */
function resolved(target: Sizes, count: number | undefined): Sizes {
  const rest = elementsOf(target.filter((size) => size !== -1));
  return target.map((size) => (size === -1 ? (count !== undefined && rest !== undefined && rest > 0 ? count / rest : undefined) : size));
}

/** A reshape that leaves each row of the batch to itself: the first axis stays, and the others share out one row's elements. */
function reshapeRows(node: TfjsNode, value: Value, target: Sizes, graph: Conversion): Value {
  const [first, ...rest] = target;
  const row = elementsOf(value.sizes!.slice(1));
  const keeps = first === ROWS || first === -1 || first === 1;
  const sizes = resolved(rest, row);
  if (value.sizes![0] !== ROWS || !keeps || row === undefined || elementsOf(sizes) !== row || !areNumbers(sizes)) return graph.mixesRows(node);
  return reshaped(value, [-1, ...sizes], [ROWS, ...sizes], graph);
}

const reshape: Operator = (node, inputs, graph) => {
  const [value, shape] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  const target = shape.ints ?? (shape.constant ? numbersOf(node, inputs, 1) : undefined);
  if (target && value.sizes?.includes(ROWS)) return [reshapeRows(node, value, target, graph)];
  if (!target) {
    const rank = shape.sizes?.[0];
    const name = graph.onnx.node('Reshape', [graph.packed(value), graph.packed(shape)]);
    return [graph.fromPacked(name, value.datatype, typeof rank === 'number' ? unknownSizes(rank) : undefined)];
  }
  const sizes = resolved(target, countOf(value));
  if (value.constant && areNumbers(sizes) && elementsOf(sizes) === value.constant.data.length)
    return [constantValue({ ...value.constant, shape: sizes })];
  const numbers = sizes.every((size) => size === undefined || typeof size === 'number');
  if (numbers && sizes.filter((size) => size === undefined).length <= 1)
    return [
      reshaped(
        value,
        sizes.map((size) => (size as number | undefined) ?? -1),
        sizes,
        graph,
      ),
    ];
  return [graph.fromPacked(graph.onnx.node('Reshape', [graph.packed(value), graph.packed(shape)]), value.datatype, sizes)];
};

/** Adds or takes axes of size 1: of a constant, of sizes, or of a tensor. */
function withAxes(value: Value, sizes: Sizes | undefined, write: () => string, graph: Conversion): Value {
  const { constant, ints, datatype } = value;
  if (constant && areNumbers(sizes)) return constantValue({ ...constant, shape: sizes });
  if (ints && sizes && sizes.length <= 1) return graph.whole(ints, sizes.length === 0 ? [] : [ints.length], write);
  return graph.fromPacked(write(), datatype, sizes);
}

const expandDims: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const axis = numberOf(node, inputs, 1);
  const at = value.sizes ? fromEnd(axis, value.sizes.length + 1) : axis;
  if (value.sizes?.[0] === ROWS && at === 0) graph.mixesRows(node);
  const sizes = value.sizes?.toSpliced(at, 0, 1);
  return [withAxes(value, sizes, () => graph.onnx.node('Unsqueeze', [graph.packed(value), graph.onnx.ints([axis])]), graph)];
};

const squeeze: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const named = [...attribute.ints(node, 'squeeze_dims'), ...attribute.ints(node, 'axis')];
  if (named.length === 0 && value.sizes?.some((size) => typeof size !== 'number')) {
    if (value.sizes.includes(ROWS)) graph.mixesRows(node);
    unsupported(node, 'it takes all axes of size 1, and not all sizes are known');
  }
  const all = (value.sizes ?? []).flatMap((size, axis) => (size === 1 ? [axis] : []));
  const axes = named.length > 0 ? graph.axesOf(node, value, named) : all;
  if (axes.length === 0) return [value];
  const sizes = value.sizes?.filter((_, axis) => !axes.includes(axis));
  if (sizes && areNumbers(sizes.slice(1)) && !value.constant && !value.ints && isPlanar(value)) {
    // As a reshape it may take the planar picture as it is.
    const [first, ...rest] = sizes as [Size, ...number[]];
    return [reshaped(value, [typeof first === 'number' ? first : -1, ...rest], sizes, graph)];
  }
  return [withAxes(value, sizes, () => graph.onnx.node('Squeeze', [graph.packed(value), graph.onnx.ints(axes)]), graph)];
};

/** TensorFlow's turns between packed and planar cost nothing where the other form is at hand. */
const transpose: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const perm = inputs.length > 1 ? numbersOf(node, inputs, 1) : (value.sizes ?? []).map((_, axis) => axis).toReversed();
  const axes = perm.map((axis) => fromEnd(axis, perm.length));
  if (new Set(axes).size !== axes.length || (value.sizes && value.sizes.length !== axes.length))
    unsupported(node, `${perm.join(', ')} is no order of its axes`);
  if (value.sizes?.[0] === ROWS && axes[0] !== 0) graph.mixesRows(node);
  const sizes = axes.map((axis) => value.sizes?.[axis]);
  if (axes.every((axis, at) => axis === at)) return [value];
  if (axes.join() === TO_PACKED && value.datatype === 'FP32') return [graph.fromPlanar(graph.packed(value), sizes)];
  if (axes.join() === TO_PLANAR && isPlanar(value)) return [graph.fromPacked(graph.planar(value), value.datatype, sizes)];
  return [graph.fromPacked(graph.onnx.node('Transpose', [graph.packed(value)], { perm: axes }), value.datatype, sizes)];
};

const shapeOf: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const write = (): string => {
    const name = value.packed === undefined && value.planar !== undefined ? value.planar : graph.packed(value);
    const shape = graph.onnx.node('Shape', [name]);
    return name === value.planar ? graph.onnx.node('Gather', [shape, graph.onnx.ints([0, 2, 3, 1])]) : shape;
  };
  return [value.sizes ? graph.whole(value.sizes, [value.sizes.length], write) : graph.fromPacked(write(), 'INT64', [undefined])];
};

const sizeOf: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  return [graph.whole([countOf(value)], [], () => graph.onnx.node('Size', [graph.packed(value)]))];
};

const rankOf: Operator = (node, inputs, graph) => {
  const { sizes } = inputOf(node, inputs, 0);
  return [graph.whole([sizes?.length ?? unsupported(node, 'the rank of its input is unknown')], [], () => '')];
};

/** What is stretched to wanted sizes: a constant to a tensor, or a tensor to a larger one. */
function expanded(node: TfjsNode, value: Value, target: Value, graph: Conversion): Value {
  const wanted =
    target.ints ?? unknownSizes(typeof target.sizes?.[0] === 'number' ? target.sizes[0] : unsupported(node, 'the rank of its answer is unknown'));
  return graph.fromPacked(graph.onnx.node('Expand', [graph.packed(value), graph.packed(target)]), value.datatype, broadcast([value.sizes, wanted]));
}

const fill: Operator = (node, inputs, graph) => [expanded(node, inputOf(node, inputs, 1), inputOf(node, inputs, 0), graph)];
const broadcastTo: Operator = (node, inputs, graph) => [expanded(node, inputOf(node, inputs, 0), inputOf(node, inputs, 1), graph)];

const tile: Operator = (node, inputs, graph) => {
  const [value, times] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  const multiplied = (size: Size, by: Size): Size =>
    by === 1 ? size : size === 1 ? by : typeof size === 'number' && typeof by === 'number' ? size * by : undefined;
  const sizes = value.sizes?.map((size, axis) => multiplied(size, times.ints?.[axis]));
  return [graph.fromPacked(graph.onnx.node('Tile', [graph.packed(value), graph.packed(times)]), value.datatype, sizes)];
};

/** Longest constant that is computed here rather than left to the run. */
const MOST_COMPUTED = 1 << 20;

const range: Operator = (node, inputs, graph) => {
  const [first, last, step] = [0, 1, 2].map((at) => inputOf(node, inputs, at)) as [Value, Value, Value];
  if ([first, last, step].some(({ counted }) => counted)) graph.mixesRows(node);
  const known = [first, last, step].every(({ constant, ints }) => constant || areNumbers(ints));
  if (known) {
    const [from, to, by] = [0, 1, 2].map((at) => numberOf(node, inputs, at)) as [number, number, number];
    const length = Math.max(0, Math.ceil((to - from) / by));
    if (!(length <= MOST_COMPUTED)) unsupported(node, `it makes ${length} numbers`);
    const values = Array.from({ length }, (_, i) => from + i * by);
    if (first.datatype === 'INT64') return [graph.whole(values, [length], () => '')];
    return [constantValue({ datatype: 'FP32', shape: [length], data: Float32Array.from(values) })];
  }
  return [
    graph.fromPacked(
      graph.onnx.node(
        'Range',
        [first, last, step].map((value) => graph.packed(value)),
      ),
      first.datatype,
      [undefined],
    ),
  ];
};

const identity: Operator = (node, inputs) => [inputOf(node, inputs, 0)];

/** Operators on the axes of tensors: order, number and sizes. */
export const SHAPE_OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: identity,
  StopGradient: identity,
  Snapshot: identity,
  IdentityN: (_, inputs) => inputs,
  Reshape: reshape,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Transpose: transpose,
  Shape: shapeOf,
  Size: sizeOf,
  Rank: rankOf,
  Fill: fill,
  BroadcastTo: broadcastTo,
  Tile: tile,
  Range: range,
};
