import { elementCount } from '../../../core/index.js';
import {
  axesOf,
  axisOf,
  BatchBound,
  inputOf,
  intsAt,
  knownInts,
  outputShape,
  reshaped,
  type Conversion,
  type Operator,
  type Value,
} from './conversion.js';
import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';
import { foldConcat, foldGather, foldReshape, known, masked, range, reduceProd, shapeOf, sliceExtent, sliceInts } from './known-ints.js';
import { priorBoxes, type Extent } from './prior-boxes.js';

/** Gives the declared shape; what the file computes for it is not looked at, since the result is written beside it. */
export const reshape: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  return [foldReshape(layer, value) ?? reshaped(layer, value, { onnx: graph.onnx, name: graph.name(value) })];
};

/** Writes a change of the axes' order. */
export function transpose(layer: IrLayer, value: Value, order: readonly number[], graph: Conversion): Value {
  const rank = value.shape.length;
  // An empty order turns all axes around.
  const perm = order.length === 0 ? value.shape.map((_, at) => rank - 1 - at) : axesOf(layer, order, rank);
  if (new Set(perm).size !== rank) corrupt(layer, `[${order.join(', ')}] is no order of ${rank} axes`);
  return graph.node(layer, 'Transpose', [graph.name(value)], { perm }, value.axis === undefined ? undefined : perm.indexOf(value.axis));
}

/** Joins tensors; each must hold the pictures of a batch along the same axis, and not be joined along it. */
const concat: Operator = (layer, inputs, graph) => {
  const folded = foldConcat(layer, inputs);
  if (folded) return [folded];
  const [first] = inputs;
  const along = axisOf(layer, attribute.int(layer, 'axis', 1), outputShape(layer).length);
  const axis = graph.keep(layer, first?.axis, first?.axis !== along);
  if (inputs.some((value) => value.axis !== axis)) throw new BatchBound(layer);
  return [
    graph.node(
      layer,
      'Concat',
      inputs.map((value) => graph.name(value)),
      { axis: along },
      axis,
    ),
  ];
};

/** Cuts a tensor into as many parts as the layer has outputs: equal ones, or of listed lengths. */
const split: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const along = axisOf(layer, intsAt(layer, inputs, 1)[0] ?? corrupt(layer, 'names no axis'), value.shape.length);
  const axis = graph.keep(layer, value.axis, value.axis !== along);
  const lengths = layer.outputs.map((_, port) => outputShape(layer, port)[along] ?? corrupt(layer, `output ${port} has no axis ${along}`));
  const names = graph.onnx.nodes('Split', [graph.name(value), graph.onnx.ints(lengths)], { axis: along }, lengths.length);
  return names.map((name, port) => graph.value(layer, name, axis, port));
};

/** One axis of a strided slice. */
interface Cut {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const FAR = 2 ** 31 - 1;

function cutsOf(layer: IrLayer, inputs: readonly Value[]): Cut[] {
  for (const name of ['new_axis_mask', 'ellipsis_mask']) if (attribute.ints(layer, name).includes(1)) unsupported(layer, `its ${name} is set`);
  const [begin, end] = [intsAt(layer, inputs, 1), intsAt(layer, inputs, 2)];
  const steps = inputs.length > 3 ? intsAt(layer, inputs, 3) : begin.map(() => 1);
  return begin.map((from, at) => {
    const step = steps[at] ?? 1;
    if (step === 0) corrupt(layer, 'has a step of 0');
    if (masked(layer, 'shrink_axis_mask', at)) return { from, to: from === -1 ? FAR : from + 1, step: 1 };
    const [start, stop] = step > 0 ? [0, FAR] : [FAR, -FAR];
    return { from: masked(layer, 'begin_mask', at) ? start : from, to: masked(layer, 'end_mask', at) ? stop : (end[at] ?? stop), step };
  });
}

/** Whether a cut takes all of an axis of `size`. */
const takesAll = ({ from, to, step }: Cut, size: number): boolean => step === 1 && (from === 0 || from <= -size) && to >= size;

const stridedSlice: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  const cuts = cutsOf(layer, inputs);
  if (cuts.length > value.shape.length) corrupt(layer, `slices ${cuts.length} of ${value.shape.length} axes`);
  const list = value.kind === 'int' && value.shape.length === 1 ? knownInts(value) : undefined;
  if (list && cuts[0]) return [known(layer, sliceInts(list, cuts[0].from, cuts[0].to, cuts[0].step))];
  const batch = value.axis === undefined ? undefined : cuts[value.axis];
  graph.keep(layer, value.axis, batch === undefined || takesAll(batch, value.shape[value.axis!]!));
  const used = cuts.map((cut, axis) => ({ ...cut, axis })).filter((cut) => !takesAll(cut, value.shape[cut.axis]!));
  const column = (pick: (cut: (typeof used)[number]) => number): string => onnx.ints(used.map(pick));
  const name = graph.name(value);
  const sliced =
    used.length === 0
      ? name
      : onnx.node('Slice', [name, column((cut) => cut.from), column((cut) => cut.to), column((cut) => cut.axis), column((cut) => cut.step)]);
  const shape = value.shape.map((size, axis) => (cuts[axis] ? sliceExtent(size, cuts[axis].from, cuts[axis].to, cuts[axis].step).count : size));
  return [reshaped(layer, { ...value, shape }, { onnx, name: sliced })];
};

