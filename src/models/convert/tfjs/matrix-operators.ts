import { type Conversion, type Operator, type Value, inputOf, unsupported } from './conversion.js';
import { activated, fusedOf } from './fused.js';
import { attribute, type TfjsNode } from './model.js';
import { broadcast, ROWS, type Size } from './sizes.js';

const swappedEnds = (rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => axis)
    .with(rank - 2, rank - 1)
    .with(rank - 1, rank - 2);

/** A matrix, or a stack of them, turned when asked. */
function turned(node: TfjsNode, value: Value, turn: boolean, graph: Conversion): Value {
  if (!turn) return value;
  const rank = value.sizes?.length ?? unsupported(node, 'the rank of an input that it turns is unknown');
  if (rank < 2) unsupported(node, `it turns a tensor of ${rank} axes`);
  const perm = swappedEnds(rank);
  const { sizes } = value;
  return graph.fromPacked(
    graph.onnx.node('Transpose', [graph.packed(value)], { perm }),
    value.datatype,
    perm.map((axis) => sizes![axis]),
  );
}

/** The rows of a batch may stand in front of a stack of matrices, or be the rows of the first matrix; nowhere else. */
function checkRows(node: TfjsNode, [a, b]: readonly [Value, Value], graph: Conversion): void {
  const [first, second] = [a.sizes?.indexOf(ROWS) ?? -1, b.sizes?.indexOf(ROWS) ?? -1];
  if (first < 0 && second < 0) return;
  const stacked = [a, b].every(({ sizes }) => sizes && (!sizes.includes(ROWS) || (sizes[0] === ROWS && sizes.length > 2)));
  const rowsOfFirst = first === 0 && second < 0 && a.sizes!.length === 2;
  if (!stacked && !rowsOfFirst) graph.mixesRows(node);
}

const matMul =
  (turnA: string, turnB: string): Operator =>
  (node, inputs, graph) => {
    const a = turned(node, inputOf(node, inputs, 0), attribute.flag(node, turnA), graph);
    const b = turned(node, inputOf(node, inputs, 1), attribute.flag(node, turnB), graph);
    checkRows(node, [a, b], graph);
    const fused = fusedOf(node, inputs);
    // Behind the axes of the product, a batch's own would land among the columns.
    if (graph.batch === 'rows' && [fused.bias, fused.slopes].some((value) => value && !value.fixed)) graph.mixesRows(node);
    const flat = a.sizes?.length === 2 && b.sizes?.length === 2 && a.datatype === 'FP32';
    const names = [graph.packed(a), graph.packed(b)];
    let name: string;
    if (fused.bias && flat) name = graph.onnx.node('Gemm', [...names, graph.packed(fused.bias)]);
    else {
      name = graph.onnx.node('MatMul', names);
      if (fused.bias) name = graph.onnx.node('Add', [name, graph.packed(fused.bias)]);
    }
    name = activated(node, name, fused, graph, () => graph.packed(fused.slopes!));
    const stack = broadcast([a.sizes?.slice(0, -2), b.sizes?.slice(0, -2)]);
    return [graph.fromPacked(name, a.datatype, stack && [...stack, a.sizes!.at(-2), b.sizes!.at(-1)])];
  };

const einsum: Operator = (node, inputs, graph) => {
  const equation = (attribute.text(node, 'equation') ?? '').replaceAll(' ', '');
  const match = /^([a-z,]+)->([a-z]*)$/i.exec(equation) ?? unsupported(node, `its equation "${equation}" is not supported`);
  const terms = match[1]!.split(',');
  if (terms.length !== inputs.length || terms.some((term, i) => inputs[i]!.sizes && inputs[i]!.sizes.length !== term.length))
    unsupported(node, `its equation "${equation}" does not fit its inputs`);
  const sizes = new Map<string, Size>();
  const found = (known: Size, size: Size): Size => (known === ROWS || size === undefined ? known : size);
  terms.forEach((term, i) => [...term].forEach((letter, axis) => sizes.set(letter, found(sizes.get(letter), inputs[i]!.sizes?.[axis]))));
  // The rows must be an index that stays: then each row meets only itself.
  for (const [letter, size] of sizes) if (size === ROWS && !match[2]!.startsWith(letter)) graph.mixesRows(node);
  const name = graph.onnx.node(
    'Einsum',
    inputs.map((value) => graph.packed(value)),
    { equation },
  );
  return [
    graph.fromPacked(
      name,
      inputOf(node, inputs, 0).datatype,
      [...match[2]!].map((letter) => sizes.get(letter)),
    ),
  ];
};

/** Operators on matrices. */
export const MATRIX_OPERATORS: Readonly<Record<string, Operator>> = {
  MatMul: matMul('transpose_a', 'transpose_b'),
  _FusedMatMul: matMul('transpose_a', 'transpose_b'),
  BatchMatMul: matMul('adj_x', 'adj_y'),
  BatchMatMulV2: matMul('adj_x', 'adj_y'),
  Einsum: einsum,
};
