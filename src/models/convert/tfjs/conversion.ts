import { fail } from '../../../core/index.js';
import type { OnnxGraph } from '../onnx-graph.js';
import type { TfjsNode } from './model.js';
import { areNumbers, elementsOf, ROWS, type Size, type Sizes } from './sizes.js';
import { transposed, type TfjsConstant } from './weights.js';

/** Element types that a converted graph computes with. */
export type ValueType = TfjsConstant['datatype'];

/**
 * A tensor of the converted graph. TensorFlow keeps pictures packed ([N, H, W, C]), ONNX works on planar ones ([N, C, H, W]):
 * a value knows its name in one form or both, and is turned only when somebody asks for the form that it does not have.
 */
export interface Value {
  readonly datatype: ValueType;
  /** As TensorFlow has them, so of the packed form; absent where the rank is unknown. A planar value has 4. */
  readonly sizes?: Sizes | undefined;
  readonly constant?: TfjsConstant;
  /** Whole numbers that are known while converting, such as the sizes of a picture: at most one axis. */
  readonly ints?: readonly Size[] | undefined;
  /** The form it was computed in: going on there costs no transposition. */
  readonly home: 'packed' | 'planar';
  packed?: string | undefined;
  planar?: string | undefined;
  /** Whether it is the same whatever the inputs hold. */
  fixed?: boolean;
  /** Whether its elements, not only its sizes, depend on how many rows the batch has. */
  counted?: boolean;
}

/** Converts nodes of one operator. Answers the node's outputs. */
export type Operator = (node: TfjsNode, inputs: readonly Value[], graph: Conversion) => readonly Value[];

/**
 * What the first axis of the inputs is, where the file has it as 1 or free.
 * `rows`: a batch of any size, and every value must be shown to be computed row by row; `one`: one row.
 */
export type Batch = 'rows' | 'one';

/** Thrown while the batch is free at a node that is not known to work row by row: the conversion then takes one row. */
export class RowsMixed extends Error {
  override readonly name = 'RowsMixed';
}

const TO_PLANAR = [0, 3, 1, 2];
const TO_PACKED = [0, 2, 3, 1];

/** Where each axis of a packed picture is in a planar one. */
export const PLANAR_AXIS: readonly number[] = [0, 2, 3, 1];

/** A tensor that is stored in the file. */
export function constantValue(constant: TfjsConstant): Value {
  const ints = constant.datatype === 'INT64' && constant.shape.length <= 1 ? Array.from(constant.data, Number) : undefined;
  return { datatype: constant.datatype, sizes: constant.shape, constant, ints, home: 'packed', fixed: true };
}

/** What operators need to write their part of the graph. */
export class Conversion {
  constructor(
    readonly onnx: OnnxGraph,
    readonly batch: Batch,
    /** Whether the file says that the batch is 1, so that taking row 0 is taking all. */
    readonly declaredOne: boolean,
  ) {}

  /** The name of `value` as TensorFlow has it. */
  packed(value: Value): string {
    if (value.packed !== undefined) return value.packed;
    if (value.constant) value.packed = this.#store(value.constant);
    else value.packed = this.onnx.node('Transpose', [value.planar!], { perm: TO_PACKED });
    return value.packed;
  }

  /** The name of the picture `value` as [N, C, H, W]. */
  planar(value: Value): string {
    if (value.planar !== undefined) return value.planar;
    const { constant } = value;
    if (constant?.datatype === 'FP32' && constant.shape.length === 4) {
      const shape = TO_PLANAR.map((axis) => constant.shape[axis]!);
      value.planar = this.onnx.constant('FP32', shape, transposed(constant.data, constant.shape, TO_PLANAR));
    } else value.planar = this.onnx.node('Transpose', [this.packed(value)], { perm: TO_PLANAR });
    return value.planar;
  }

  /** A name for `value` that broadcasts against planar pictures as the packed one does against packed pictures; undefined when there is none. */
  broadcastPlanar(value: Value): string | undefined {
    const { constant, sizes } = value;
    if (sizes?.length === 4) return this.planar(value);
    if (!constant) return sizes?.length === 0 ? this.packed(value) : undefined;
    if (constant.data.length === 1 && constant.shape.length <= 4) return this.packed(value);
    if (constant.datatype !== 'FP32' || constant.shape.length > 4) return undefined;
    const [, height = 1, width = 1, channels = 1] = [...Array.from({ length: 4 - constant.shape.length }, () => 1), ...constant.shape];
    return this.onnx.constant('FP32', [channels, height, width], transposed(constant.data, [height, width, channels], [2, 0, 1]));
  }

  /** A value in TensorFlow's form. */
  fromPacked(packed: string, datatype: ValueType, sizes?: Sizes): Value {
    return { datatype, packed, sizes, home: 'packed' };
  }

