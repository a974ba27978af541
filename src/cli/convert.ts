import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail } from '../core/index.js';
import type { DescribedTensor, OnnxDescription } from '../models/convert.js';
import type { CliContext } from './context.js';
import { formatBytes } from './download-progress.js';

/** Flags of `models convert`. */
export interface ConvertFlags {
  readonly output: string;
  readonly outputs?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Writes beside the place and moves: a file that stands is whole. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    fail('OUTPUT_FAILED', `cannot write ${path}: ${(error as Error).message}`, error);
  }
}

const tensorText = ({ name, datatype, shape }: DescribedTensor): string => `${name}: ${datatype} ${shape ? `[${shape.join(', ')}]` : 'of any shape'}`;

function describedText(path: string, { inputs, outputs, operators, bytes }: OnnxDescription): string {
  const rows = [
    ['file', `${path} (${formatBytes(bytes)}, ${operators} operators)`],
    ...inputs.map((tensor, i) => [i === 0 ? 'inputs' : '', tensorText(tensor)] as const),
    ...outputs.map((tensor, i) => [i === 0 ? 'outputs' : '', tensorText(tensor)] as const),
  ];
  return rows.map(([key, value]) => `${key!.padEnd(7)}  ${value}\n`).join('');
}

/** Converts a model on disk to an ONNX file. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED, and what the converter throws */
export async function convert({ cwd, stdout }: CliContext, model: string, flags: ConvertFlags): Promise<void> {
  const path = resolve(cwd, flags.output);
  if (!flags.overwrite && (await isThere(path))) fail('ALREADY_EXISTS', `${path} is already there; pass --overwrite to replace it`);
  // Loaded on use: the converters bring the protobuf runtime along.
  const { converterFor, describeOnnx } = await import('../models/convert.js');
  const outputs = flags.outputs?.split(',').map((name) => name.trim());
  const bytes = await converterFor(model).convert(resolve(cwd, model), outputs ? { outputs } : {});
  const description = describeOnnx(bytes);
  await writeWhole(path, bytes);
  stdout.write(flags.json ? `${JSON.stringify({ path, ...description }, null, 2)}\n` : describedText(path, description));
}
