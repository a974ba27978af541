import { basename } from 'node:path';
import { fail } from '../../core/index.js';
import { messageFromJson, type ModelConfig, ModelConfigSchema } from '../../wire/index.js';
import type { LoadOverrides } from '../port.js';
import { checkConfig } from './check-config.js';
import { completeConfig } from './complete-config.js';
import { writeOverrides, type WrittenFolder } from './file-overrides.js';
import { versionsIn } from './layout.js';
import { readConfig } from './read-config.js';
import { chosenVersions } from './version-policy.js';

/** A model that is known well enough to be opened. */
export interface PreparedModel {
  readonly config: ModelConfig;
  readonly folder: string;
  /** Those that the policy chose, ascending. */
  readonly versions: readonly number[];
  /** A folder made for this load, to go when the model goes. */
  readonly written?: WrittenFolder;
}

/** How configurations are read. */
export interface ConfigRules {
  /** `--model-config-name` */
  readonly configName?: string;
  /** Whether files may fill in what a configuration leaves open. */
  readonly autoComplete: boolean;
}

async function configOf(name: string, folder: string, overrides: LoadOverrides, rules: ConfigRules): Promise<ModelConfig> {
  if (overrides.config === undefined) return readConfig(folder, rules.configName);
  try {
    return messageFromJson(ModelConfigSchema, overrides.config, `config of '${name}'`);
  } catch (error) {
    return fail('INVALID_ARGUMENT', `Invalid config override: ${(error as Error).message}`, error);
  }
}

/** Reads, completes and checks a model's configuration. @throws Fault saying what keeps the model from being loaded */
export async function prepareModel(name: string, folder: string | undefined, overrides: LoadOverrides, rules: ConfigRules): Promise<PreparedModel> {
  if (overrides.files && overrides.files.size > 0 && overrides.config === undefined)
    fail('INVALID_ARGUMENT', "Load parameter 'config' must be specified for model file override");
  const written = overrides.files && overrides.files.size > 0 ? await writeOverrides(overrides.files) : undefined;
  const path = written?.path ?? folder ?? fail('INTERNAL', `failed to load '${name}', failed to poll from model repository`);
  try {
    const config = await configOf(name, path, overrides, rules);
    const there = await versionsIn(path);
    await completeConfig(config, { name, folder: path, versions: there }, rules.autoComplete);
    checkConfig(config, written ? name : basename(path));
    return { config, folder: path, versions: chosenVersions(config, there), ...(written && { written }) };
  } catch (error) {
    await written?.[Symbol.asyncDispose]();
    throw error;
  }
}
