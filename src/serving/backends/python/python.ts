import { join } from 'node:path';
import { fail } from '../../../core/index.js';
import { messageToJson, type ModelConfig, ModelConfigSchema } from '../../../wire/index.js';
import { hostOptionsOf, parameterOf } from '../../model/host-options.js';
import { answerQuestions } from '../asked-models.js';
import { configSpec } from '../config-spec.js';
import { EngineModel } from '../engine-model.js';
import { orderUrl } from '../module-order.js';
import type { Backend, ModelFolder, VersionOrder } from '../port.js';
import { completedConfig } from './complete-python.js';
import type { PythonOrder } from './python-order.js';

const FILE = 'model.py';

function orderOf(config: ModelConfig, version: number, folder: string): Omit<PythonOrder, 'config' | 'spec'> {
  return {
    name: config.name,
    version,
    file: join(folder, String(version), config.defaultModelFilename === '' ? FILE : config.defaultModelFilename),
    path: folder,
    python: parameterOf(config, 'python') ?? 'python3',
    decoupled: config.modelTransactionPolicy?.decoupled ?? false,
  };
}

async function complete(config: ModelConfig, { folder, versions }: ModelFolder): Promise<void> {
  if (config.input.length > 0 && config.output.length > 0) return;
  const version = versions.at(-1) ?? fail('INVALID_ARGUMENT', `model '${config.name}' has no version folder, such as 1/, with a ${FILE}`);
  Object.assign(config, await completedConfig(config, orderOf(config, version, folder)));
}

async function open(asked: VersionOrder): Promise<EngineModel> {
  const { config, version, folder, engine } = asked;
  const order: PythonOrder = { ...orderOf(config, version, folder), config: messageToJson(ModelConfigSchema, config), spec: configSpec(config) };
  const module = orderUrl(new URL('./python-module.js', import.meta.url), order);
  const options = await hostOptionsOf(config, folder);
  return new EngineModel(
    await engine.load({ name: config.name, weights: { runtime: 'module', path: module } }, { ...options, onAsk: answerQuestions(asked) }),
    new Set(config.output.map(({ name }) => name)),
  );
}

/** Models written for Triton's Python backend: `model.py` with a class `TritonPythonModel`, each instance in a process of its own. */
export const pythonBackend: Backend = { names: ['python'], files: [FILE], mayLackInputs: true, complete, open };
