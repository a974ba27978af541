import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { fail, toFault } from '../../../core/index.js';

/** An input or output of a layer, with the shape that the file gives it: nearly always that for one picture. */
export interface IrPort {
  readonly id: string;
  /** Such as `FP32`; absent in old files. */
  readonly precision?: string | undefined;
  /** -1 for a size that is left open. */
  readonly shape: readonly number[];
}

/** Where an input comes from. */
export interface IrSource {
  readonly layer: string;
  readonly port: string;
}

/** A stretch of the weights file. */
export interface IrBlob {
  readonly offset: number;
  readonly size: number;
}

/** One layer of the network. */
export interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Such as `opset8`; empty in old files. */
  readonly version: string;
  readonly precision?: string | undefined;
  /** Attributes as texts. */
  readonly data: Readonly<Record<string, string>>;
  readonly inputs: readonly IrPort[];
  readonly outputs: readonly IrPort[];
  /** Stretches of weights by name; files of version 3 keep them with the layer. */
  readonly blobs: Readonly<Record<string, IrBlob>>;
  /** Where each input comes from, in the order of the inputs; undefined where no edge ends. */
  readonly sources: readonly (IrSource | undefined)[];
}

/** A network in OpenVINO's intermediate representation. */
export interface IrNet {
  readonly name: string;
  readonly version: number;
  /** By id, in the order of the file. */
  readonly layers: ReadonlyMap<string, IrLayer>;
}

/** Versions of the format that can be read: 3 keeps weights with the layers, 10 and 11 in constants. */
const VERSIONS: readonly number[] = [3, 10, 11];

/** Longest text that is read: a network of several thousand layers takes about a megabyte. */
const LONGEST_XML = 64 << 20;
const MOST_ELEMENTS = 2 ** 31;

const Attributes = z.record(z.string(), z.string());
const Whole = z
  .string()
  .regex(/^\d{1,15}$/, 'is no whole number')
  .transform(Number);
const empty = <S extends z.ZodType>(schema: S) => z.union([z.literal('').transform(() => undefined), schema]).optional();
const Port = z.object({
  '@': z.object({ id: z.string(), precision: z.string().optional() }),
  dim: z.array(z.union([z.string(), z.object({ '#text': z.string() }).transform((dim) => dim['#text'])])).default([]),
});
const Ports = empty(z.object({ port: z.array(Port).default([]) }));
const Blob = z.object({ '@': z.object({ offset: Whole, size: Whole }) });
const Layer = z.object({
  '@': z.object({
    id: z.string(),
    name: z.string().default(''),
    type: z.string(),
    version: z.string().default(''),
    precision: z.string().optional(),
  }),
  data: empty(z.object({ '@': Attributes.default({}) })),
  input: Ports,
  output: Ports,
  blobs: empty(z.record(z.string(), Blob)),
});
const Edge = z.object({ '@': z.object({ 'from-layer': z.string(), 'from-port': z.string(), 'to-layer': z.string(), 'to-port': z.string() }) });
const Net = z.object({
  net: z.object({
    '@': z.object({ name: z.string().default(''), version: Whole }),
    layers: z.object({ layer: z.array(Layer).min(1) }),
    edges: empty(z.object({ edge: z.array(Edge).default([]) })),
  }),
});
type RawLayer = z.output<typeof Layer>;
type RawPort = z.output<typeof Port>;

/** Elements that are read as lists even where there is one. */
const LISTS = new Set(['layer', 'edge', 'port', 'dim']);

function readXml(text: string): unknown {
  if (text.length > LONGEST_XML) fail('INPUT_CORRUPT', `the network's XML has ${text.length} characters; at most ${LONGEST_XML} are read`);
  // Files of OpenVINO have no document type; without one there is no entity to expand but the five of XML itself.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) fail('INPUT_CORRUPT', 'the network’s XML has a document type, which no OpenVINO file has');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    attributesGroupName: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    isArray: (name, _path, _leaf, isAttribute) => !isAttribute && LISTS.has(name),
  });
  try {
    return parser.parse(text, true);
  } catch (error) {
    const { message } = toFault(error);
    return fail('INPUT_CORRUPT', `the network's XML cannot be read: ${message.slice(0, 200)}`, error);
  }
}

const FIXED = /^\d{1,10}$/;
/** Sizes left open, or given as a range. */
const OPEN = /^(-1|\?|\d*\.\.\d*)$/;

function portsOf(ports: readonly RawPort[] | undefined, layer: RawLayer): IrPort[] {
  const { name, type } = layer['@'];
  return (ports ?? []).map(({ '@': { id, precision }, dim }) => {
    const at = `layer "${name}" (${type}), port ${id}`;
    const wrong = dim.find((size) => !FIXED.test(size) && !OPEN.test(size));
    if (wrong !== undefined) fail('INPUT_CORRUPT', `${at}: "${wrong.slice(0, 40)}" is no size`);
    const shape = dim.map((size) => (FIXED.test(size) ? Number(size) : -1));
    if (shape.reduce((product, size) => product * size, 1) > MOST_ELEMENTS) fail('INPUT_CORRUPT', `${at}: [${shape.join(', ')}] is too large`);
    return { id, precision, shape };
  });
}

