import { rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Fault, NULL_LOG } from '../../core/index.js';
import { CATALOGUE, filesSource, findModel, knownSha256, readySha256, sourceHash } from './catalogue.js';
import { checkFile } from './digest.js';
import { discardPart } from './download.js';
import { exists } from './files.js';
import { findConverted, listConverted, removeConverted } from './converted.js';
import { findInMirror, findInstalled, modelPath, sourcePart, sourcesFolder, tarballPart } from './locate.js';
import type { FoundFile, ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { CatalogueEntry, FilesSource } from './port.js';

/** A model of the catalogue and what is here of it. */
export interface ListedModel {
  readonly entry: CatalogueEntry;
  /** The finished file; absent where it is not here. */
  readonly here?: FoundFile;
  /** Of a model that is converted: its source files are installed or cached, so that no network is needed. */
  readonly convertible: boolean;
  /** What is wrong with the file that lies here. */
  readonly problem?: string;
}

/** Looks, and changes nothing: damaged files stay and are told of. */
async function look(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  const mirrored = await findInMirror(entry, options);
  if (mirrored) return mirrored;
  const { source, conversion } = entry;
  if (source.kind === 'npm' && conversion === 'none') {
    const path = (await findInstalled(source, options))?.paths[0];
    if (path !== undefined)
      return { path, from: 'package', ...(await checkFile(path, source.files[0]!.sha256, 'the installed package', options.signal)) };
  }
  const expected = readySha256(entry);
  const path = modelPath(entry, options.cacheFolder);
  if (expected !== undefined && (await exists(path)))
    return { path, from: 'cache', ...(await checkFile(path, expected, 'the cache', options.signal)) };
  if (knownSha256(entry) !== undefined) return undefined;
  const converted = (await listConverted(entry, options.cacheFolder)).at(-1);
  return converted === undefined ? undefined : findConverted(entry, converted, options.signal);
}

async function isConvertible(entry: CatalogueEntry, options: ZooOptions): Promise<boolean> {
  const source = filesSource(entry);
  if (!source || entry.conversion === 'none') return false;
  if (source.kind === 'npm' && (await findInstalled(source, options))) return true;
  const folder = sourcesFolder(source, options.cacheFolder);
  const there = await Promise.all(source.files.map((file) => exists(join(folder, file.path))));
  return there.every(Boolean);
}

/** What is here of one model. Checks files, changes none, needs no network. @throws Fault CONFIG_INVALID (mirror), CANCELLED */
export async function inspectModel(entry: CatalogueEntry, options: ZooOptions): Promise<ListedModel> {
  try {
    const here = await look(entry, options);
    return { entry, ...(here ? { here } : {}), convertible: await isConvertible(entry, options) };
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'INTEGRITY' && error.code !== 'INPUT_CORRUPT')) throw error;
    return { entry, convertible: false, problem: error.message };
  }
}

/** The catalogue, and what is here of each model. @throws Fault CONFIG_INVALID (mirror), CANCELLED */
export async function listModels(options: ZooOptions): Promise<ListedModel[]> {
  const listed: ListedModel[] = [];
  for (const entry of options.catalogue ?? CATALOGUE) listed.push(await inspectModel(entry, options));
  return listed;
}

/**
 * Removes a model from the cache: the finished file, source files and unfinished downloads. Mirror and installed packages are not touched.
 * @returns paths of the finished files that went; empty where there was none @throws Fault NOT_FOUND (no such name)
 */
export async function removeModel(name: string, options: ZooOptions): Promise<string[]> {
  const entry = findModel(name, options.catalogue);
  const source = filesSource(entry);
  const converted = sourceHash(entry) ? await listConverted(entry, options.cacheFolder) : [];
  const removed = readySha256(entry) === undefined ? converted : [modelPath(entry, options.cacheFolder), ...converted];
  const there = await Promise.all(removed.map(exists));
  await Promise.all(removed.map(removeConverted));
  if (source) await removeSources(source, options);
  for (const part of partsOf(entry)) await discardPart(join(options.cacheFolder, CACHE_LAYOUT.downloads, part));
  (options.log ?? NULL_LOG).debug(`${entry.name} is out of the cache`, { file: parse(entry.file).base });
  return removed.filter((_, i) => there[i]);
}

/** Names of downloads of a model that may lie unfinished. */
function partsOf(entry: CatalogueEntry): string[] {
  const source = filesSource(entry);
  if (!source) return [`${entry.file}.part`];
  return source.kind === 'npm' ? [tarballPart(source)] : source.files.map(sourcePart);
}

async function removeSources(source: FilesSource, options: ZooOptions): Promise<void> {
  const folder = sourcesFolder(source, options.cacheFolder);
  await Promise.all(source.files.map((file) => rm(join(folder, file.path), { force: true })));
}
