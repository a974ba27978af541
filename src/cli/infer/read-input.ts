import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { elementCount, fail, type Tensor, type TensorSpec } from '../../core/index.js';
import { parseJson, tensorFromJson, type JsonValue } from '../../wire/index.js';
import { madeInputs } from '../perf/made-inputs.js';
import type { Shapes } from '../perf/range.js';
import { readNpy } from './npy.js';

/** What `--input` says of one input: `NAME=WHAT`. */
export type InputWords = Readonly<Record<string, string>>;

/** How inputs are read. */
export interface ReadOptions {
  readonly cwd: string;
  readonly shapes: Shapes;
  /** What the bytes of a picture are divided by. */
  readonly divisor: number;
}

/** A model's input, and whether its first axis is the batch. */
export interface InputSpec extends TensorSpec {
  readonly batched: boolean;
}

const isPicture = (path: string): boolean => /\.(jpe?g|png|webp|bmp|gif|mp4|mkv|mov|webm)$/i.test(path);

/** A shape that `count` elements fill: the given one, or the model's with one size left open. @throws Fault INVALID_ARGUMENT */
export function filledShape({ name, shape, batched }: InputSpec, count: number, given: readonly number[] | undefined): readonly number[] {
  const rows = batched ? [1] : [];
  if (given) return [...rows, ...given];
  const own = batched ? [1, ...shape.slice(1)] : shape;
  const open = own.filter((size) => size < 0).length;
  const known = elementCount(own.filter((size) => size >= 0));
  if (open === 0) {
    if (known === count || !batched || known === 0 || count % known !== 0) return own;
    return [count / known, ...own.slice(1)];
  }
  if (open > 1 || known === 0 || count % known !== 0)
    fail('INVALID_ARGUMENT', `input "${name}" is [${shape.join(',')}], which ${count} values do not fill in one way; give --shape ${name}:...`);
  return own.map((size) => (size < 0 ? count / known : size));
}

const countElements = (value: JsonValue): number =>
  Array.isArray(value) ? (value as readonly JsonValue[]).reduce<number>((sum, element) => sum + countElements(element), 0) : 1;

function fromJson(value: JsonValue, spec: InputSpec, given: readonly number[] | undefined): Tensor {
  const list = Array.isArray(value) ? (value as JsonValue[]) : [value];
  const { name, datatype } = spec;
  const shape = filledShape(spec, countElements(list), given);
  return tensorFromJson({ name, datatype, shape }, list, 'input');
}

/** Values as the command line has them: JSON, or texts between commas for BYTES. */
function fromWords(words: string, spec: InputSpec, given: readonly number[] | undefined): Tensor {
  if (spec.datatype === 'BYTES' && !words.startsWith('[')) return fromJson(words.split(','), spec, given);
  return fromJson(parseJson(words.startsWith('[') ? words : `[${words}]`), spec, given);
}

function fromNpy(bytes: Uint8Array, path: string, spec: InputSpec): Tensor {
  const tensor = readNpy(bytes, path);
  const { name, datatype, batched, shape } = spec;
  const same = tensor.datatype === datatype || (datatype === 'BF16' && tensor.datatype === 'UINT16');
  if (!same) fail('INVALID_ARGUMENT', `${path} holds ${tensor.datatype}, but input "${name}" is ${datatype}; save a.astype(...)`);
  const rows = batched && tensor.shape.length === shape.length - 1 ? [1, ...tensor.shape] : tensor.shape;
  return { ...tensor, name, datatype, shape: rows } as Tensor;
}

async function fromFile(path: string, spec: InputSpec, { cwd, shapes, divisor }: ReadOptions): Promise<Tensor> {
  const full = resolve(cwd, path);
  const { name, shape, batched } = spec;
  const given = shapes[name];
  if (isPicture(path) && spec.datatype !== 'BYTES') {
    // Loaded on use: reading pictures brings FFmpeg along.
    const { imageInput } = await import('./image-input.js');
    const sizes = given ?? (batched ? shape.slice(1) : shape);
    return imageInput(full, { ...spec, shape: batched ? [1, ...sizes] : sizes }, divisor);
  }
  const bytes = new Uint8Array(await readFile(full).catch((error: unknown) => fail('NOT_FOUND', `--input ${name}: cannot read ${full}`, error)));
  if (path.endsWith('.npy')) return fromNpy(bytes, path, spec);
  if (path.endsWith('.json')) return fromJson(parseJson(bytes), spec, given);
  if (spec.datatype === 'BYTES') return { name, datatype: 'BYTES', shape: filledShape(spec, 1, given), data: [bytes] };
  return fail('INVALID_ARGUMENT', `--input ${name}: ${path} is no .npy, .json or picture file`);
}

async function readInput(words: string, spec: InputSpec, options: ReadOptions): Promise<Tensor> {
  const { name, batched } = spec;
  if (words.startsWith('@')) return fromFile(words.slice(1), spec, options);
  if (words !== 'random' && words !== 'zero') return fromWords(words, spec, options.shapes[name]);
  const shapes = options.shapes[name] ? { [name]: options.shapes[name] } : {};
  const [made] = madeInputs([spec], { data: words, batch: batched ? 1 : undefined, shapes, stringLength: 16, random: Math.random });
  return made!;
}

/**
 * Makes a request's inputs of what the command line says of each. An input of which nothing is said is left out: it may be optional.
 * @throws Fault INVALID_ARGUMENT naming the input, NOT_FOUND, INPUT_CORRUPT
 */
export async function readInputs(words: InputWords, specs: readonly InputSpec[], options: ReadOptions): Promise<Tensor[]> {
  const known = specs.map(({ name }) => name);
  const stray = [...Object.keys(words), ...Object.keys(options.shapes)].find((name) => !known.includes(name));
  if (stray !== undefined) fail('INVALID_ARGUMENT', `the model has no input "${stray}"; it has ${known.join(', ')}`);
  return Promise.all(specs.filter(({ name }) => words[name] !== undefined).map((spec) => readInput(words[spec.name]!, spec, options)));
}
