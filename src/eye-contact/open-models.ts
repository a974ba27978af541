import type { Engine, HostOptions, LoadedModel } from '../inference/index.js';
import type { ModelSource } from '../models/index.js';

/** Loads several models of the catalogue; where one fails, those that were loaded before are closed. @throws Fault as `models.named` and `engine.load` */
export async function openModels(
  engine: Engine,
  models: ModelSource,
  names: readonly string[],
  optionsOf: (name: string) => HostOptions,
  signal?: AbortSignal,
): Promise<LoadedModel[]> {
  const opened: LoadedModel[] = [];
  try {
    for (const name of names) opened.push(await engine.load(await models.named(name, signal), optionsOf(name)));
    return opened;
  } catch (error) {
    await Promise.all(opened.map((model) => model[Symbol.asyncDispose]()));
    throw error;
  }
}