type Edges = ReadonlyMap<string, ReadonlyMap<string, IrSource>>;

function edgesOf(edges: readonly z.output<typeof Edge>[]): Edges {
  const byLayer = new Map<string, Map<string, IrSource>>();
  for (const { '@': edge } of edges) {
    const of = byLayer.get(edge['to-layer']) ?? new Map<string, IrSource>();
    of.set(edge['to-port'], { layer: edge['from-layer'], port: edge['from-port'] });
    byLayer.set(edge['to-layer'], of);
  }
  return byLayer;
}

function layerOf(raw: RawLayer, edges: Edges): IrLayer {
  const inputs = portsOf(raw.input?.port, raw);
  const blobs = Object.entries(raw.blobs ?? {}).map(([name, blob]) => [name, blob['@']] as const);
  return {
    ...raw['@'],
    data: raw.data?.['@'] ?? {},
    inputs,
    outputs: portsOf(raw.output?.port, raw),
    blobs: Object.fromEntries(blobs),
    sources: inputs.map(({ id }) => edges.get(raw['@'].id)?.get(id)),
  };
}

/**
 * Reads the XML half of a network in OpenVINO's intermediate representation, whose format docs.openvino.ai describes.
 * @throws Fault INPUT_CORRUPT naming what is wrong; UNSUPPORTED for a version or a shape that is not fixed
 */
export function parseIr(xml: string | Uint8Array): IrNet {
  const text = typeof xml === 'string' ? xml : new TextDecoder().decode(xml);
  const result = Net.safeParse(readXml(text));
  if (!result.success) {
    const told = z.prettifyError({ ...result.error, issues: result.error.issues.slice(0, 5) });
    return fail('INPUT_CORRUPT', `the XML is no network of OpenVINO: ${told}`);
  }
  const { '@': net, layers, edges } = result.data.net;
  if (!VERSIONS.includes(net.version))
    fail('UNSUPPORTED', `the network is of IR version ${net.version}; versions ${VERSIONS.join(', ')} can be converted`);
  const byLayer = edgesOf(edges?.edge ?? []);
  const map = new Map<string, IrLayer>();
  for (const raw of layers.layer) {
    if (map.has(raw['@'].id)) fail('INPUT_CORRUPT', `two layers have the id ${raw['@'].id}`);
    map.set(raw['@'].id, layerOf(raw, byLayer));
  }
  return { name: net.name, version: net.version, layers: map };
}

/** A layer as faults name it. */
export const nameOf = ({ name, type }: IrLayer): string => `layer "${name}" (${type})`;

/** Refuses a layer. @throws Fault UNSUPPORTED naming it */
export function unsupported(layer: IrLayer, why: string): never {
  return fail('UNSUPPORTED', `cannot convert ${nameOf(layer)}: ${why}`);
}

/** Tells of a mistake in a file. @throws Fault INPUT_CORRUPT naming the layer */
export function corrupt(layer: IrLayer, why: string): never {
  return fail('INPUT_CORRUPT', `${nameOf(layer)}: ${why}`);
}

const textOf = ({ data }: IrLayer, name: string): string | undefined => (Object.hasOwn(data, name) ? data[name]!.trim() : undefined);

/** Reads attributes by name; each answers undefined, or the default, when there is none. */
export const attribute = {
  text: (layer: IrLayer, name: string): string | undefined => textOf(layer, name),
  floats(layer: IrLayer, name: string): number[] {
    const text = textOf(layer, name);
    if (!text) return [];
    return text.split(',').map((part) => {
      const value = Number(part);
      return part.trim() !== '' && Number.isFinite(value) ? value : corrupt(layer, `attribute ${name}: "${part.slice(0, 40)}" is no number`);
    });
  },
  ints(layer: IrLayer, name: string): number[] {
    const values = attribute.floats(layer, name);
    return values.every(Number.isSafeInteger) ? values : corrupt(layer, `attribute ${name}: ${values.join(', ')} must be whole numbers`);
  },
  float: (layer: IrLayer, name: string, otherwise: number): number => attribute.floats(layer, name)[0] ?? otherwise,
  int: (layer: IrLayer, name: string, otherwise: number): number => attribute.ints(layer, name)[0] ?? otherwise,
  flag(layer: IrLayer, name: string, otherwise = false): boolean {
    const text = textOf(layer, name)?.toLowerCase();
    return text === undefined || text === '' ? otherwise : text === 'true' || text === '1';
  },
};
