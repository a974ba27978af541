import { readFile } from 'node:fs/promises';
import { elementCount, fail, type Tensor, type TensorSpec } from '../../core/index.js';
import { parseJson, tensorFromBytes, tensorFromJson, type JsonObject, type JsonValue } from '../../wire/index.js';
import { madeShape } from './made-inputs.js';

const member = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  value instanceof Map ? (value as JsonObject).get(name) : undefined;

function asShape(value: JsonValue, where: string): readonly number[] {
  if (Array.isArray(value) && (value as JsonValue[]).every((size) => Number.isInteger(size))) return value as number[];
  return fail('INPUT_CORRUPT', `${where}: "shape" must be a list of whole numbers`);
}

const elementsOf = (data: readonly JsonValue[]): JsonValue[] =>
  data.flatMap((element) => (Array.isArray(element) ? elementsOf(element as readonly JsonValue[]) : [element]));

function tensorOf(value: JsonValue, spec: TensorSpec, batch: number | undefined, where: string): Tensor {
  const { name, datatype } = spec;
  const given = member(value, 'shape');
  const content = member(value, 'content') ?? value;
  const shape = madeShape(spec, batch, given === undefined ? undefined : asShape(given, where));
  const head = { name, datatype, shape };
  const packed = member(content, 'b64');
  if (typeof packed === 'string') {
    const bytes = new Uint8Array(Buffer.from(packed, 'base64'));
    return tensorFromBytes(head, bytes, { modelName: where, id: '', direction: 'input' });
  }
  if (!Array.isArray(content)) return fail('INPUT_CORRUPT', `${where}: a list of values, { "content": [...] } or { "b64": "..." } is wanted`);
  const count = elementCount(shape);
  const flat = elementsOf(content as JsonValue[]);
  // As perf_analyzer's files have it: one row, which stands for every row of the batch.
  const rows = batch !== undefined && flat.length * batch === count ? Array.from({ length: batch }, () => flat).flat() : flat;
  return tensorFromJson(head, rows, 'input');
}

/**
 * Reads perf_analyzer's data file: `{ "data": [ { "INPUT": [...] }, ... ] }`, each entry one request.
 * @throws Fault NOT_FOUND, INPUT_CORRUPT naming the entry and the input
 */
export async function readInputFile(path: string, inputs: readonly TensorSpec[], batch: number | undefined): Promise<Tensor[][]> {
  const bytes = await readFile(path).catch((error: unknown) => fail('NOT_FOUND', `--input-data: cannot read ${path}`, error));
  const data = member(parseJson(new Uint8Array(bytes)), 'data');
  if (!Array.isArray(data) || data.length === 0) return fail('INPUT_CORRUPT', `${path}: a member "data" with a list of requests is wanted`);
  return (data as JsonValue[]).map((entry, at) =>
    inputs.map((spec) => {
      const value = member(entry, spec.name) ?? fail('INPUT_CORRUPT', `${path}: data[${at}] has no input "${spec.name}"`);
      return tensorOf(value, spec, batch, `${path}: data[${at}].${spec.name}`);
    }),
  );
}
