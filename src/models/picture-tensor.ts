import { fail, type Datatype, type Tensor, type TensorSpec } from '../core/index.js';
import { toHalf } from './half.js';
import type { ModelDefinition, ModelSpec, PictureInput } from './port.js';

/** Writes the bytes of pictures as the numbers of a network's input, from element `at` of `into` on. */
export type PictureWriter = (bytes: Uint8Array, into: Float32Array | Uint16Array | Uint8Array, at: number) => void;

/** A model's picture input, checked against its network. */
export interface PicturePlan {
  readonly input: TensorSpec;
  /** Shape of the byte tensor without the batch axis. */
  readonly shape: readonly number[];
  readonly write: PictureWriter;
}

const channelsOf = ({ fit }: PictureInput): number => (fit.order === 'gray' ? 1 : 3);

function shapeOf(picture: PictureInput): number[] {
  const { width, height } = picture.fit.size;
  return picture.fit.layout === 'planar' ? [channelsOf(picture), height, width] : [height, width, channelsOf(picture)];
}

/** What each byte value becomes in each channel. */
function tablesOf({ mean, std }: PictureInput, datatype: Datatype): (Float32Array | Uint16Array)[] {
  return mean.map((m, c) => {
    const values = Float32Array.from({ length: 256 }, (_, byte) => (byte - m) / std[c]!);
    return datatype === 'FP16' ? Uint16Array.from(values, toHalf) : values;
  });
}

function planarWriter(tables: readonly (Float32Array | Uint16Array)[], plane: number): PictureWriter {
  return (bytes, into, at) => {
    for (let start = 0, c = 0; start < bytes.length; start += plane, c = (c + 1) % tables.length) {
      const table = tables[c]!;
      for (let i = start; i < start + plane; i++) into[at + i] = table[bytes[i]!]!;
    }
  };
}

function packedWriter(tables: readonly (Float32Array | Uint16Array)[]): PictureWriter {
  const [first, second, third] = [tables[0]!, tables[1] ?? tables[0]!, tables[2] ?? tables[0]!];
  if (tables.length === 1) return planarWriter(tables, 1);
  return (bytes, into, at) => {
    for (let i = 0; i < bytes.length; i += 3) {
      into[at + i] = first[bytes[i]!]!;
      into[at + i + 1] = second[bytes[i + 1]!]!;
      into[at + i + 2] = third[bytes[i + 2]!]!;
    }
  };
}

function writerOf(picture: PictureInput, datatype: Datatype): PictureWriter {
  const unchanged = picture.mean.every((m) => m === 0) && picture.std.every((s) => s === 1);
  // The engine's own conversion from bytes is an order of magnitude faster than a loop.
  if (unchanged && datatype !== 'FP16') return (bytes, into, at) => into.set(bytes, at);
  const tables = tablesOf(picture, datatype);
  const { width, height } = picture.fit.size;
  return picture.fit.layout === 'planar' ? planarWriter(tables, width * height) : packedWriter(tables);
}

function checkNumbers(name: string, picture: PictureInput): void {
  const channels = channelsOf(picture);
  for (const key of ['mean', 'std'] as const)
    if (picture[key].length !== channels)
      fail(
        'CONFIG_INVALID',
        `${name}: picture.${key} has ${picture[key].length} numbers, but a ${picture.fit.order} picture has ${channels} channels`,
      );
  if (picture.std.includes(0)) fail('CONFIG_INVALID', `${name}: picture.std has a 0, and numbers are divided by it`);
}

/** Checks that the definition's picture fits its network. @throws Fault MODEL_MISMATCH naming input, its shape and the picture's; CONFIG_INVALID */
export function planPicture({ name }: ModelDefinition, picture: PictureInput, spec: ModelSpec): PicturePlan {
  checkNumbers(name, picture);
  const names = spec.inputs.map((input) => input.name);
  const input =
    spec.inputs.find((candidate) => candidate.name === picture.input) ??
    fail('MODEL_MISMATCH', `${name}: the network has no input "${picture.input}"; it has ${names.join(', ')}`);
  const shape = shapeOf(picture);
  const { datatype } = input;
  const actual = `input "${input.name}" is ${datatype} [${input.shape.join(', ')}]`;
  if (datatype !== 'FP32' && datatype !== 'FP16' && datatype !== 'UINT8')
    fail('MODEL_MISMATCH', `${name}: ${actual}; a picture needs FP32, FP16 or UINT8`);
  const fits = input.shape.length === 4 && shape.every((size, axis) => input.shape[axis + 1]! < 0 || input.shape[axis + 1] === size);
  if (!fits) fail('MODEL_MISMATCH', `${name}: ${actual}; the ${picture.fit.layout} ${picture.fit.order} picture is [N, ${shape.join(', ')}]`);
  const write = writerOf(picture, datatype);
  if (datatype === 'UINT8' && picture.mean.some((m, c) => m !== 0 || picture.std[c] !== 1))
    fail('MODEL_MISMATCH', `${name}: ${actual}, so the picture's mean must be 0 and its std 1`);
  return { input, shape, write };
}

/** Whether a request's tensors are a picture rather than the network's own inputs: one UINT8 tensor, whatever its name. */
export function isPicture(inputs: readonly Tensor[]): boolean {
  return inputs.length === 1 && inputs[0]!.datatype === 'UINT8';
}
