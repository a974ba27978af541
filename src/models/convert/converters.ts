import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fail } from '../../core/index.js';
import { convertOpenVino } from './openvino/convert-openvino.js';
import { convertTfjs } from './tfjs/convert-tfjs.js';
import { weightPaths } from './tfjs/model.js';

/** How to convert, whatever the format. */
export interface ConvertOptions {
  /** Outputs to keep, by name; all when absent. */
  readonly outputs?: readonly string[];
}

/** Makes an ONNX file of a model on disk. */
export interface ModelConverter {
  /** A word for the format, such as `tfjs`. */
  readonly format: string;
  readonly summary: string;
  /** Whether a file of this name is one of the format. */
  handles(path: string): boolean;
  /**
   * Reads the model with the files that it names.
   * @returns the bytes of the ONNX file
   * @throws Fault NOT_FOUND, PERMISSION_DENIED, INPUT_CORRUPT, UNSUPPORTED, INVALID_ARGUMENT
   */
  convert(path: string, options: ConvertOptions): Promise<Uint8Array>;
}

/** Reads a file of a model. @throws Fault NOT_FOUND or PERMISSION_DENIED naming the file, and who names it */
export async function readModelFile(path: string, namedBy?: string): Promise<Uint8Array> {
  const told = namedBy === undefined ? path : `${path}, which ${namedBy} names,`;
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return fail('NOT_FOUND', `${told} does not exist`, error);
    if (error.code === 'EISDIR') return fail('INPUT_CORRUPT', `${told} is a folder`, error);
    return fail('PERMISSION_DENIED', `${told} cannot be read`, error);
  });
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return fail('INPUT_CORRUPT', `${path} is no JSON: ${(error as Error).message}`, error);
  }
}

/** Where a weights file is: in the model's folder or below, as all tools write it. */
function besides(model: string, path: string): string {
  const file = resolve(dirname(model), path);
  return relative(dirname(resolve(model)), file).startsWith('..')
    ? fail('INPUT_CORRUPT', `${model} names the weights file ${path}, which is outside of its folder`)
    : file;
}

const tfjs: ModelConverter = {
  format: 'tfjs',
  summary: 'TensorFlow.js graph model: model.json with the weights files that it names',
  handles: (path) => path.toLowerCase().endsWith('.json'),
  async convert(path, options) {
    const json = parseJson(path, await readModelFile(path));
    const weights: Uint8Array[] = [];
    for (const name of weightPaths(json)) weights.push(await readModelFile(besides(path, name), path));
    return convertTfjs(json, weights, options);
  },
};

const openvino: ModelConverter = {
  format: 'openvino',
  summary: 'OpenVINO IR: NAME.xml with NAME.bin beside it',
  handles: (path) => path.toLowerCase().endsWith('.xml'),
  async convert(path, options) {
    const weights = path.replace(/\.xml$/i, '.bin');
    return convertOpenVino(await readModelFile(path), await readModelFile(weights, path), options);
  },
};

/** Formats that become ONNX; a new one is one row. */
export const CONVERTERS: readonly ModelConverter[] = [tfjs, openvino];

/** The converter for a file. @throws Fault UNSUPPORTED listing the formats */
export function converterFor(path: string): ModelConverter {
  const known = CONVERTERS.map(({ format, summary }) => `${format} (${summary})`).join('; ');
  return (
    CONVERTERS.find((converter) => converter.handles(path)) ??
    fail('UNSUPPORTED', `${path}: there is no converter for such a file; known are ${known}`)
  );
}
