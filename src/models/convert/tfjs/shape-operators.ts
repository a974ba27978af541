import { type Operator, type Value, inputOf, isPlanar, numbersOf, PLANAR_AXIS, unsupported } from './conversion.js';
import { attribute } from './model.js';

const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const reshape: Operator = (node, inputs, graph) => {
  const [value, shape] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  const rank = shape.constant?.shape[0];
  return [graph.fromPacked(graph.onnx.node('Reshape', [graph.packed(value), graph.packed(shape)]), value.datatype, rank)];
};

const expandDims: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const name = graph.onnx.node('Unsqueeze', [graph.packed(value), graph.onnx.ints(numbersOf(node, inputs, 1))]);
  return [graph.fromPacked(name, value.datatype, value.rank === undefined ? undefined : value.rank + 1)];
};

const concat: Operator = (node, inputs, graph) => {
  const values = inputs.slice(0, -1);
  const [axis = 0] = numbersOf(node, inputs, inputs.length - 1);
  const { datatype, rank } = inputOf(node, values, 0);
  if (values.every(isPlanar)) {
    const names = values.map((value) => graph.planar(value));
    return [graph.fromPlanar(graph.onnx.node('Concat', names, { axis: PLANAR_AXIS[fromEnd(axis, 4)]! }), datatype)];
  }
  const names = values.map((value) => graph.packed(value));
  return [graph.fromPacked(graph.onnx.node('Concat', names, { axis }), datatype, rank)];
};

const mean: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const axes = numbersOf(node, inputs, 1);
  const keep = attribute.flag(node, 'keep_dims');
  if (isPlanar(value) && keep) {
    const planar = axes.map((axis) => PLANAR_AXIS[fromEnd(axis, 4)]!).toSorted((a, b) => a - b);
    return [graph.fromPlanar(graph.onnx.node('ReduceMean', [graph.planar(value)], { axes: planar, keepdims: 1 }), value.datatype)];
  }
  const rank = value.rank === undefined || keep ? value.rank : value.rank - axes.length;
  return [graph.fromPacked(graph.onnx.node('ReduceMean', [graph.packed(value)], { axes, keepdims: keep ? 1 : 0 }), value.datatype, rank)];
};

const topK: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const names = graph.onnx.nodes('TopK', [graph.packed(value), graph.onnx.ints(numbersOf(node, inputs, 1).slice(0, 1))], { axis: -1 }, 2);
  return [graph.fromPacked(names[0]!, value.datatype, value.rank), graph.fromPacked(names[1]!, 'INT64', value.rank)];
};

const gather: Operator = (node, inputs, graph) => {
  if (attribute.int(node, 'batch_dims') !== 0) unsupported(node, 'batch_dims is not supported');
  const [value, indices] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  const [axis = 0] = inputs.length > 2 ? numbersOf(node, inputs, 2) : [];
  const rank = value.rank === undefined || indices.rank === undefined ? undefined : value.rank - 1 + indices.rank;
  return [graph.fromPacked(graph.onnx.node('Gather', [graph.packed(value), graph.packed(indices)], { axis }), value.datatype, rank)];
};

/** An index that no axis reaches: up to the end. */
const END = 2 ** 31 - 1;

/** Begin, end and step of each sliced axis, and the axes that go or come. */
function sliceOf(node: Parameters<Operator>[0], inputs: readonly Value[]) {
  const [begin, end, step] = [1, 2, 3].map((at) => numbersOf(node, inputs, at)) as [number[], number[], number[]];
  const bit = (mask: string, i: number): boolean => ((attribute.int(node, mask) >> i) & 1) === 1;
  if (attribute.int(node, 'ellipsis_mask') !== 0) unsupported(node, 'an ellipsis is not supported');
  const axes: number[] = [];
  const [from, to, by, gone, added]: number[][] = [[], [], [], [], []];
  begin.forEach((first, i) => {
    if (bit('new_axis_mask', i)) return added!.push(i);
    const one = bit('shrink_axis_mask', i);
    const back = step[i]! < 0;
    const axis = axes.length;
    if (one) gone!.push(axis);
    from!.push(!one && bit('begin_mask', i) ? (back ? END : 0) : first);
    const until = first === -1 ? END : first + 1;
    to!.push(one ? until : bit('end_mask', i) ? (back ? -END : END) : end[i]!);
    by!.push(one ? 1 : step[i]!);
    return axes.push(axis);
  });
  return { axes, from: from!, to: to!, by: by!, gone: gone!, added: added! };
}

const stridedSlice: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const { onnx } = graph;
  const { axes, from, to, by, gone, added } = sliceOf(node, inputs);
  let name = onnx.node('Slice', [graph.packed(value), onnx.ints(from), onnx.ints(to), onnx.ints(axes), onnx.ints(by)]);
  if (gone.length) name = onnx.node('Squeeze', [name, onnx.ints(gone)]);
  if (added.length && gone.length) unsupported(node, 'an axis goes and another comes at once');
  if (added.length) name = onnx.node('Unsqueeze', [name, onnx.ints(added)]);
  return [graph.fromPacked(name, value.datatype, value.rank === undefined ? undefined : value.rank - gone.length + added.length)];
};

/** Operators that move, join or pick elements. */
export const SHAPE_OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: (node, inputs) => [inputOf(node, inputs, 0)],
  Reshape: reshape,
  ExpandDims: expandDims,
  ConcatV2: concat,
  Mean: mean,
  TopKV2: topK,
  GatherV2: gather,
  StridedSlice: stridedSlice,
};
