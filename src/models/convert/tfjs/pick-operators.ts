import { type Operator, constantValue, inputOf, numberOf, numbersOf, unsupported } from './conversion.js';
import { attribute } from './model.js';
import { areNumbers, elementsOf, fromEnd, ROWS, type Sizes } from './sizes.js';

const topK: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const rank = value.sizes?.length;
  graph.axesOf(node, value, rank === undefined ? [] : [rank - 1]);
  const k = inputOf(node, inputs, 1);
  const [count] = k.ints ?? [];
  // ONNX wants a list of one number.
  const name = typeof count === 'number' ? graph.onnx.ints([count]) : graph.onnx.node('Reshape', [graph.packed(k), graph.onnx.ints([1])]);
  if (k.counted) graph.mixesRows(node);
  const names = graph.onnx.nodes('TopK', [graph.packed(value), name], { axis: -1 }, 2);
  const sizes = value.sizes && [...value.sizes.slice(0, -1), count];
  return [graph.fromPacked(names[0]!, value.datatype, sizes), graph.fromPacked(names[1]!, 'INT64', sizes)];
};

const gather: Operator = (node, inputs, graph) => {
  if (attribute.int(node, 'batch_dims') !== 0) unsupported(node, 'batch_dims is not supported');
  const [value, indices] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  const axis = inputs.length > 2 ? numberOf(node, inputs, 2) : 0;
  const [at = 0] = graph.axesOf(node, value, [axis]);
  const write = (): string => graph.onnx.node('Gather', [graph.packed(value), graph.packed(indices)], { axis: at });
  if (value.ints && value.sizes!.length === 1 && areNumbers(indices.ints)) {
    const { ints } = value;
    const taken = indices.ints.map((index) => ints[fromEnd(index, ints.length)]);
    return [graph.whole(taken, indices.sizes!.length === 0 ? [] : [taken.length], write)];
  }
  const sizes: Sizes | undefined = value.sizes && indices.sizes && [...value.sizes.slice(0, at), ...indices.sizes, ...value.sizes.slice(at + 1)];
  return [graph.fromPacked(write(), value.datatype, sizes)];
};

const gatherNd: Operator = (node, inputs, graph) => {
  const [value, indices] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  if (value.sizes?.includes(ROWS)) graph.mixesRows(node);
  const depth = indices.sizes?.at(-1);
  const sizes = value.sizes && typeof depth === 'number' ? [...indices.sizes!.slice(0, -1), ...value.sizes.slice(depth)] : undefined;
  return [graph.fromPacked(graph.onnx.node('GatherND', [graph.packed(value), graph.packed(indices)]), value.datatype, sizes)];
};

const oneHot: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const indices = inputOf(node, inputs, 0);
  const [on, off] = [inputOf(node, inputs, 2), inputOf(node, inputs, 3)];
  if (attribute.int(node, 'axis', -1) !== -1) unsupported(node, 'only a last axis of classes is supported');
  const depth = numberOf(node, inputs, 1);
  const values = onnx.node(
    'Concat',
    [off, on].map((value) => onnx.node('Reshape', [graph.packed(value), onnx.ints([1])])),
    { axis: 0 },
  );
  return [
    graph.fromPacked(
      onnx.node('OneHot', [graph.packed(indices), onnx.ints(depth), values], { axis: -1 }),
      on.datatype,
      indices.sizes && [...indices.sizes, depth],
    ),
  ];
};

/** Most numbers of a constant that is put together here. */
const MOST_ELEMENTS = 1 << 24;

/** Numbers at places of a tensor that is the same everywhere else; all of it constants, so that the answer is one. */
const sparseToDense: Operator = (node, inputs, graph) => {
  const places = numbersOf(node, inputs, 0);
  const shape = numbersOf(node, inputs, 1);
  const values = inputOf(node, inputs, 2);
  const [numbers, [otherwise = 0]] = [numbersOf(node, inputs, 2), inputs.length > 3 ? numbersOf(node, inputs, 3) : []];
  const count = elementsOf(shape)!;
  if (!(count >= 0 && count <= MOST_ELEMENTS) || shape.length === 0) unsupported(node, `it makes a tensor of ${shape.join(' x ')}`);
  const dense = new Float64Array(count).fill(otherwise);
  for (let i = 0; i < places.length / shape.length; i++) {
    const at = shape.reduce((sum, size, axis) => sum * size + places[i * shape.length + axis]!, 0);
    dense[at] = numbers.length === 1 ? numbers[0]! : numbers[i]!;
  }
  if (values.datatype === 'INT64')
    return [constantValue({ datatype: 'INT64', shape, data: BigInt64Array.from(dense, (value) => BigInt(Math.trunc(value))) })];
  if (values.datatype === 'FP32') return [constantValue({ datatype: 'FP32', shape, data: Float32Array.from(dense) })];
  return graph.mixesRows(node);
};

const where: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  if (value.sizes?.includes(ROWS)) graph.mixesRows(node);
  const places = graph.onnx.node('Transpose', [graph.onnx.node('NonZero', [graph.packed(value)])], { perm: [1, 0] });
  return [graph.fromPacked(places, 'INT64', [undefined, value.sizes?.length])];
};

/** The best boxes that do not overlap. The file format's plain kinds: scores are not changed on the way. */
const nonMaxSuppression: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const [boxes, scores] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)];
  if ([boxes, scores].some(({ sizes }) => sizes?.includes(ROWS))) graph.mixesRows(node);
  if (attribute.flag(node, 'pad_to_max_output_size')) unsupported(node, 'pad_to_max_output_size is not supported');
  if (inputs.length > 5 && numberOf(node, inputs, 5) !== 0) unsupported(node, 'soft suppression is not supported');
  const most = onnx.node('Reshape', [graph.packed(inputOf(node, inputs, 2)), onnx.ints([1])]);
  const threshold = onnx.node('Reshape', [graph.packed(inputOf(node, inputs, 3)), onnx.ints([1])]);
  const least = inputs.length > 4 ? [onnx.node('Reshape', [graph.packed(inputs[4]!), onnx.ints([1])])] : [];
  const all = onnx.node('Unsqueeze', [graph.packed(boxes), onnx.ints([0])]);
  const ranked = onnx.node('Unsqueeze', [graph.packed(scores), onnx.ints([0, 1])]);
  // Answers [batch, class, box] for each.
  const kept = onnx.node('NonMaxSuppression', [all, ranked, most, threshold, ...least]);
  const name = onnx.node('Gather', [kept, onnx.ints(2)], { axis: 1 });
  const indices = graph.fromPacked(name, 'INT64', [undefined]);
  if (node.op === 'NonMaxSuppressionV3' || node.op === 'NonMaxSuppressionV2') return [indices];
  const count = graph.fromPacked(onnx.node('Size', [name]), 'INT64', []);
  if (node.op === 'NonMaxSuppressionV4') return [indices, count];
  return [indices, graph.fromPacked(onnx.node('Gather', [graph.packed(scores), name], { axis: 0 }), 'FP32', [undefined]), count];
};

/** Operators that pick elements by number or by rank. */
export const PICK_OPERATORS: Readonly<Record<string, Operator>> = {
  TopKV2: topK,
  GatherV2: gather,
  Gather: gather,
  GatherNd: gatherNd,
  OneHot: oneHot,
  SparseToDense: sparseToDense,
  Where: where,
  NonMaxSuppressionV2: nonMaxSuppression,
  NonMaxSuppressionV3: nonMaxSuppression,
  NonMaxSuppressionV4: nonMaxSuppression,
  NonMaxSuppressionV5: nonMaxSuppression,
};
