import { type Conversion, type Operator, type Value, constantValue, inputOf, isPlanar, numbersOf, PLANAR_AXIS, unsupported } from './conversion.js';
import { attribute, type TfjsNode } from './model.js';
import { ROWS, type Size, type Sizes } from './sizes.js';

/** An index that no axis reaches: up to the end. */
const END = 2 ** 31 - 1;

/** What is taken of one axis, in TensorFlow's counting from either end; `gone` when the axis goes with it. */
interface Cut {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly gone: boolean;
}

interface Cuts {
  readonly cuts: readonly Cut[];
  /** Where new axes of size 1 stand in the answer. */
  readonly added: readonly number[];
}

/** Elements of an axis that a cut takes. */
function picked(size: number, { from, to, step }: Cut): number[] {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number): number => Math.min(most, Math.max(least, at < 0 ? at + size : at));
  const taken: number[] = [];
  for (let at = clamp(from); step > 0 ? at < clamp(to) : at > clamp(to); at += step) taken.push(at);
  return taken;
}

const takesAll = ({ from, to, step, gone }: Cut): boolean => !gone && from === 0 && to === END && step === 1;

/** Takes row 0 and the rows behind it of a batch that the file says is one row: all of it. */
const takesTheRow = ({ from, to, gone }: Cut, graph: Conversion): boolean =>
  graph.declaredOne && !gone && (from === 0 || from === -1) && (to >= 1 || to === END);

function cutSize(node: TfjsNode, size: Size, cut: Cut, graph: Conversion): Size {
  if (size !== ROWS) return typeof size === 'number' ? picked(size, cut).length : undefined;
  return takesTheRow(cut, graph) ? ROWS : graph.mixesRows(node);
}

/** Takes parts of a value; leaves out what is taken whole. */
function cutOut(node: TfjsNode, value: Value, { cuts: all, added }: Cuts, graph: Conversion): Value {
  const { onnx } = graph;
  const { sizes } = value;
  if (sizes && all.some(({ axis }) => axis >= sizes.length)) unsupported(node, `it cuts more axes than the ${sizes.length} of its input`);
  const cuts = all.filter((cut) => !takesAll(cut) && !(sizes?.[cut.axis] === ROWS && takesTheRow(cut, graph)));
  const gone = cuts.filter((cut) => cut.gone).map(({ axis }) => axis);
  const wholes = wholeCut(value, cuts, added.length, () => written(value, cuts, gone, added, graph).name, graph);
  if (wholes) return wholes;
  const cutSizes = sizes?.map((size, axis) =>
    cuts.filter((cut) => cut.axis === axis).reduce<Size>((kept, cut) => cutSize(node, kept, cut, graph), size),
  );
  let left: Sizes | undefined = cutSizes?.filter((_, axis) => !gone.includes(axis));
  for (const at of added) left = left?.toSpliced(at, 0, 1);
  if (left && added.includes(0) && left.includes(ROWS)) graph.mixesRows(node);
  if (cuts.length === 0 && added.length === 0) return value;
  if (isPlanar(value) && gone.length + added.length === 0) {
    const moved = cuts.map((cut) => ({ ...cut, axis: PLANAR_AXIS[cut.axis]! }));
    return graph.fromPlanar(onnx.node('Slice', [graph.planar(value), ...limits(moved, graph)]), left, value.datatype);
  }
  return graph.fromPacked(written(value, cuts, gone, added, graph).name, value.datatype, left);
}

const limits = (cuts: readonly Cut[], { onnx }: Conversion): string[] =>
  [cuts.map((cut) => cut.from), cuts.map((cut) => cut.to), cuts.map((cut) => cut.axis), cuts.map((cut) => cut.step)].map((list) => onnx.ints(list));

function written(
  value: Value,
  cuts: readonly Cut[],
  gone: readonly number[],
  added: readonly number[],
  graph: Conversion,
): { readonly name: string } {
  const { onnx } = graph;
  let name = graph.packed(value);
  if (cuts.length > 0) name = onnx.node('Slice', [name, ...limits(cuts, graph)]);
  if (gone.length > 0) name = onnx.node('Squeeze', [name, onnx.ints(gone)]);
  if (added.length > 0) name = onnx.node('Unsqueeze', [name, onnx.ints(added)]);
  return { name };
}

/** A part of whole numbers that are known while converting. */
function wholeCut({ ints, sizes }: Value, cuts: readonly Cut[], added: number, name: () => string, graph: Conversion): Value | undefined {
  if (!ints || sizes?.length !== 1 || cuts.length !== 1 || added > 0) return undefined;
  const taken = picked(ints.length, cuts[0]!).map((at) => ints[at]);
  return graph.whole(taken, cuts[0]!.gone ? [] : [taken.length], name);
}

