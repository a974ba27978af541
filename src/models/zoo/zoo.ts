import { homedir } from 'node:os';
import { fail, throwIfAborted } from '../../core/index.js';
import { FREE_BATCH_CONVERSION } from '../convert/free-batch/version.js';
import { OPENVINO_CONVERSION } from '../convert/openvino/version.js';
import { TFJS_CONVERSION } from '../convert/tfjs/version.js';
import type { ModelDefinition } from '../port.js';
import { toDefinition } from './catalogue.js';
import { type ListedModel, listModels } from './list.js';
import { ensureOnnxRuntime, findOnnxRuntime, type OnnxPlace } from './onnx-package.js';
import type { Converters, SourceFile, ZooOptions } from './options.js';
import { type Environment, cacheFolder, mirrorFolder } from './places.js';
import { resolveModel } from './resolve.js';

/** What brings models: by name from the catalogue, or a description of the user's own. */
export interface ModelSource {
  /** A model of the catalogue, fetched where needed. @throws Fault as `resolveModel` and `ensureOnnxRuntime` */
  named(name: string, signal?: AbortSignal): Promise<ModelDefinition>;
  /** The user's own network, made ready to be opened. @throws Fault as `ensureOnnxRuntime` */
  own(definition: ModelDefinition, signal?: AbortSignal): Promise<ModelDefinition>;
}

/** The catalogue on this machine. */
export interface Zoo extends ModelSource {
  readonly options: ZooOptions;
  /** The catalogue, and what is here of each model; needs no network. */
  list(): Promise<ListedModel[]>;
  /** Where the ONNX runtime is; needs no network. */
  findRuntime(): Promise<OnnxPlace>;
}

async function convertTfjsFiles(
  [model, ...weights]: readonly SourceFile[],
  { outputs }: { readonly outputs: readonly string[] },
): Promise<Uint8Array> {
  if (!model) return fail('INTERNAL', 'a TF.js model without files');
  // Loaded on use: the converter brings the protobuf runtime along.
  const { convertTfjs } = await import('../convert/tfjs/convert-tfjs.js');
  const json: unknown = JSON.parse(new TextDecoder().decode(model.bytes));
  const bytes = weights.map((file) => file.bytes);
  return convertTfjs(json, bytes, { outputs });
}

async function convertOpenVinoFiles([xml, bin]: readonly SourceFile[], { outputs }: { readonly outputs: readonly string[] }): Promise<Uint8Array> {
  if (!xml || !bin) return fail('INTERNAL', 'an OpenVINO model without its two files');
  const { convertOpenVino } = await import('../convert/openvino/convert-openvino.js');
  return convertOpenVino(xml.bytes, bin.bytes, { outputs });
}

async function freeBatchOf([model]: readonly SourceFile[]): Promise<Uint8Array> {
  if (!model) return fail('INTERNAL', 'a model without its file');
  const { freeBatch } = await import('../convert/free-batch/free-batch.js');
  return freeBatch(model.bytes);
}

/** Converters that the zoo uses by itself. */
export const ZOO_CONVERTERS: Converters = {
  tfjs: { version: TFJS_CONVERSION, convert: convertTfjsFiles },
  openvino: { version: OPENVINO_CONVERSION, convert: convertOpenVinoFiles },
  'free-batch': { version: FREE_BATCH_CONVERSION, convert: freeBatchOf },
};

/** The options that an environment asks for (`OCELLUS_CACHE`, `OCELLUS_MODEL_MIRROR`, npm's settings). Pure. */
export function zooOptions(
  env: Environment,
  { platform, home, cwd }: { readonly platform: string; readonly home: string; readonly cwd: string },
): ZooOptions {
  const mirror = mirrorFolder(env);
  return { cacheFolder: cacheFolder(env, platform, home), cwd, env, converters: ZOO_CONVERTERS, ...(mirror ? { mirror } : {}) };
}

/**
 * Opens the catalogue. Without options: cache in the platform's folder, npm's settings of the working folder, no mirror.
 * Pass `zooOptions(process.env, ...)` to honour the environment as the command line does.
 */
export function createZoo(given: Partial<ZooOptions> = {}): Zoo {
  const defaults = zooOptions({}, { platform: process.platform, home: homedir(), cwd: process.cwd() });
  const options: ZooOptions = { ...defaults, ...given };
  const within = (signal: AbortSignal | undefined): ZooOptions => (signal ? { ...options, signal } : options);
  const own = async (definition: ModelDefinition, signal?: AbortSignal): Promise<ModelDefinition> => {
    throwIfAborted(signal);
    if (definition.weights.runtime !== 'onnx') return definition;
    const binding = await ensureOnnxRuntime(within(signal));
    return binding === undefined ? definition : { ...definition, weights: { ...definition.weights, binding } };
  };
  return {
    options,
    own,
    async named(name, signal) {
      const { entry, path } = await resolveModel(name, within(signal));
      return own(toDefinition(entry, path), signal);
    },
    list: () => listModels(options),
    findRuntime: () => findOnnxRuntime(options),
  };
}
