import { elementCount } from '../../../core/index.js';
import { axisOf, inputOf, intsAt, knownInts, outputShape, type Operator, type Value } from './conversion.js';
import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';

/**
 * Networks compute sizes: of a shape they take a number, put it beside another, and reshape to that. With all shapes known beforehand such
 * numbers are known too, and never become part of the graph.
 */

/** Longest list that is followed; sizes and axes have a handful of numbers. */
const LONGEST = 4096;

/** An output of `layer` with known contents. @throws Fault INPUT_CORRUPT when they do not fill the declared shape */
export function known(layer: IrLayer, ints: readonly number[]): Value {
  const shape = outputShape(layer);
  if (elementCount(shape) !== ints.length) corrupt(layer, `declares [${shape.join(', ')}] for ${ints.length} numbers`);
  return { kind: 'int', shape, ints };
}

const PAIRS: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Subtract: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  Divide: (a, b) => Math.floor(a / b),
  Maximum: Math.max,
  Minimum: Math.min,
};

/** The result of two lists of known numbers, or of a list and one number; undefined where it is not known. */
export function foldPair(layer: IrLayer, [left, right]: readonly [Value, Value]): Value | undefined {
  if (left.kind !== 'int' || right.kind !== 'int') return undefined;
  const [a, b] = [knownInts(left), knownInts(right)];
  const compute = PAIRS[layer.type];
  if (!a || !b || !compute || a.length > LONGEST || b.length > LONGEST) return undefined;
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const values = Array.from({ length: Math.max(a.length, b.length) }, (_, at) => compute(a[at] ?? a[0]!, b[at] ?? b[0]!));
  return values.every(Number.isSafeInteger) ? known(layer, values) : undefined;
}

/** Which elements of `size` a slice takes: where it begins, and how many. `from` and `to` may count from the end. */
export function sliceExtent(size: number, from: number, to: number, step: number): { readonly start: number; readonly count: number } {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const within = (at: number): number => Math.min(high, Math.max(low, at < 0 ? at + size : at));
  const start = within(from);
  return { start, count: Math.max(0, Math.ceil((within(to) - start) / step)) };
}

/** The elements that a slice of a list takes. */
export function sliceInts(values: readonly number[], from: number, to: number, step: number): number[] {
  const { start, count } = sliceExtent(values.length, from, to, step);
  return Array.from({ length: count }, (_, at) => values[start + at * step]!);
}

/** Sizes of one picture's tensor; the batch is one in them. */
export const shapeOf: Operator = (layer) => [known(layer, layer.inputs[0]?.shape ?? corrupt(layer, 'has no input'))];

/** Whole numbers from a start up to, but without, an end. */
export const range: Operator = (layer, inputs) => {
  const [from, to, step] = [0, 1, 2].map((at) => intsAt(layer, inputs, at)[0] ?? corrupt(layer, `input ${at + 1} is empty`)) as [
    number,
    number,
    number,
  ];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= LONGEST)) unsupported(layer, `it counts from ${from} to ${to} in steps of ${step}`);
  return [
    known(
      layer,
      Array.from({ length: count }, (_, at) => from + at * step),
    ),
  ];
};

/** Gathers from a known list; undefined where it is not known. */
export function foldGather(layer: IrLayer, inputs: readonly Value[]): Value | undefined {
  const data = inputOf(layer, inputs, 0);
  if (data.kind !== 'int') return undefined;
  const [list, indices] = [knownInts(data), knownInts(inputOf(layer, inputs, 1))];
  if (!list || !indices || data.shape.length !== 1 || indices.length > LONGEST) return undefined;
  return known(
    layer,
    indices.map((at) => list.at(at) ?? corrupt(layer, `index ${at} is beyond ${list.length} numbers`)),
  );
}

/** Joins known lists; undefined where one is not known. */
export function foldConcat(layer: IrLayer, inputs: readonly Value[]): Value | undefined {
  const lists = inputs.map((value) => (value.kind === 'int' && value.shape.length === 1 ? knownInts(value) : undefined));
  return lists.every((list) => list !== undefined) ? known(layer, lists.flat()) : undefined;
}

/** Gives known numbers another shape; undefined where they are not known. */
export function foldReshape(layer: IrLayer, value: Value): Value | undefined {
  const ints = value.kind === 'int' ? knownInts(value) : undefined;
  return ints && known(layer, ints);
}

/** The product of a known list; the network's own products are of sizes. */
export const reduceProd: Operator = (layer, inputs) => {
  const values = intsAt(layer, inputs, 0);
  const rank = inputOf(layer, inputs, 0).shape.length;
  const axes = intsAt(layer, inputs, 1).map((axis) => axisOf(layer, axis, rank));
  if (rank !== 1 || axes.length !== 1) unsupported(layer, 'only the product of one list of known numbers is supported');
  return [known(layer, [values.reduce((product, value) => product * value, 1)])];
};

/** Whether a mask of a strided slice, a list of 0 and 1, is set at `axis`. */
export const masked = (layer: IrLayer, name: string, axis: number): boolean => attribute.ints(layer, name)[axis] === 1;
