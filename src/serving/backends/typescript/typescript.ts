import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '../../../core/index.js';
import type { ModelConfig } from '../../../wire/index.js';
import { datatypeOf } from '../../model/datatypes.js';
import { hostOptionsOf } from '../../model/host-options.js';
import { answerQuestions } from '../asked-models.js';
import { EngineModel } from '../engine-model.js';
import { configSpec } from '../config-spec.js';
import { orderUrl } from '../module-order.js';
import type { Backend, VersionOrder } from '../port.js';
import type { ModelOrder } from './model-order.js';

const FILES = ['model.ts', 'model.mts', 'model.js', 'model.mjs'];

async function fileOf({ defaultModelFilename, name }: ModelConfig, path: string): Promise<string> {
  for (const file of new Set([defaultModelFilename, ...FILES])) {
    if (file === '') continue;
    const found = await access(join(path, file)).then(
      () => true,
      () => false,
    );
    if (found) return join(path, file);
  }
  return fail('NOT_FOUND', `model '${name}': ${path} holds no code; its default export in model.ts is the model`);
}

async function open(order: VersionOrder): Promise<EngineModel> {
  const { config, version, path, folder, engine } = order;
  const file = await fileOf(config, path);
  const hasBatch = config.maxBatchSize > 0;
  const outputs = config.output.map(({ name, dataType, dims, reshape }) => ({
    name,
    datatype: datatypeOf(dataType, 'model output'),
    dims: (reshape?.shape ?? dims).map(Number),
    hasBatch,
  }));
  const parameters = Object.fromEntries(Object.entries(config.parameters).map(([name, { stringValue }]) => [name, stringValue]));
  const module = orderUrl(new URL('./model-module.js', import.meta.url), {
    name: config.name,
    version,
    file: pathToFileURL(file).href,
    path,
    parameters,
    spec: configSpec(config),
    outputs,
  } satisfies ModelOrder);
  const options = await hostOptionsOf(config, folder);
  const hosted = await engine.load(
    { name: config.name, weights: { runtime: 'module', path: module } },
    { ...options, onAsk: answerQuestions(order) },
  );
  return new EngineModel(hosted, new Set(config.output.map(({ name }) => name)));
}

/** Models written in TypeScript or JavaScript, each instance in a worker thread of its own. */
export const typescriptBackend: Backend = { names: ['typescript', 'javascript', 'js', 'ts'], files: FILES, mayLackInputs: true, open };
