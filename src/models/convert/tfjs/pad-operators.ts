import { type Conversion, type Operator, type Value, inputOf, isPlanar, numbersOf, unsupported } from './conversion.js';
import { attribute, type TfjsNode } from './model.js';

const pads = (numbers: readonly number[], axes: readonly number[]): number[] => [
  ...axes.map((axis) => numbers[axis * 2]!),
  ...axes.map((axis) => numbers[axis * 2 + 1]!),
];

/** Repeats pixels from the edge inwards, the edge itself included. */
function symmetric(node: TfjsNode, value: Value, numbers: readonly number[], graph: Conversion): string {
  let name = graph.packed(value);
  value.sizes!.forEach((size, axis) => {
    const [before, after] = [numbers[axis * 2]!, numbers[axis * 2 + 1]!];
    if (before + after === 0) return;
    if (typeof size !== 'number' || before > size || after > size)
      return unsupported(node, `it mirrors ${Math.max(before, after)} of ${size ?? 'unknown'} elements`);
    const picks = Array.from({ length: before + size + after }, (_, i) => i - before).map((i) => (i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i));
    name = graph.onnx.node('Gather', [name, graph.onnx.ints(picks)], { axis });
  });
  return name;
}

const pad: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(node, inputs, 0);
  const numbers = numbersOf(node, inputs, 1);
  const rank = numbers.length / 2;
  const used = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => numbers[axis * 2] !== 0 || numbers[axis * 2 + 1] !== 0);
  if (value.sizes && value.sizes.length !== rank) unsupported(node, `it has pads for ${rank} axes, its input has ${value.sizes.length}`);
  if (numbers.some((number) => number < 0)) unsupported(node, 'it has pads below 0');
  graph.axesOf(node, value, used);
  const sizes = value.sizes?.map((size, axis) =>
    used.includes(axis) ? (typeof size === 'number' ? size + numbers[axis * 2]! + numbers[axis * 2 + 1]! : undefined) : size,
  );
  if (used.length === 0) return [value];
  const mirror = attribute.text(node, 'mode');
  if (mirror === 'SYMMETRIC') return [graph.fromPacked(symmetric(node, value, numbers, graph), value.datatype, sizes)];
  const filler = inputs.length > 2 ? [graph.packed(inputs[2]!)] : [];
  const mode = mirror === undefined ? {} : { mode: 'reflect' };
  if (isPlanar(value))
    return [
      graph.fromPlanar(onnx.node('Pad', [graph.planar(value), onnx.ints(pads(numbers, [0, 3, 1, 2])), ...filler], mode), sizes, value.datatype),
    ];
  return [
    graph.fromPacked(
      onnx.node('Pad', [graph.packed(value), onnx.ints(pads(numbers, [...(value.sizes?.keys() ?? Array(rank).keys())])), ...filler], mode),
      value.datatype,
      sizes,
    ),
  ];
};

/** Operators that put something around a tensor. */
export const PAD_OPERATORS: Readonly<Record<string, Operator>> = {
  Pad: pad,
  PadV2: pad,
  MirrorPad: pad,
};
