import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { fail } from '../core/index.js';
import type { CliContext } from './context.js';

interface NewModelFlags {
  readonly backend: string;
  readonly modelRepository: string;
  readonly json?: boolean;
}

async function newModel(name: string, flags: NewModelFlags, { cwd, stdout }: CliContext): Promise<void> {
  const { modelTemplate } = await import('../serving/index.js');
  const files = modelTemplate(name, flags.backend);
  const repository = resolve(cwd, flags.modelRepository);
  const folder = join(repository, name);
  if (await stat(folder).catch(() => undefined)) fail('ALREADY_EXISTS', `${folder} is already there; choose another name, or remove it`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  const near = (path: string): string => relative(cwd, path) || '.';
  const written = Object.keys(files).map((path) => near(join(repository, path)));
  if (flags.json) return void stdout.write(`${JSON.stringify({ name, files: written })}\n`);
  stdout.write(
    `${written.map((path) => `${path}\n`).join('')}\nTry it:   node --test ${near(folder)}\nServe it: ocellus serve ${near(repository)}\n`,
  );
}

/** `ocellus models new NAME` */
export function newModelCommand(context: CliContext): Command {
  return new Command('new')
    .description('write a model to start from: configuration, code and a test, into a model repository')
    .argument('<name>', 'what the model is called')
    .option('--backend <name>', 'what runs it', 'typescript')
    .option('--model-repository <folder>', 'where models lie', 'models')
    .option('--json', 'print JSON on stdout')
    .action((name: string, flags: NewModelFlags) => newModel(name, flags, context));
}
