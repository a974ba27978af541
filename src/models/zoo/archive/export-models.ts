import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../../../core/index.js';
import { sourceHash } from '../catalogue.js';
import { readReceipt } from '../converted.js';
import { exists, makeFolder, moveIntoPlace, saveBytes, writeFault } from '../files.js';
import type { ZooOptions } from '../options.js';
import { type ResolvedModel, resolveModel } from '../resolve.js';
import { MANIFEST_FILE, type Manifest, type ManifestModel, readManifest } from './manifest.js';
import { type TarInput, writeTar } from './tar-writer.js';

/** What was exported. */
export interface Exported {
  /** Absolute path of the archive or folder. */
  readonly path: string;
  readonly models: readonly { readonly name: string; readonly file: string; readonly sha256: string; readonly bytes: number }[];
}

const manifestBytes = (models: readonly ManifestModel[]): Buffer => {
  const manifest: Manifest = { format: 'ocellus-models', version: 1, models: [...models] };
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
};

/** Who converted a file: its receipt in the cache or, in a mirror, the list there. */
async function converterOf({ entry, path, from }: ResolvedModel): Promise<string> {
  if (from !== 'mirror') return (await readReceipt(path))?.by ?? fail('INTEGRITY', `${path} has no receipt that says what it was made by`);
  const promise = (await readManifest(dirname(path)))?.models.find((model) => model.name === entry.name);
  return promise?.made?.by ?? fail('INTEGRITY', `the list beside ${path} does not say what made it`);
}

async function describe(model: ResolvedModel): Promise<ManifestModel> {
  const { entry, sha256, bytes } = model;
  // A file that the catalogue knows was not made by a conversion here.
  const of = sha256 === entry.ready?.sha256 ? undefined : sourceHash(entry);
  const made = of === undefined ? {} : { made: { of, by: await converterOf(model) } };
  return { name: entry.name, file: entry.file, sha256, bytes, ...made };
}

async function toArchive(models: readonly ResolvedModel[], list: readonly ManifestModel[], target: string, options: ZooOptions): Promise<void> {
  const manifest = manifestBytes(list);
  const inputs: TarInput[] = [
    { path: MANIFEST_FILE, bytes: manifest.length, from: { data: manifest } },
    ...list.map(({ file, bytes }, i) => ({ path: file, bytes, from: { file: models[i]!.path } })),
  ];
  await makeFolder(dirname(target));
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  try {
    await writeTar(part, inputs, options.signal);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

async function toFolder(models: readonly ResolvedModel[], list: readonly ManifestModel[], target: string): Promise<void> {
  const others = ((await readManifest(target))?.models ?? []).filter(({ name }) => !list.some((model) => model.name === name));
  await mkdir(target, { recursive: true });
  for (const [i, { file }] of list.entries()) {
    const part = join(target, `.${file}.${process.pid}.part`);
    await copyFile(models[i]!.path, part).catch((error: unknown) => {
      throw writeFault(part, error);
    });
    await moveIntoPlace(part, join(target, file));
  }
  const part = join(target, `.${MANIFEST_FILE}.${process.pid}.part`);
  await saveBytes(part, manifestBytes([...others, ...list]));
  await moveIntoPlace(part, join(target, MANIFEST_FILE));
}

const isArchive = (path: string): boolean => /\.(tgz|tar\.gz)$/i.test(path);

/**
 * Packs models for a machine without network, fetching what is not here: into an archive when `target` ends in `.tgz` or `.tar.gz`, else into a
 * folder, which serves as a mirror too and to which a later export adds.
 * @throws Fault as {@link resolveModel}; USAGE (no names); ALREADY_EXISTS (an archive, unless `overwrite`); OUTPUT_FAILED
 */
export async function exportModels(
  names: readonly string[],
  target: string,
  options: ZooOptions & { readonly overwrite?: boolean },
): Promise<Exported> {
  if (names.length === 0) fail('USAGE', 'name at least one model to export');
  const path = resolve(options.cwd, target);
  const archive = isArchive(path);
  if (archive && !options.overwrite && (await exists(path))) fail('ALREADY_EXISTS', `${path} exists already; give another name or --overwrite`);
  const info = await stat(path).catch(() => undefined);
  if (info && info.isDirectory() === archive) fail('OUTPUT_FAILED', `${path} is ${archive ? 'a folder' : 'a file'}; name a .tgz file or a folder`);
  const models = new Map<string, ResolvedModel>();
  for (const name of names) {
    const model = await resolveModel(name, options);
    models.set(model.entry.name, model);
  }
  const all = [...models.values()];
  const list = await Promise.all(all.map(describe));
  await (archive ? toArchive(all, list, path, options) : toFolder(all, list, path));
  return { path, models: list };
}
