import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { type PipelineConfig, configPlan, pipelineJsonSchema, planMermaid, planText } from '../pipeline/index.js';
import type { CliContext } from './context.js';
import { readConfig } from './read-config.js';

interface ValidateOptions {
  readonly json?: boolean;
  readonly plan?: 'text' | 'mermaid';
}

function validText(file: string, config: PipelineConfig, { json, plan }: ValidateOptions, cwd: string): string {
  const count = (record: object): number => Object.keys(record).length;
  if (plan) return (plan === 'text' ? planText : planMermaid)(configPlan(config, (path) => relative(cwd, path) || path));
  if (json) return `${JSON.stringify(config, null, 2)}\n`;
  return `${file} is valid: ${count(config.sources)} source(s), ${count(config.nodes)} node(s), ${count(config.sinks)} sink(s)\n`;
}

/** `ocellus validate FILE`: checks a configuration, tells every problem with its line. */
export function validateCommand(context: CliContext): Command {
  return new Command('validate')
    .summary('check a configuration file')
    .description(
      'Checks a pipeline configuration and tells every problem with its line. Opens no source and loads no model. What is allowed and hardly meant is told on stderr as a warning.',
    )
    .argument('<file>', 'YAML or JSON')
    .addOption(new Option('--json', 'print the configuration with its defaults filled in').conflicts('plan'))
    .addOption(new Option('--plan <form>', 'print the plan: what reads what, as text or as a flowchart for Mermaid').choices(['text', 'mermaid']))
    .action(async (file: string, options: ValidateOptions) => {
      context.stdout.write(validText(file, await readConfig(file, context), options, context.cwd));
    });
}

/** `ocellus schema`: the JSON Schema of the configuration, for editors. */
export function schemaCommand({ stdout }: CliContext): Command {
  return new Command('schema')
    .summary('print the JSON Schema of the configuration')
    .description('Prints the JSON Schema (draft 2020-12) of the pipeline configuration, for editors and other tools.')
    .action(() => void stdout.write(`${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`));
}