/** Reads begin, end, strides and masks of a node. */
function stridedCuts(node: TfjsNode, inputs: readonly Value[]): Cuts {
  const [begin, end] = [1, 2].map((at) => numbersOf(node, inputs, at)) as [number[], number[]];
  const step = inputs.length > 3 ? numbersOf(node, inputs, 3) : begin.map(() => 1);
  const bit = (mask: string, i: number): boolean => ((attribute.int(node, mask) >> i) & 1) === 1;
  if (end.length !== begin.length || step.length !== begin.length || step.includes(0))
    unsupported(node, 'its begin, end and strides do not belong together');
  const rank = inputs[0]!.sizes?.length;
  const named = begin.filter((_, i) => !bit('ellipsis_mask', i) && !bit('new_axis_mask', i)).length;
  const cuts: Cut[] = [];
  const added: number[] = [];
  let [axis, place] = [0, 0];
  begin.forEach((first, i) => {
    if (bit('ellipsis_mask', i)) {
      const skipped = (rank ?? unsupported(node, 'an ellipsis stands for axes of a tensor of unknown rank')) - named;
      axis += skipped;
      place += skipped;
    } else if (bit('new_axis_mask', i)) added.push(place++);
    else {
      const gone = bit('shrink_axis_mask', i);
      const back = step[i]! < 0;
      if (gone) cuts.push({ axis, from: first, to: first === -1 ? END : first + 1, step: 1, gone });
      else {
        const from = bit('begin_mask', i) ? (back ? END : 0) : first;
        cuts.push({ axis, from, to: bit('end_mask', i) ? (back ? -END : END) : end[i]!, step: step[i]!, gone });
        place++;
      }
      axis++;
    }
  });
  return { cuts, added };
}

const stridedSlice: Operator = (node, inputs, graph) => [cutOut(node, inputOf(node, inputs, 0), stridedCuts(node, inputs), graph)];

const slice: Operator = (node, inputs, graph) => {
  const [begin, size] = [1, 2].map((at) => numbersOf(node, inputs, at)) as [number[], number[]];
  const cuts = begin.map((from, axis) => ({ axis, from, to: size[axis]! < 0 ? END : from + size[axis]!, step: 1, gone: false }));
  return [cutOut(node, inputOf(node, inputs, 0), { cuts, added: [] }, graph)];
};

/** Cuts a value along an axis into parts of these sizes. */
function parts(node: TfjsNode, value: Value, axis: number, lengths: readonly number[], graph: Conversion): Value[] {
  const { onnx } = graph;
  const [at = 0] = graph.axesOf(node, value, [axis]);
  if (value.ints && value.sizes!.length === 1) {
    let from = 0;
    return lengths.map((length) => cutOut(node, value, { cuts: [{ axis: 0, from, to: (from += length), step: 1, gone: false }], added: [] }, graph));
  }
  const sizes = (length: number): Sizes | undefined => value.sizes?.with(at, length);
  if (lengths.length === 1) return [value];
  const planar = isPlanar(value);
  const names = onnx.nodes(
    'Split',
    [planar ? graph.planar(value) : graph.packed(value), onnx.ints(lengths)],
    { axis: planar ? PLANAR_AXIS[at]! : at },
    lengths.length,
  );
  return names.map((name, i) =>
    planar ? graph.fromPlanar(name, sizes(lengths[i]!), value.datatype) : graph.fromPacked(name, value.datatype, sizes(lengths[i]!)),
  );
}

/** Size of `axis`, which a division into parts must know. */
function lengthOf(node: TfjsNode, value: Value, axis: number): number {
  const size = value.sizes?.at(axis);
  return typeof size === 'number' ? size : unsupported(node, `the size of axis ${axis}, which it divides, is not known`);
}

const split: Operator = (node, inputs, graph) => {
  const [axis = 0] = numbersOf(node, inputs, 0);
  const value = inputOf(node, inputs, 1);
  const count = attribute.int(node, 'num_split', 1);
  graph.axesOf(node, value, [axis]);
  const length = lengthOf(node, value, axis);
  if (!(count >= 1) || length % count !== 0) unsupported(node, `${length} elements make no ${count} equal parts`);
  return parts(
    node,
    value,
    axis,
    Array.from({ length: count }, () => length / count),
    graph,
  );
};

