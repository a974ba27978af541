import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from '../../wire/index.js';
import { ensembleBackend } from './ensemble/ensemble.js';
import { imageBackend } from './image/image.js';
import { onnxBackend } from './onnx.js';
import type { Backend, ModelFolder } from './port.js';
import { pipelineBackend } from './pipeline/pipeline.js';
import { pythonBackend } from './python/python.js';
import { typescriptBackend } from './typescript/typescript.js';

/** Every kind of model that can be served; a new one is a file and a row here. */
export const BACKENDS: readonly Backend[] = Object.freeze([
  onnxBackend,
  ensembleBackend,
  typescriptBackend,
  imageBackend,
  pythonBackend,
  pipelineBackend,
]);

const byName = (name: string): Backend | undefined => BACKENDS.find(({ names, platforms }) => names.includes(name) || platforms?.includes(name));

/** The backend of a configuration that names one. */
export const findBackend = ({ backend, platform, schedulingChoice }: ModelConfig): Backend | undefined =>
  schedulingChoice.case === 'ensembleScheduling' ? byName('ensemble') : (byName(backend) ?? (backend === '' ? byName(platform) : undefined));

/** What `/config` shows as platform of a model that names none. */
export const platformOf = (backend: Backend | undefined): string => backend?.platforms?.[0] ?? '';

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The backend's name: of the older platform, of the model's file, or of a folder called `NAME.BACKEND`; '' when nothing tells. */
export async function backendOf(config: ModelConfig, { name, folder, versions }: ModelFolder): Promise<string> {
  const named = config.platform === '' ? undefined : byName(config.platform);
  if (named) return named.names[0]!;
  if (config.platform !== '') return '';
  for (const backend of BACKENDS)
    for (const file of [config.defaultModelFilename, ...(backend.files ?? [])].filter((file) => backend.files?.includes(file)))
      if (versions.length > 0 && (await isThere(join(folder, String(versions.at(-1)), file)))) return backend.names[0]!;
  const ending = /\.([^.]+)$/.exec(name)?.[1];
  return ending !== undefined && byName(ending) ? byName(ending)!.names[0]! : '';
}
