import { type Operator, type Value, inputOf, isPlanar, numberOf, numbersOf, PLANAR_AXIS, unsupported } from './conversion.js';
import { attribute } from './model.js';
import { areNumbers, type Sizes } from './sizes.js';

/** What is left of `sizes` after axes were taken out, or kept with size 1. */
const reducedSizes = (sizes: Sizes, axes: readonly number[], keep: boolean): Sizes =>
  keep ? sizes.map((size, axis) => (axes.includes(axis) ? 1 : size)) : sizes.filter((_, axis) => !axes.includes(axis));

/** Reduces over constant axes; `ints` does the same to sizes. */
const reduction =
  (op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd', ints?: (values: readonly number[]) => number): Operator =>
  (node, inputs, graph) => {
    const { onnx } = graph;
    const value = inputOf(node, inputs, 0);
    const keep = attribute.flag(node, 'keep_dims');
    const axes = graph.axesOf(node, value, numbersOf(node, inputs, 1)).toSorted((a, b) => a - b);
    if (value.datatype === 'BOOL') unsupported(node, 'it computes with truth values');
    if (axes.length === 0) return [value];
    if (ints && areNumbers(value.ints) && value.sizes!.length === 1 && !keep) return [graph.whole([ints(value.ints)], [], () => '')];
    const write = (name: string, at: readonly number[]): string =>
      op === 'ReduceSum'
        ? onnx.node(op, [name, onnx.ints(at)], { keepdims: keep ? 1 : 0 })
        : onnx.node(op, [name], { axes: at, keepdims: keep ? 1 : 0 });
    const sizes = value.sizes && reducedSizes(value.sizes, axes, keep);
    const planarAxes = axes.map((axis) => PLANAR_AXIS[axis]!).toSorted((a, b) => a - b);
    if (isPlanar(value) && keep) return [graph.fromPlanar(write(graph.planar(value), planarAxes), sizes, value.datatype)];
    // Without the channels, or with nothing but rows and channels, what is left has the same order in both forms.
    const ordered = isPlanar(value) && (axes.includes(3) || (axes.includes(1) && axes.includes(2)));
    return [graph.fromPacked(ordered ? write(graph.planar(value), planarAxes) : write(graph.packed(value), axes), value.datatype, sizes)];
  };

/** Truth values are reduced as numbers, of which ONNX can take the least and the greatest. */
const truth =
  (op: 'ReduceMax' | 'ReduceMin'): Operator =>
  (node, inputs, graph) => {
    const value = inputOf(node, inputs, 0);
    const as = (name: string, to: number): string => graph.onnx.node('Cast', [name], { to });
    const numbers: Value = { ...value, datatype: 'INT64', packed: as(graph.packed(value), 7), planar: undefined, home: 'packed' };
    const [reduced] = reduction(op)(node, [numbers, ...inputs.slice(1)], graph) as [Value];
    return [{ ...reduced, datatype: 'BOOL', packed: as(graph.packed(reduced), 9) }];
  };

const extreme =
  (op: 'ArgMax' | 'ArgMin'): Operator =>
  (node, inputs, graph) => {
    const value = inputOf(node, inputs, 0);
    const [axis = 0] = graph.axesOf(node, value, [inputs.length > 1 ? numberOf(node, inputs, 1) : 0]);
    const sizes = value.sizes && reducedSizes(value.sizes, [axis], false);
    const name =
      isPlanar(value) && axis === 3
        ? graph.onnx.node(op, [graph.planar(value)], { axis: 1, keepdims: 0 })
        : graph.onnx.node(op, [graph.packed(value)], { axis, keepdims: 0 });
    return [graph.fromPacked(name, 'INT64', sizes)];
  };

const alongLast =
  (op: 'Softmax' | 'LogSoftmax'): Operator =>
  (node, inputs, graph) => {
    const value = inputOf(node, inputs, 0);
    const rank = value.sizes?.length;
    graph.axesOf(node, value, rank === undefined ? [] : [rank - 1]);
    if (isPlanar(value)) return [graph.fromPlanar(graph.onnx.node(op, [graph.planar(value)], { axis: 1 }), value.sizes)];
    return [graph.fromPacked(graph.onnx.node(op, [graph.packed(value)], { axis: -1 }), value.datatype, value.sizes)];
  };

const cumulate: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const [axis = 0] = graph.axesOf(node, value, [numberOf(node, inputs, 1)]);
  const flags = { exclusive: attribute.flag(node, 'exclusive') ? 1 : 0, reverse: attribute.flag(node, 'reverse') ? 1 : 0 };
  return [graph.fromPacked(graph.onnx.node('CumSum', [graph.packed(value), graph.onnx.ints(axis)], flags), value.datatype, value.sizes)];
};

/** Operators along axes: sums, the greatest, shares of a whole. */
export const REDUCE_OPERATORS: Readonly<Record<string, Operator>> = {
  Mean: reduction('ReduceMean'),
  Sum: reduction('ReduceSum', (values) => values.reduce((a, b) => a + b, 0)),
  Max: reduction('ReduceMax', (values) => Math.max(...values)),
  Min: reduction('ReduceMin', (values) => Math.min(...values)),
  Prod: reduction('ReduceProd', (values) => values.reduce((a, b) => a * b, 1)),
  Any: truth('ReduceMax'),
  All: truth('ReduceMin'),
  ArgMax: extreme('ArgMax'),
  ArgMin: extreme('ArgMin'),
  Softmax: alongLast('Softmax'),
  LogSoftmax: alongLast('LogSoftmax'),
  Cumsum: cumulate,
};
