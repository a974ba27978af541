import { toHalf } from '../../half.js';

/** An output of a layer in a network under construction. */
export interface BuiltValue {
  readonly layer: number;
  readonly port: number;
  readonly shape: readonly number[];
  readonly precision: string;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

const escaped = (value: unknown): string => String(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const attributes = (values: Attributes): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
const dims = (shape: readonly number[]): string => shape.map((size) => `<dim>${size}</dim>`).join('');

const PRECISION_OF: Readonly<Record<string, string>> = { f32: 'FP32', f16: 'FP16', i64: 'I64', i32: 'I32', boolean: 'BOOL' };

function bytesOf(type: string, values: readonly number[]): Uint8Array {
  if (type === 'f32') return new Uint8Array(Float32Array.from(values).buffer);
  if (type === 'f16') return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
  if (type === 'i64') return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  if (type === 'i32') return new Uint8Array(Int32Array.from(values).buffer);
  return Uint8Array.from(values);
}

/** Writes small networks in OpenVINO's representation, as Model Optimizer would, for tests. */
export class IrBuilder {
  readonly #layers: string[] = [];
  readonly #edges: string[] = [];
  readonly #weights: Uint8Array[] = [];
  #bytes = 0;

  constructor(readonly version = 11) {}

  /** An input. */
  parameter(name: string, shape: readonly number[], type = 'f32'): BuiltValue {
    return this.layer('Parameter', [], { name, data: { shape: shape.join(','), element_type: type }, precision: PRECISION_OF[type]!, shape });
  }

  /** A constant. */
  constant(shape: readonly number[], values: readonly number[], type = 'f32'): BuiltValue {
    const { offset, size } = this.store(values, type);
    const data = { element_type: type, shape: shape.join(', '), offset, size };
    return this.layer('Const', [], { data, precision: PRECISION_OF[type]!, shape });
  }

  /** Whole numbers as OpenVINO keeps axes and sizes. */
  ints(values: number | readonly number[]): BuiltValue {
    return typeof values === 'number' ? this.constant([], [values], 'i64') : this.constant([values.length], values, 'i64');
  }

  /** Puts numbers into the weights file. */
  store(values: readonly number[], type = 'f32'): { readonly offset: number; readonly size: number } {
    const bytes = bytesOf(type, values);
    const offset = this.#bytes;
    this.#weights.push(bytes);
    this.#bytes += bytes.length;
    return { offset, size: bytes.length };
  }

  /** A layer of one output, or of as many as `shapes` lists. */
  layers(
    type: string,
    inputs: readonly BuiltValue[],
    { name, data = {}, shapes, precision = 'FP32', opset = 'opset1', blobs }: LayerOptions & { readonly shapes: readonly (readonly number[])[] },
  ): BuiltValue[] {
    const id = this.#layers.length;
    const ports = inputs.map((input, port) => `<port id="${port}" precision="${input.precision}">${dims(input.shape)}</port>`);
    const outputs = shapes.map((shape, at) => `<port id="${inputs.length + at}" precision="${precision}">${dims(shape)}</port>`);
    const own = { id, name: name ?? `${type.toLowerCase()}-${id}`, type, ...(this.version >= 10 ? { version: opset } : { precision }) };
    const stored = Object.entries(blobs ?? {}).map(([blob, at]) => `<${blob}${attributes({ ...at })}/>`);
    this.#layers.push(
      `<layer${attributes(own)}><data${attributes(data)}/>` +
        (inputs.length > 0 ? `<input>${ports.join('')}</input>` : '') +
        (shapes.length > 0 ? `<output>${outputs.join('')}</output>` : '') +
        (stored.length > 0 ? `<blobs>${stored.join('')}</blobs>` : '') +
        '</layer>',
    );
    for (const [port, input] of inputs.entries())
      this.#edges.push(`<edge from-layer="${input.layer}" from-port="${input.port}" to-layer="${id}" to-port="${port}"/>`);
    return shapes.map((shape, at) => ({ layer: id, port: inputs.length + at, shape, precision }));
  }

  /** A layer of one output. */
  layer(type: string, inputs: readonly BuiltValue[], { shape, ...options }: LayerOptions & { readonly shape: readonly number[] }): BuiltValue {
    return this.layers(type, inputs, { ...options, shapes: [shape] })[0]!;
  }

  /** Ends the network; files of version 3 have no such layer. */
  result(value: BuiltValue): void {
    if (this.version >= 10) this.layers('Result', [value], { shapes: [] });
  }

  get xml(): string {
    return `<?xml version="1.0"?>\n<net name="built" version="${this.version}"><layers>${this.#layers.join('\n')}</layers><edges>${this.#edges.join('\n')}</edges></net>\n`;
  }

  get bin(): Uint8Array {
    return Buffer.concat(this.#weights);
  }
}

/** What a layer has beside its inputs. */
interface LayerOptions {
  readonly name?: string;
  readonly data?: Attributes;
  readonly precision?: string;
  readonly opset?: string;
  readonly blobs?: Readonly<Record<string, { readonly offset: number; readonly size: number }>>;
}
