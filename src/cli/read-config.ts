import { resolve } from 'node:path';
import { type PipelineConfig, configLints, lintText, loadConfig } from '../pipeline/index.js';
import type { CliContext } from './context.js';

/** Reads a configuration file; stderr is told of an earlier version, and of what is allowed and hardly meant. @throws Fault as `loadConfig` */
export async function readConfig(file: string, { cwd, env, stderr }: Pick<CliContext, 'cwd' | 'env' | 'stderr'>): Promise<PipelineConfig> {
  const config = await loadConfig(resolve(cwd, file), env, (sentence) => stderr.write(`${sentence}\n`));
  for (const lint of configLints(config)) stderr.write(`warning: ${lintText(lint)}\n`);
  return config;
}
