import { z } from 'zod';
import { fail } from '../../../core/index.js';

const Text = z.union([z.string(), z.number()]);
const Dimension = z.object({ size: z.union([z.string().regex(/^-?\d{1,15}$/), z.int()]).optional() });
const ShapeValue = z.object({ dim: z.array(Dimension).optional(), unknownRank: z.boolean().optional() });

/** An attribute of a node as protobuf's JSON writes it: 64-bit numbers and types as texts, texts in base64. */
const AttributeValue = z.object({
  s: z.string().optional(),
  i: Text.optional(),
  f: Text.optional(),
  b: z.boolean().optional(),
  type: Text.optional(),
  shape: ShapeValue.optional(),
  list: z.object({ s: z.array(z.string()).optional(), i: z.array(Text).optional() }).optional(),
});

const NodeValue = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), AttributeValue).default({}),
});

const SignatureTensor = z.object({ name: z.string(), dtype: Text.optional(), tensorShape: ShapeValue.optional() });
const Signature = z.object({
  inputs: z.record(z.string(), SignatureTensor).optional(),
  outputs: z.record(z.string(), SignatureTensor).optional(),
});

const WeightEntry = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.string(),
  quantization: z.object({ dtype: z.enum(['uint8', 'uint16', 'float16']), scale: z.number().optional(), min: z.number().optional() }).optional(),
});

/** The part of a TF.js `model.json` that a conversion needs. */
const TfjsModel = z.object({
  format: z.string().optional(),
  modelTopology: z.object({ node: z.array(NodeValue).min(1) }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(WeightEntry) })),
  signature: Signature.optional(),
  userDefinedMetadata: z.object({ signature: Signature.optional() }).optional(),
});

/** A parsed `model.json`. */
export type TfjsModel = z.output<typeof TfjsModel>;
/** One node of its graph. */
export type TfjsNode = z.output<typeof NodeValue>;
/** One stored constant. */
export type TfjsWeight = z.output<typeof WeightEntry>;
/** An input or output of the signature. */
export type TfjsSignatureTensor = z.output<typeof SignatureTensor>;

/** Reads a `model.json`. @throws Fault INPUT_CORRUPT naming what is wrong, UNSUPPORTED for a layers model */
export function parseTfjs(json: unknown): TfjsModel {
  const format = (json as { format?: unknown } | null)?.format;
  if (format === 'layers-model') fail('UNSUPPORTED', 'model.json: is a layers model; only graph models can be converted');
  const result = TfjsModel.safeParse(json);
  return result.success ? result.data : fail('INPUT_CORRUPT', `model.json is no TF.js graph model: ${z.prettifyError(result.error)}`);
}

/** Names of the weights files of a `model.json`, in order. @throws Fault as {@link parseTfjs} */
export const weightPaths = (json: unknown): string[] => parseTfjs(json).weightsManifest.flatMap(({ paths }) => paths);

/** Sizes of a shape, -1 for any; undefined when the rank is unknown. */
export function sizesOf(shape: z.output<typeof ShapeValue> | undefined): number[] | undefined {
  if (!shape || shape.unknownRank) return undefined;
  return (shape.dim ?? []).map(({ size }) => Number(size ?? 0));
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

/** Reads attributes by name; each answers undefined, or the default, when there is none. */
export const attribute = {
  text: (node: TfjsNode, name: string): string | undefined => {
    const value = node.attr[name]?.s;
    return value === undefined ? undefined : fromBase64(value);
  },
  texts: (node: TfjsNode, name: string): string[] => (node.attr[name]?.list?.s ?? []).map(fromBase64),
  int: (node: TfjsNode, name: string, otherwise = 0): number => Number(node.attr[name]?.i ?? otherwise),
  ints: (node: TfjsNode, name: string): number[] => (node.attr[name]?.list?.i ?? []).map(Number),
  float: (node: TfjsNode, name: string, otherwise: number): number => Number(node.attr[name]?.f ?? otherwise),
  flag: (node: TfjsNode, name: string): boolean => node.attr[name]?.b ?? false,
  type: (node: TfjsNode, name: string): string | undefined => {
    const value = node.attr[name]?.type;
    return value === undefined ? undefined : typeOf(value);
  },
};

/** Types that occur as numbers in older files. */
const TYPE_NUMBERS: Readonly<Record<number, string>> = { 1: 'DT_FLOAT', 3: 'DT_INT32', 4: 'DT_UINT8', 9: 'DT_INT64', 10: 'DT_BOOL' };

/** The name of a TensorFlow type, which older files write as a number. */
export function typeOf(value: string | number): string {
  return typeof value === 'number' ? (TYPE_NUMBERS[value] ?? String(value)) : value;
}
