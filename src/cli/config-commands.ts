import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig, pipelineJsonSchema } from '../pipeline/index.js';
import type { CliContext } from './context.js';

/** `ocellus validate FILE`: checks a configuration, tells every problem with its line. */
export function validateCommand({ env, cwd, stdout }: CliContext): Command {
  return new Command('validate')
    .summary('check a configuration file')
    .description('Checks a pipeline configuration and tells every problem with its line. Opens no source and loads no model.')
    .argument('<file>', 'YAML or JSON')
    .option('--json', 'print the configuration with its defaults filled in')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const config = await loadConfig(resolve(cwd, file), env);
      const count = (record: object): number => Object.keys(record).length;
      if (options.json) stdout.write(`${JSON.stringify(config, null, 2)}\n`);
      else stdout.write(`${file} is valid: ${count(config.sources)} source(s), ${count(config.nodes)} node(s), ${count(config.sinks)} sink(s)\n`);
    });
}

/** `ocellus schema`: the JSON Schema of the configuration, for editors. */
export function schemaCommand({ stdout }: CliContext): Command {
  return new Command('schema')
    .summary('print the JSON Schema of the configuration')
    .description('Prints the JSON Schema (draft 2020-12) of the pipeline configuration, for editors and other tools.')
    .action(() => void stdout.write(`${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`));
}
