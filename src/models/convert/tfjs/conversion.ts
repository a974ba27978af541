import { fail } from '../../../core/index.js';
import type { OnnxGraph } from '../onnx-graph.js';
import type { TfjsNode } from './model.js';
import { transposed, type TfjsConstant } from './weights.js';

/** Element types that a converted graph computes with. */
export type ValueType = TfjsConstant['datatype'];

/**
 * A tensor of the converted graph. TensorFlow keeps pictures packed ([N, H, W, C]), ONNX works on planar ones ([N, C, H, W]):
 * a value knows its name in one form or both, and is turned only when somebody asks for the form that it does not have.
 */
export interface Value {
  readonly datatype: ValueType;
  /** Number of axes where it is known; always 4 for a value with a planar form. */
  readonly rank?: number | undefined;
  readonly constant?: TfjsConstant;
  packed?: string | undefined;
  planar?: string | undefined;
}

/** Converts nodes of one operator. Answers the node's outputs. */
export type Operator = (node: TfjsNode, inputs: readonly Value[], graph: Conversion) => readonly Value[];

const TO_PLANAR = [0, 3, 1, 2];
const TO_PACKED = [0, 2, 3, 1];

/** Where each axis of a packed picture is in a planar one. */
export const PLANAR_AXIS: readonly number[] = [0, 2, 3, 1];

/** What operators need to write their part of the graph. */
export class Conversion {
  constructor(readonly onnx: OnnxGraph) {}

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

  /** A constant's name in a form that broadcasts against planar pictures; undefined when it has none. */
  broadcastPlanar(value: Value): string | undefined {
    const { constant } = value;
    if (!constant) return value.rank === 4 ? this.planar(value) : undefined;
    if (constant.data.length === 1 && constant.shape.length <= 4) return this.packed(value);
    if (constant.datatype !== 'FP32') return undefined;
    if (constant.shape.length === 4) return this.planar(value);
    const [channels] = constant.shape;
    return constant.shape.length === 1 ? this.onnx.constant('FP32', [channels!, 1, 1], constant.data) : undefined;
  }

  /** A value that has not been a picture of ours: only in TensorFlow's form. */
  fromPacked(packed: string, datatype: ValueType, rank?: number): Value {
    return { datatype, packed, rank };
  }

  fromPlanar(planar: string, datatype: ValueType = 'FP32'): Value {
    return { datatype, planar, rank: 4 };
  }

  #store({ datatype, shape, data }: TfjsConstant): string {
    return this.onnx.constant(datatype, shape, data as never);
  }
}

/** Whether `value` is at hand as a planar picture only, so that working on it there costs no transposition. */
export const isPlanar = (value: Value): boolean => value.planar !== undefined && value.packed === undefined;

/** Input `at` of a node. @throws Fault INPUT_CORRUPT when it has fewer */
export function inputOf(node: TfjsNode, inputs: readonly Value[], at: number): Value {
  return inputs[at] ?? fail('INPUT_CORRUPT', `node "${node.name}" (${node.op}) has ${inputs.length} inputs, and needs input ${at + 1}`);
}

/** Numbers of a constant input. @throws Fault UNSUPPORTED when the graph computes them */
export function numbersOf(node: TfjsNode, inputs: readonly Value[], at: number): number[] {
  const { constant } = inputOf(node, inputs, at);
  if (!constant) return unsupported(node, `input ${at + 1} is computed by the graph, and must be a constant`);
  return Array.from(constant.data as ArrayLike<number | bigint>, Number);
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
