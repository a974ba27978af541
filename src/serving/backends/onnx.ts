import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { elementCount, fail, type TensorSpec } from '../../core/index.js';
import type { HostOptions } from '../../inference/index.js';
import type { DescribedTensor } from '../../models/convert.js';
import type { ModelDefinition } from '../../models/index.js';
import { create, type ModelConfig, ModelDynamicBatchingSchema, ModelInputSchema, ModelOutputSchema } from '../../wire/index.js';
import { dataTypeOf, datatypeOf } from '../model/datatypes.js';
import { hostOptionsOf, parameterOf } from '../model/host-options.js';
import { EngineModel } from './engine-model.js';
import { runsAtOnce } from './trial-run.js';
import type { Backend, ModelFolder, VersionOrder } from './port.js';

const FILE = 'model.onnx';
const DEFAULT_MAX_BATCH = 4;
/** A file and tensors up to these sizes mostly run in less time than a thread's round trip takes; whether one does is tried. */
const TINY_FILE_BYTES = 65_536;
const TINY_ELEMENTS = 4096;

const fileOf = ({ defaultModelFilename }: ModelConfig): string => (defaultModelFilename === '' ? FILE : defaultModelFilename);

const sizesOf = ({ shape = [] }: DescribedTensor): bigint[] => shape.map((size) => (typeof size === 'number' ? BigInt(size) : -1n));

/** Whether every tensor's first size is free: then it may be the batch. */
const mayBatch = (tensors: readonly DescribedTensor[]): boolean => tensors.every((tensor) => sizesOf(tensor)[0] === -1n);

async function complete(config: ModelConfig, { folder, versions }: ModelFolder): Promise<void> {
  if (config.input.length > 0 && config.output.length > 0) return;
  const version = versions.at(-1) ?? fail('INVALID_ARGUMENT', `model '${config.name}' has no version folder, such as 1/, that could tell its inputs`);
  const path = join(folder, String(version), fileOf(config));
  const bytes = await readFile(path).catch((error: unknown) => fail('NOT_FOUND', `${path}: there is no such model file`, error));
  const { describeOnnx } = await import('../../models/convert.js');
  const { inputs, outputs } = describeOnnx(bytes);
  const whole = config.input.length === 0 && config.output.length === 0 && config.maxBatchSize === 0;
  if (whole && config.schedulingChoice.case === undefined && mayBatch([...inputs, ...outputs])) {
    config.maxBatchSize = DEFAULT_MAX_BATCH;
    config.schedulingChoice = { case: 'dynamicBatching', value: create(ModelDynamicBatchingSchema, {}) };
  }
  const from = config.maxBatchSize > 0 ? 1 : 0;
  const io = (tensor: DescribedTensor) => ({ name: tensor.name, dataType: dataTypeOf(tensor.datatype), dims: sizesOf(tensor).slice(from) });
  if (config.input.length === 0) config.input = inputs.map((tensor) => create(ModelInputSchema, io(tensor)));
  if (config.output.length === 0) config.output = outputs.map((tensor) => create(ModelOutputSchema, io(tensor)));
}

type Io = ModelConfig['input'][number] | ModelConfig['output'][number];

function checkTensor(config: ModelConfig, kind: 'input' | 'output', io: Io, specs: readonly TensorSpec[]): void {
  const { name, maxBatchSize } = config;
  const spec = specs.find((known) => known.name === io.name);
  if (!spec)
    return fail(
      'INVALID_ARGUMENT',
      `unexpected inference ${kind} '${io.name}', allowed ${kind}s are: ${specs
        .map((known) => known.name)
        .toSorted()
        .join(', ')}`,
    );
  const datatype = datatypeOf(io.dataType, `model ${kind}`);
  if (datatype !== spec.datatype)
    fail('INVALID_ARGUMENT', `unexpected datatype TYPE_${datatype} for inference ${kind} '${io.name}', expecting TYPE_${spec.datatype} for ${name}`);
  const dims = (io.reshape?.shape ?? io.dims).map(Number);
  const wanted = maxBatchSize > 0 ? [-1, ...dims] : dims;
  const fits =
    wanted.length === spec.shape.length && wanted.every((size, axis) => size === -1 || spec.shape[axis] === -1 || spec.shape[axis] === size);
  if (fits) return;
  const batch = maxBatchSize > 0 ? `. Its first dimension is the batch, of up to ${maxBatchSize}; max_batch_size: 0 makes it one of the dims` : '';
  fail(
    'INVALID_ARGUMENT',
    `model '${name}', tensor '${io.name}': the model expects ${spec.shape.length} dimensions (shape [${spec.shape.join(',')}]) but the model configuration specifies ${wanted.length} dimensions (shape [${wanted.join(',')}])${batch}`,
  );
}

/** Whether a model may be so fast that the calling thread had better run it itself. */
async function mayBeTiny(config: ModelConfig, path: string): Promise<boolean> {
  if (parameterOf(config, 'placement') !== undefined) return false;
  const { size } = await stat(path).catch(() => ({ size: Infinity }));
  const elements = [...config.input, ...config.output].map(({ dims }) => (dims.includes(-1n) ? Infinity : elementCount(dims.map(Number))));
  const claims = config.instanceGroup.some(({ rateLimiter }) => rateLimiter);
  return !claims && size <= TINY_FILE_BYTES && Math.max(1, config.maxBatchSize) * Math.max(...elements) <= TINY_ELEMENTS;
}

/** The options of a model: a tiny one that proves fast runs on the calling thread, in one copy, unless its parameter `placement` says otherwise. */
async function hostOptions({ config, folder, engine }: VersionOrder, definition: ModelDefinition): Promise<HostOptions> {
  const options = await hostOptionsOf(config, folder);
  const inline = (await mayBeTiny(config, definition.weights.path)) && (await runsAtOnce(engine, definition, Math.max(1, config.maxBatchSize)));
  return inline ? { ...options, placement: 'inline', instanceGroups: [{ count: 1 }] } : options;
}

async function open(order: VersionOrder): Promise<EngineModel> {
  const { config, engine } = order;
  const path = join(order.path, fileOf(config));
  const threads = Number(parameterOf(config, 'intra_op_thread_count') ?? 1);
  const definition: ModelDefinition = { name: config.name, weights: { runtime: 'onnx', path }, options: { threads: Math.max(1, threads) } };
  const hosted = await engine.load(definition, await hostOptions(order, definition));
  try {
    for (const io of config.input) checkTensor(config, 'input', io, hosted.spec.inputs);
    for (const io of config.output) checkTensor(config, 'output', io, hosted.spec.outputs);
    if (config.maxBatchSize > 1 && hosted.maxBatch === 1)
      fail(
        'INVALID_ARGUMENT',
        `model '${config.name}': max_batch_size is ${config.maxBatchSize}, but the model fixes the first dimension of its tensors; set max_batch_size: 0`,
      );
  } catch (error) {
    await hosted[Symbol.asyncDispose]();
    throw error;
  }
  return new EngineModel(hosted, new Set(config.output.map(({ name }) => name)));
}

/** ONNX files through the engine. */
export const onnxBackend: Backend = {
  names: ['onnxruntime', 'onnx'],
  platforms: ['onnxruntime_onnx'],
  files: [FILE],
  complete,
  open,
};
