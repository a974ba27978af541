import { elementCount, type Datatype } from '../../../core/index.js';
import type { OnnxAttributes, OnnxGraph } from '../onnx-graph.js';
import { corrupt, unsupported, type IrLayer } from './ir-file.js';
import { intsOf, kindOf, kindOfConstant, type IrConstant, type ValueKind } from './ir-weights.js';

/**
 * A tensor of the converted graph. OpenVINO's files have every shape fixed, nearly always for one picture. What is converted keeps this promise:
 * for a batch of N pictures each value is that of the N pictures alone, one behind the other along `axis`; or it is the same for all of
 * them. A layer for which this cannot be shown binds the whole network to the batch of its file ({@link BatchBound}).
 */
export interface Value {
  readonly kind: ValueKind;
  /** For one picture. */
  readonly shape: readonly number[];
  /** Along which axis the pictures of a batch follow each other; undefined where the value does not depend on the picture. */
  readonly axis?: number | undefined;
  readonly constant?: IrConstant;
  /** Contents of whole numbers where they are known beforehand, such as sizes. */
  ints?: readonly number[];
  /** Name in the ONNX graph, once it is there. */
  name?: string;
}

/** Converts a layer. Answers its outputs in the order of its ports; ports beyond the answer cannot be read. */
export type Operator = (layer: IrLayer, inputs: readonly Value[], graph: Conversion) => readonly Value[];

/** Thrown where a layer cannot be shown to treat the pictures of a batch apart; the network is then converted with its batch as it is. */
export class BatchBound extends Error {
  constructor(layer: IrLayer) {
    super(`layer "${layer.name}" (${layer.type}) binds the batch`);
  }
}

/** Numbers of element types in ONNX files that nodes name as attributes. */
const ONNX_FLOAT = 1;
const ONNX_INT64 = 7;

/** What operators need to write their part of the graph. */
export class Conversion {
  constructor(
    readonly onnx: OnnxGraph,
    readonly weights: Uint8Array,
    /** Whether the first axis of the inputs is free. */
    readonly freeBatch: boolean,
  ) {}

  /** The name of `value` in the graph; stores it when it is a constant that nobody asked for before. */
  name(value: Value): string {
    value.name ??= value.constant
      ? this.storeAs(value.constant, value.constant.shape)
      : this.onnx.constant('INT64', value.shape, BigInt64Array.from(value.ints!, BigInt));
    return value.name;
  }

  /** Stores a constant's numbers under another shape of the same size. Half-precision weights stay so in the file; the runtime widens them once, when it loads. */
  storeAs(constant: IrConstant, shape: readonly number[]): string {
    const { onnx } = this;
    const { type, bytes } = constant;
    const { buffer } = bytes;
    if (type === 'f32') return onnx.constant('FP32', shape, new Float32Array(buffer));
    if (type === 'f16') return onnx.node('Cast', [onnx.constant('FP16', shape, new Uint16Array(buffer))], { to: ONNX_FLOAT });
    if (type === 'boolean') return onnx.constant('BOOL', shape, bytes);
    return onnx.constant('INT64', shape, BigInt64Array.from(intsOf(constant), BigInt));
  }

  /** A new output of `layer`, written by one node. */
  node(layer: IrLayer, op: string, inputs: readonly string[], attributes: OnnxAttributes, axis: number | undefined, port = 0): Value {
    return this.value(layer, this.onnx.node(op, inputs, attributes), axis, port);
  }

  /** Output `port` of `layer`, which is called `name` in the graph. */
  value(layer: IrLayer, name: string, axis: number | undefined, port = 0): Value {
    return { kind: outputKind(layer, port), shape: outputShape(layer, port), axis, name };
  }

  /** A constant from the weights file as a value. */
  constant(constant: IrConstant): Value {
    return { kind: kindOfConstant(constant), shape: constant.shape, constant };
  }

  /** The tensor called `name` as floats. */
  castToFloat(name: string): string {
    return this.onnx.node('Cast', [name], { to: ONNX_FLOAT });
  }

  /** The tensor called `name` as whole numbers; fractions are cut off. */
  castToInt(name: string): string {
    return this.onnx.node('Cast', [name], { to: ONNX_INT64 });
  }

  /** The axis of the batch, where it is one of those that a layer treats alike; elsewhere the network keeps its batch. */
  keep(layer: IrLayer, axis: number | undefined, holds: boolean): number | undefined {
    if (axis !== undefined && !holds) throw new BatchBound(layer);
    return axis;
  }
}