const splitV: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const [lengths, [axis = 0]] = [numbersOf(node, inputs, 1), numbersOf(node, inputs, 2)];
  graph.axesOf(node, value, [axis]);
  const rest = lengths.includes(-1) ? lengthOf(node, value, axis) - lengths.filter((length) => length >= 0).reduce((a, b) => a + b, 0) : 0;
  return parts(
    node,
    value,
    axis,
    lengths.map((length) => (length === -1 ? rest : length)),
    graph,
  );
};

const unpack: Operator = (node, inputs, graph) => {
  const value = inputOf(node, inputs, 0);
  const axis = attribute.int(node, 'axis');
  const [at = 0] = graph.axesOf(node, value, [axis]);
  const count = attribute.int(node, 'num') || lengthOf(node, value, axis);
  return Array.from({ length: count }, (_, i) =>
    cutOut(node, value, { cuts: [{ axis: at, from: i, to: i + 1, step: 1, gone: true }], added: [] }, graph),
  );
};

/** A value with one more axis of size 1. */
function withAxis(value: Value, at: number, graph: Conversion): string {
  if (value.constant) return graph.packed(constantValue({ ...value.constant, shape: value.constant.shape.toSpliced(at, 0, 1) }));
  return graph.onnx.node('Unsqueeze', [graph.packed(value), graph.onnx.ints([at])]);
}

const pack: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const { datatype, sizes } = inputOf(node, inputs, 0);
  const axis = attribute.int(node, 'axis');
  if (!sizes && axis < 0) unsupported(node, 'the rank of its inputs is unknown');
  const at = axis < 0 ? axis + sizes!.length + 1 : axis;
  const write = (): string =>
    onnx.node(
      'Concat',
      inputs.map((value) => withAxis(value, at, graph)),
      { axis: at },
    );
  if (sizes?.length === 0 && inputs.every(({ ints }) => ints))
    return [
      graph.whole(
        inputs.flatMap(({ ints }) => ints!),
        [inputs.length],
        write,
      ),
    ];
  if (at === 0 && inputs.some((value) => value.sizes?.[0] === ROWS)) graph.mixesRows(node);
  const common = commonSizes(inputs);
  return [graph.fromPacked(write(), datatype, common?.toSpliced(at, 0, inputs.length))];
};

/** Sizes that all have, where each axis is known of one of them at least. */
function commonSizes(inputs: readonly Value[]): Sizes | undefined {
  const [first, ...rest] = inputs.map(({ sizes }) => sizes);
  if (!first || rest.some((sizes) => sizes?.length !== first.length)) return undefined;
  return first.map((size, axis) => [size, ...rest.map((sizes) => sizes![axis])].find((found) => found !== undefined));
}

/** Rows of a batch can't stand beside a tensor that has one row for all: it would have to be repeated. */
function repeatedRows(node: TfjsNode, values: readonly Value[], graph: Conversion): void {
  if (values.some(({ sizes }) => sizes?.[0] === ROWS) && values.some(({ sizes }) => sizes?.[0] !== ROWS)) graph.mixesRows(node);
}

const concat: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const values = inputs.slice(0, -1);
  const { datatype, sizes } = inputOf(node, values, 0);
  const [at = 0] = graph.axesOf(node, values[0]!, numbersOf(node, inputs, inputs.length - 1).slice(0, 1));
  const write = (): string =>
    onnx.node(
      'Concat',
      values.map((value) => graph.packed(value)),
      { axis: at },
    );
  if (values.every(({ ints, sizes }) => ints && sizes!.length === 1)) {
    const ints = values.flatMap(({ ints }) => ints!);
    return [graph.whole(ints, [ints.length], write)];
  }
  if (values.length === 1) return [values[0]!];
  repeatedRows(node, values, graph);
  const total = values.reduce<Size>((sum, value) => {
    const size = value.sizes?.[at];
    return typeof sum === 'number' && typeof size === 'number' ? sum + size : undefined;
  }, 0);
  const joined = commonSizes(values)?.with(at, total);
  if (values.some(isPlanar) && values.every((value) => isPlanar(value) || value.sizes?.length === 4)) {
    const names = values.map((value) => graph.planar(value));
    return [graph.fromPlanar(onnx.node('Concat', names, { axis: PLANAR_AXIS[at]! }), joined, datatype)];
  }
  return [graph.fromPacked(write(), datatype, joined ?? sizes?.map(() => undefined))];
};

/** Operators that cut tensors into parts and join parts. */
export const SLICE_OPERATORS: Readonly<Record<string, Operator>> = {
  StridedSlice: stridedSlice,
  Slice: slice,
  Split: split,
  SplitV: splitV,
  Unpack: unpack,
  Pack: pack,
  ConcatV2: concat,
};
