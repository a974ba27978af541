import { create, toBinary } from '@bufbuild/protobuf';
import type { DataOf, Datatype } from '../../core/index.js';
import {
  AttributeSchema,
  Attribute_Type,
  GraphSchema,
  ModelSchema,
  NodeSchema,
  Shape_DimensionSchema,
  TensorValueSchema,
  TensorValue_DataType,
  ValueInfoSchema,
  type Attribute,
  type Graph,
  type ValueInfo,
} from './onnx_pb.js';

/** Number of each datatype in an ONNX file. */
export const ONNX_TYPE_OF: Readonly<Record<Datatype, TensorValue_DataType>> = Object.freeze({
  BOOL: TensorValue_DataType.BOOL,
  UINT8: TensorValue_DataType.UINT8,
  UINT16: TensorValue_DataType.UINT16,
  UINT32: TensorValue_DataType.UINT32,
  UINT64: TensorValue_DataType.UINT64,
  INT8: TensorValue_DataType.INT8,
  INT16: TensorValue_DataType.INT16,
  INT32: TensorValue_DataType.INT32,
  INT64: TensorValue_DataType.INT64,
  FP16: TensorValue_DataType.FLOAT16,
  BF16: TensorValue_DataType.BFLOAT16,
  FP32: TensorValue_DataType.FLOAT,
  FP64: TensorValue_DataType.DOUBLE,
  BYTES: TensorValue_DataType.STRING,
});

/** An attribute of a node: a whole number or a list of them, a text, or `{ float }` for a number that ONNX wants as FLOAT. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** Attributes by name; `undefined` leaves one out. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute | undefined>>;

/** A size, -1 for any, or the name of a size that is the same wherever the name occurs. */
export type OnnxDimension = number | string;

function toAttribute(name: string, value: OnnxAttribute): Attribute {
  if (typeof value === 'number') return create(AttributeSchema, { name, type: Attribute_Type.INT, i: BigInt(value) });
  if (typeof value === 'string') return create(AttributeSchema, { name, type: Attribute_Type.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeSchema, { name, type: Attribute_Type.FLOAT, f: value.float });
  return create(AttributeSchema, { name, type: Attribute_Type.INTS, ints: value.map(BigInt) });
}

function toDimension(size: OnnxDimension) {
  if (typeof size === 'string') return create(Shape_DimensionSchema, { value: { case: 'dimParam', value: size } });
  if (size < 0) return create(Shape_DimensionSchema);
  return create(Shape_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } });
}

/**
 * Writes an ONNX graph node by node: for converters, and for the tiny graphs of tests. The same calls give the same bytes.
 * Names made here have a colon in them, which names of TensorFlow nodes cannot have.
 */
export class OnnxGraph {
  readonly #graph: Graph;
  readonly #constants = new Map<string, string>();
  #names = 0;
  /** What the nodes added from now on are part of, such as a node of the model that is converted: it stands in front of their names. */
  scope: string | undefined;

  constructor(
    name: string,
    readonly opset = 13,
  ) {
    this.#graph = create(GraphSchema, { name });
  }

  /** Declares an input; returns its name. */
  input(name: string, datatype: Datatype, shape: readonly OnnxDimension[]): string {
    this.#graph.input.push(valueInfo(name, datatype, shape));
    return name;
  }

  /** Declares `name`, which a node writes, as an output; without a shape, the runtime infers it. */
  output(name: string, datatype: Datatype, shape?: readonly OnnxDimension[]): void {
    this.#graph.output.push(valueInfo(name, datatype, shape));
  }

  /** Stores values; returns their name. Equal constants without a name of their own are stored once. */
  constant<D extends Datatype>(datatype: D, shape: readonly number[], data: DataOf[D], name?: string): string {
    const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined;
    const key = bytes && name === undefined && bytes.length <= 64 ? `${datatype} ${shape.join()} ${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const made = name ?? `constant:${this.#names++}`;
    const values = bytes ? { rawData: bytes } : { stringData: [...(data as readonly Uint8Array[])] as Uint8Array<ArrayBuffer>[] };
    this.#graph.initializer.push(create(TensorValueSchema, { name: made, dataType: ONNX_TYPE_OF[datatype], dims: shape.map(BigInt), ...values }));
    if (key !== undefined) this.#constants.set(key, made);
    return made;
  }

  /** Stores whole numbers as INT64, the type that ONNX wants for shapes and axes: a list, or a scalar. */
  ints(values: number | readonly number[]): string {
    if (typeof values === 'number') return this.constant('INT64', [], BigInt64Array.of(BigInt(values)));
    return this.constant('INT64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Stores a scalar as FP32. */
  float(value: number): string {
    return this.constant('FP32', [], Float32Array.of(value));
  }

  /** Adds a node with one output; returns the output's name. An absent optional input is the empty string. */
  node(op: string, inputs: readonly string[], attributes: OnnxAttributes = {}, output?: string): string {
    return this.nodes(op, inputs, attributes, output === undefined ? 1 : [output])[0]!;
  }

  /** Adds a node with several outputs: their number, or their names. Returns the names. */
  nodes(op: string, inputs: readonly string[], attributes: OnnxAttributes, outputs: number | readonly string[]): string[] {
    const names = typeof outputs === 'number' ? Array.from({ length: outputs }, () => `${op}:${this.#names++}`) : [...outputs];
    const attribute = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [toAttribute(name, value)]));
    const name = this.scope === undefined ? names[0]! : `${this.scope}/${names[0]!}`;
    this.#graph.node.push(create(NodeSchema, { name, opType: op, input: [...inputs], output: names, attribute }));
    return names;
  }

  /** Leaves out what no output needs: nodes, and stored values. Inputs stay. */
  prune(): void {
    const graph = this.#graph;
    const needed = new Set(graph.output.map(({ name }) => name));
    // A node stands behind those whose outputs it reads.
    const kept = graph.node.toReversed().filter(({ input, output }) => {
      const wanted = output.some((name) => needed.has(name));
      if (wanted) for (const name of input) needed.add(name);
      return wanted;
    });
    graph.node = kept.toReversed();
    graph.initializer = graph.initializer.filter(({ name }) => needed.has(name));
  }

  /** The file. */
  toBytes(): Uint8Array<ArrayBuffer> {
    // IR version 7 is the one that came with opset 13.
    const model = create(ModelSchema, {
      irVersion: 7n,
      producerName: 'ocellus',
      opsetImport: [{ domain: '', version: BigInt(this.opset) }],
      graph: this.#graph,
    });
    return toBinary(ModelSchema, model);
  }
}

function valueInfo(name: string, datatype: Datatype, shape: readonly OnnxDimension[] | undefined): ValueInfo {
  const tensorType = { elemType: ONNX_TYPE_OF[datatype], ...(shape ? { shape: { dim: shape.map(toDimension) } } : {}) };
  return create(ValueInfoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}