const gather: Operator = (layer, inputs, graph) => {
  const folded = foldGather(layer, inputs);
  if (folded) return [folded];
  const [value, indices] = [inputOf(layer, inputs, 0), inputOf(layer, inputs, 1)];
  if (attribute.int(layer, 'batch_dims', 0) !== 0) unsupported(layer, 'its batch_dims is not 0');
  const along = axisOf(layer, intsAt(layer, inputs, 2)[0] ?? corrupt(layer, 'names no axis'), value.shape.length);
  graph.keep(layer, indices.axis, false);
  const axis = graph.keep(layer, value.axis, value.axis !== along);
  const after = axis === undefined || axis < along ? axis : axis + indices.shape.length - 1;
  return [graph.node(layer, 'Gather', [graph.name(value), graph.name(indices)], { axis: along }, after)];
};

/** Repeats a tensor until it has the declared shape. */
export const tile: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const out = outputShape(layer);
  const shape = [...Array.from({ length: out.length - value.shape.length }, () => 1), ...value.shape];
  const repeats = out.map((size, at) => size / shape[at]!);
  if (shape.length !== out.length || !repeats.every(Number.isInteger))
    corrupt(layer, `cannot fill [${out.join(', ')}] with [${value.shape.join(', ')}]`);
  const axis = value.axis === undefined ? undefined : value.axis + out.length - value.shape.length;
  graph.keep(layer, axis, repeats[axis ?? 0] === 1);
  const name =
    shape.length === value.shape.length
      ? graph.name(value)
      : graph.onnx.node('Unsqueeze', [graph.name(value), graph.onnx.ints(shape.slice(value.shape.length).map((_, at) => at))]);
  return [graph.node(layer, 'Tile', [name, graph.onnx.ints(repeats)], {}, axis)];
};

const broadcast: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const out = outputShape(layer);
  const mode = attribute.text(layer, 'mode') ?? 'numpy';
  if (mode !== 'numpy' && mode !== 'bidirectional') unsupported(layer, `its mode is ${mode}`);
  const list = value.kind === 'int' && value.shape.length <= 1 ? knownInts(value) : undefined;
  if (list?.length === 1 && elementCount(out) <= 64)
    return [
      known(
        layer,
        Array.from({ length: elementCount(out) }, () => list[0]!),
      ),
    ];
  const before = out.length - value.shape.length;
  const axis = value.axis === undefined ? undefined : value.axis + before;
  graph.keep(layer, axis, axis === undefined || value.shape[value.axis!] === out[axis]);
  // One where nothing is repeated, so that the free size of a batch stays.
  const sizes = out.map((size, at) => (value.shape[at - before] === size ? 1 : size));
  return [graph.node(layer, 'Expand', [graph.name(value), graph.onnx.ints(sizes)], {}, axis)];
};

/** Sums up, or the like, along axes. */
const reduce =
  (op: string, axesAsInput = false): Operator =>
  (layer, inputs, graph) => {
    const value = inputOf(layer, inputs, 0);
    const axes = axesOf(layer, intsAt(layer, inputs, 1), value.shape.length);
    const keepdims = attribute.flag(layer, 'keep_dims') ? 1 : 0;
    const axis = graph.keep(layer, value.axis, !axes.includes(value.axis ?? -1));
    const gone = keepdims === 1 || axis === undefined ? 0 : axes.filter((other) => other < axis).length;
    const name = graph.name(value);
    const read = axesAsInput ? [name, graph.onnx.ints(axes)] : [name];
    return [graph.node(layer, op, read, { keepdims, ...(axesAsInput ? {} : { axes }) }, axis === undefined ? undefined : axis - gone)];
  };

