import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { toFault } from '../../core/index.js';
import { create, messageFromJson, type ModelConfig, ModelConfigSchema, parseTextProto } from '../../wire/index.js';

const READERS: readonly (readonly [string, (text: string, path: string) => ModelConfig])[] = [
  ['.pbtxt', (text, path) => parseTextProto(ModelConfigSchema, text, path)],
  ['.json', (text, path) => messageFromJson(ModelConfigSchema, text, path)],
  ['.yaml', (text, path) => messageFromJson(ModelConfigSchema, yaml(text, path), path)],
  ['.yml', (text, path) => messageFromJson(ModelConfigSchema, yaml(text, path), path)],
];

function yaml(text: string, path: string): unknown {
  try {
    return parse(text, { intAsBigInt: false });
  } catch (error) {
    throw toFault(error, 'CONFIG_INVALID', `${path}: `);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toFault(error, 'UNAVAILABLE', `${path} cannot be read: `);
  }
}

/**
 * The configuration in a model's folder, or an empty one where it holds none: `configs/NAME.pbtxt` (or `.json`, `.yaml`) where `configName`
 * is given and that file is there, otherwise `config.pbtxt`, `.json` or `.yaml`.
 * @throws Fault CONFIG_INVALID naming file, line and field
 */
export async function readConfig(folder: string, configName: string | undefined): Promise<ModelConfig> {
  const stems = [...(configName === undefined ? [] : [join(folder, 'configs', configName)]), join(folder, 'config')];
  for (const stem of stems)
    for (const [ending, read] of READERS) {
      const path = stem + ending;
      const text = await readIfThere(path);
      if (text !== undefined) return read(text, path);
    }
  return create(ModelConfigSchema);
}