/** Declared shape of output `port`. @throws Fault INPUT_CORRUPT when there is none */
export const outputShape = (layer: IrLayer, port = 0): readonly number[] => layer.outputs[port]?.shape ?? corrupt(layer, `has no output ${port}`);

/** Kind of output `port`; floats where the file does not say. */
export function outputKind(layer: IrLayer, port = 0): ValueKind {
  const precision = layer.outputs[port]?.precision ?? layer.precision ?? 'FP32';
  return kindOf(precision) ?? unsupported(layer, `its output is ${precision}`);
}

/** The datatype of a kind in ONNX. */
export const DATATYPE_OF: Readonly<Record<ValueKind, Datatype>> = { float: 'FP32', int: 'INT64', bool: 'BOOL' };

/** Input `at` of a layer. @throws Fault INPUT_CORRUPT when it has fewer */
export function inputOf(layer: IrLayer, inputs: readonly Value[], at: number): Value {
  return inputs[at] ?? corrupt(layer, `has ${inputs.length} inputs, and needs input ${at + 1}`);
}

/** Whole numbers of `value` where they are known beforehand. */
export function knownInts(value: Value): readonly number[] | undefined {
  if (value.ints === undefined && value.constant && value.kind === 'int') value.ints = intsOf(value.constant);
  return value.ints;
}

/** Whole numbers at input `at`. @throws Fault UNSUPPORTED when the network computes them */
export function intsAt(layer: IrLayer, inputs: readonly Value[], at: number): readonly number[] {
  return (
    knownInts(inputOf(layer, inputs, at)) ??
    unsupported(layer, `input ${at + 1} is computed by the network, and must be whole numbers known beforehand`)
  );
}

/** Axes as numbers from 0, from ones that may count from the end. @throws Fault INPUT_CORRUPT for one that does not exist */
export function axesOf(layer: IrLayer, axes: readonly number[], rank: number): number[] {
  return axes.map((axis) =>
    axis < -rank || axis >= Math.max(rank, 1) ? corrupt(layer, `axis ${axis} does not exist in ${rank} axes`) : axis < 0 ? axis + rank : axis,
  );
}

/** One axis as {@link axesOf}. */
export const axisOf = (layer: IrLayer, axis: number, rank: number): number => axesOf(layer, [axis], rank)[0]!;

/**
 * The batch axis of a result whose inputs are broadcast against each other: every input that holds pictures holds them along the same axis,
 * counted from the last, with as many elements a picture as the result; the others are one long there.
 */
export function broadcastAxis(layer: IrLayer, inputs: readonly Value[], shape: readonly number[]): number | undefined {
  const aligned = inputs.filter(({ axis }) => axis !== undefined).map(({ axis, shape: own }) => axis! + shape.length - own.length);
  const [axis] = aligned;
  if (axis === undefined) return undefined;
  const holds = inputs.every(({ axis: own, shape: sizes }) => {
    const size = sizes[axis - (shape.length - sizes.length)] ?? 1;
    return own === undefined ? size === 1 : size === shape[axis];
  });
  if (!holds || aligned.some((other) => other !== axis)) throw new BatchBound(layer);
  return axis;
}

/**
 * Gives `value` the shape that `layer` declares. Elements stay in their order, so N pictures one behind the other along an axis stay so along
 * the axis of the new shape that as many elements precede.
 */
export function reshaped(layer: IrLayer, value: Value, { onnx, name }: { readonly onnx: OnnxGraph; readonly name: string }): Value {
  const shape = outputShape(layer);
  if (elementCount(shape) !== elementCount(value.shape))
    corrupt(layer, `turns [${value.shape.join(', ')}] into [${shape.join(', ')}], which has another size`);
  if (shape.join() === value.shape.join()) return { kind: value.kind, shape, axis: value.axis, name };
  const axis = axisAfterReshape(layer, value, shape);
  const sizes = shape.map((size, at) => (at === axis ? -1 : size));
  return { kind: value.kind, shape, axis, name: onnx.node('Reshape', [name, onnx.ints(sizes)]) };
}

function axisAfterReshape(layer: IrLayer, value: Value, shape: readonly number[]): number | undefined {
  if (value.axis === undefined) return undefined;
  const before = elementCount(value.shape.slice(0, value.axis));
  const axis = shape.findIndex((_, at) => elementCount(shape.slice(0, at)) === before);
  // An empty tensor leaves no size from which the free one could be told.
  if (axis < 0 || shape.includes(0)) throw new BatchBound(layer);
  return axis;
}