/** Softmax along one axis. */
export const softmax: Operator = (layer, inputs, graph) => {
  const value = inputOf(layer, inputs, 0);
  const along = axisOf(layer, attribute.int(layer, 'axis', 1), value.shape.length);
  return [graph.node(layer, 'Softmax', [graph.name(value)], { axis: along }, graph.keep(layer, value.axis, value.axis !== along))];
};

/** Swaps the last two axes of a matrix. */
function turned(layer: IrLayer, value: Value, turn: boolean, graph: Conversion): Value {
  const rank = value.shape.length;
  if (rank < 2) unsupported(layer, 'it multiplies a vector');
  if (!turn) return value;
  const perm = value.shape.map((_, at) => (at < rank - 2 ? at : rank * 2 - 3 - at));
  const axis = value.axis === undefined ? undefined : perm.indexOf(value.axis);
  return { kind: value.kind, shape: perm.map((at) => value.shape[at]!), axis, name: graph.onnx.node('Transpose', [graph.name(value)], { perm }) };
}

/** The batch axis of a product of matrices: rows of the left or columns of the right one, or an axis before the matrices. */
function productAxis(layer: IrLayer, left: Value, right: Value, rank: number): number | undefined {
  const fromEnd = ({ axis, shape }: Value): number | undefined => (axis === undefined ? undefined : shape.length - axis);
  const [a, b] = [fromEnd(left), fromEnd(right)];
  if (a === undefined && b === undefined) return undefined;
  const sizeOf = ({ shape }: Value, at: number): number => shape[shape.length - at] ?? 1;
  const within = (at: number, other: Value): boolean => at <= 2 || sizeOf(other, at) === 1;
  const rowsAlone = a !== undefined && b === undefined && a !== 1 && (a > 2 || elementCount(right.shape.slice(0, -2)) === 1) && within(a, right);
  const columnsAlone = b !== undefined && a === undefined && b !== 2 && (b > 2 || elementCount(left.shape.slice(0, -2)) === 1) && within(b, left);
  const both = a !== undefined && a === b && a > 2 && sizeOf(left, a) === sizeOf(right, a);
  if (!rowsAlone && !columnsAlone && !both) throw new BatchBound(layer);
  return rank - (a ?? b!);
}

const matMul: Operator = (layer, inputs, graph) => {
  const [left, right] = [inputOf(layer, inputs, 0), inputOf(layer, inputs, 1)];
  const [turnLeft, turnRight] = [attribute.flag(layer, 'transpose_a'), attribute.flag(layer, 'transpose_b')];
  const [a, b] = [turned(layer, left, turnLeft, graph), turned(layer, right, turnRight, graph)];
  return [graph.node(layer, 'MatMul', [graph.name(a), graph.name(b)], {}, productAxis(layer, a, b, outputShape(layer).length))];
};

/** Default boxes, which depend on sizes alone and are computed here. */
const priors: Operator = (layer, inputs, graph) => {
  const extent = (at: number): Extent => {
    const sizes = intsAt(layer, inputs, at);
    return sizes.length === 2 ? [sizes[0]!, sizes[1]!] : corrupt(layer, `input ${at + 1} has ${sizes.length} numbers; height and width are needed`);
  };
  const shape = outputShape(layer);
  const boxes = priorBoxes(layer, extent(0), extent(1), elementCount(shape) / 2);
  return [graph.constant({ type: 'f32', shape, bytes: new Uint8Array(boxes.buffer) })];
};

/** Operators that move, cut, join and sum up. */
export const SHAPE_OPERATORS: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: (layer, inputs, graph) => [transpose(layer, inputOf(layer, inputs, 0), intsAt(layer, inputs, 1), graph)],
  Concat: concat,
  Split: split,
  VariadicSplit: split,
  StridedSlice: stridedSlice,
  Gather: gather,
  Tile: tile,
  Broadcast: broadcast,
  ShapeOf: shapeOf,
  Range: range,
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
  ReduceSum: reduce('ReduceSum', true),
  ReduceProd: reduceProd,
  SoftMax: softmax,
  MatMul: matMul,
  PriorBox: priors,
  PriorBoxClustered: priors,
};