  /** A picture in ONNX' form; `sizes` are those of the packed picture. */
  fromPlanar(planar: string, sizes: Sizes | undefined, datatype: ValueType = 'FP32'): Value {
    return { datatype, planar, sizes: sizes ?? [undefined, undefined, undefined, undefined], home: 'planar' };
  }

  /** Whole numbers of at most one axis, as far as they are known; `name` computes them where they are not. */
  whole(ints: readonly Size[], sizes: readonly [] | readonly [number], name: () => string): Value {
    if (!areNumbers(ints)) return { datatype: 'INT64', sizes, ints, packed: name(), home: 'packed' };
    return constantValue({ datatype: 'INT64', shape: sizes, data: BigInt64Array.from(ints, BigInt) });
  }

  /** Refuses to go on by rows at a node that touches the axis of the rows. @throws RowsMixed */
  mixesRows(node: Pick<TfjsNode, 'name' | 'op'>): never {
    throw new RowsMixed(`${node.op} of node "${node.name}" is not known to work row by row`);
  }

  /** Checks that an operator on these axes of `value` leaves its rows alone; answers the axes counted from the front. @throws RowsMixed, Fault UNSUPPORTED */
  axesOf(node: TfjsNode, value: Value, axes: readonly number[]): number[] {
    const { sizes } = value;
    if (!sizes) return axes.some((axis) => axis < 0) ? unsupported(node, 'it counts axes from the end of a tensor of unknown rank') : [...axes];
    const front = axes.map((axis) => fromEndChecked(node, axis, sizes.length));
    if (front.some((axis) => sizes[axis] === ROWS)) this.mixesRows(node);
    return front;
  }

  #store({ datatype, shape, data }: TfjsConstant): string {
    return this.onnx.constant(datatype, shape, data as never);
  }
}

function fromEndChecked(node: TfjsNode, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (front >= 0 && front < rank) return front;
  return fail('INPUT_CORRUPT', `node "${node.name}" (${node.op}) works on axis ${axis} of a tensor with ${rank} axes`);
}

/** Whether going on in planar form costs `value` no transposition. */
export const isPlanar = (value: Value): boolean => value.home === 'planar';

/** Number of elements of `value`, where it is known. */
export const countOf = ({ sizes }: Value): number | undefined => elementsOf(sizes);

/** Input `at` of a node. @throws Fault INPUT_CORRUPT when it has fewer */
export function inputOf(node: TfjsNode, inputs: readonly Value[], at: number): Value {
  return inputs[at] ?? fail('INPUT_CORRUPT', `node "${node.name}" (${node.op}) has ${inputs.length} inputs, and needs input ${at + 1}`);
}

/** Whole numbers at input `at`, as far as they are known. @throws Fault UNSUPPORTED when only the run knows them */
export function sizesAt(node: TfjsNode, inputs: readonly Value[], at: number): readonly Size[] {
  const { ints, constant } = inputOf(node, inputs, at);
  if (ints) return ints;
  return constant ? Array.from(constant.data as ArrayLike<number | bigint>, Number) : notConstant(node, at);
}

/** Numbers of a constant input. @throws Fault UNSUPPORTED when the graph computes them */
export function numbersOf(node: TfjsNode, inputs: readonly Value[], at: number): number[] {
  const found = sizesAt(node, inputs, at);
  return areNumbers(found) ? [...found] : notConstant(node, at);
}

/** The one number of a constant input. @throws Fault UNSUPPORTED when the graph computes it, INPUT_CORRUPT when there is none */
export function numberOf(node: TfjsNode, inputs: readonly Value[], at: number): number {
  return numbersOf(node, inputs, at)[0] ?? fail('INPUT_CORRUPT', `input ${at + 1} of node "${node.name}" (${node.op}) is empty`);
}

function notConstant(node: TfjsNode, at: number): never {
  return unsupported(node, `input ${at + 1} is computed by the graph, and must be a constant`);
}

/** The FP32 constant at input `at`. @throws Fault UNSUPPORTED when there is none */
export function floatsOf(node: TfjsNode, inputs: readonly Value[], at: number): TfjsConstant & { readonly datatype: 'FP32' } {
  const { constant } = inputOf(node, inputs, at);
  return constant?.datatype === 'FP32' ? constant : unsupported(node, `input ${at + 1} must be a constant of floats`);
}

/** Refuses a node. @throws Fault UNSUPPORTED naming operator and node */
export function unsupported(node: Pick<TfjsNode, 'name' | 'op'>, why: string): never {
  return fail('UNSUPPORTED', `cannot convert operator ${node.op} of node "${node.name}": ${why}`);
}
