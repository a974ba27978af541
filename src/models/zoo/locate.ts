import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Fault, NULL_LOG, fail } from '../../core/index.js';
import { checkPromise, readManifest } from './archive/manifest.js';
import { knownSha256, readySha256, sourceHash } from './catalogue.js';
import { convertedPath, conversionId, findConverted, listConverted, removeConverted } from './converted.js';
import { checkFile } from './digest.js';
import { exists } from './files.js';
import { installedPackages } from './installed.js';
import type { FoundFile, Origin, ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { CatalogueEntry, FilesSource, NpmSource, PinnedFile } from './port.js';

/** Path in the cache of a finished file that needs no conversion. */
export const modelPath = (entry: CatalogueEntry, cacheFolder: string): string => join(cacheFolder, CACHE_LAYOUT.models, entry.file);

/** A pinned package as a name of files and folders. */
export const packageKey = (source: Pick<NpmSource, 'package' | 'version'>): string => `${source.package.replace('/', '+')}@${source.version}`;

/** Start of the SHA-256 of a text, for names of files. */
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Folder in the cache for the source files of a package, or for those below an address. */
export function sourcesFolder(source: FilesSource, cacheFolder: string): string {
  const name = source.kind === 'npm' ? packageKey(source) : `url-${shortHash(source.url)}`;
  return join(cacheFolder, CACHE_LAYOUT.sources, name);
}

/** Name below the downloads folder of a source file on its way from an address. */
export const sourcePart = (file: PinnedFile): string => `${shortHash(file.sha256)}.source.part`;

/** Name below the downloads folder of a tarball on its way. */
export const tarballPart = (source: Pick<NpmSource, 'integrity'>): string => `${shortHash(source.integrity)}.tgz.part`;

async function mirrorOf(options: ZooOptions): Promise<string | undefined> {
  const { mirror } = options;
  if (mirror === undefined) return undefined;
  const folder = resolve(options.cwd, mirror);
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  return isFolder ? folder : fail('CONFIG_INVALID', `the model mirror ${folder} (OCELLUS_MODEL_MIRROR) is not a folder`);
}

/** The finished file in the user's mirror. @throws Fault INTEGRITY, CONFIG_INVALID (the mirror is no folder) */
export async function findInMirror(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  const mirror = await mirrorOf(options);
  if (mirror === undefined) return undefined;
  const from = `the mirror ${mirror}`;
  let [file, expected]: readonly [string, string | undefined] = [entry.file, knownSha256(entry)];
  if (expected === undefined) {
    const promise = (await readManifest(mirror))?.models.find((model) => model.name === entry.name);
    if (promise) {
      checkPromise(promise, entry, from);
      [file, expected] = [promise.file, promise.sha256];
    } else expected = readySha256(entry);
  }
  const path = join(mirror, file);
  if (!(await exists(path))) return undefined;
  if (expected === undefined) {
    options.log?.warn(`${path} is left aside: it is a converted model, and no list of checksums (ocellus models export) lies beside it`);
    return undefined;
  }
  return { path, from: 'mirror', ...(await checkFile(path, expected, from, options.signal)) };
}

async function allMatch(paths: readonly string[], source: FilesSource, from: string, signal: AbortSignal | undefined): Promise<boolean> {
  for (const [i, file] of source.files.entries()) {
    if (!(await exists(paths[i]!))) return false;
    await checkFile(paths[i]!, file.sha256, from, signal);
  }
  return true;
}

/** Source files, all of them checked. */
export interface FoundSources {
  /** In the order of the source's files. */
  readonly paths: readonly string[];
  readonly from: Origin;
}

/**
 * The source's files in an installed package: the pinned version, or another that carries the same bytes.
 * @throws Fault INTEGRITY when the pinned version carries other bytes
 */
export async function findInstalled(source: NpmSource, options: ZooOptions): Promise<FoundSources | undefined> {
  const { log = NULL_LOG, signal } = options;
  for await (const { folder, version } of installedPackages(source.package, options.cwd, signal)) {
    const paths = source.files.map((file) => join(folder, file.path));
    try {
      if (await allMatch(paths, source, `the installed package ${source.package}@${version}`, signal)) return { paths, from: 'package' };
      log.debug(`${folder} (${version}) lacks files of the model`);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'INTEGRITY' || version === source.version) throw error;
      log.debug(`${folder} is version ${version}, whose files are others: left aside`);
    }
  }
  return undefined;
}

/** Removes a bad file of the cache, and says so, since it will be fetched or made again. */
async function dropBad<T>(find: () => Promise<T>, remove: () => Promise<void>, options: ZooOptions): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'INTEGRITY') throw error;
    options.log?.warn(`a damaged file of the cache is removed and fetched or made again: ${error.message}`);
    await remove();
    return undefined;
  }
}

/** The finished file in the cache; a damaged one is removed with a warning. Converted ones count when made by the converter at hand. */
export async function findInCache(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  const { cacheFolder, signal } = options;
  const expected = readySha256(entry);
  const ready = modelPath(entry, cacheFolder);
  if (expected !== undefined && (await exists(ready))) {
    const find = async (): Promise<FoundFile> => ({ path: ready, from: 'cache', ...(await checkFile(ready, expected, 'the cache', signal)) });
    const found = await dropBad(find, () => rm(ready, { force: true }), options);
    if (found) return found;
  }
  if (entry.conversion === 'none' || !sourceHash(entry) || !options.converters?.[entry.conversion]) return undefined;
  const path = convertedPath(entry, conversionId(entry, options.converters), cacheFolder);
  if (!(await exists(path))) return undefined;
  return dropBad(
    () => findConverted(entry, path, signal),
    () => removeConverted(path),
    options,
  );
}

/** A file in the cache that another version converted of the same source: better than none. Damaged ones are removed. */
export async function findOtherConversion(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  if (!sourceHash(entry)) return undefined;
  for (const path of (await listConverted(entry, options.cacheFolder)).toReversed()) {
    const found = await dropBad(
      () => findConverted(entry, path, options.signal),
      () => removeConverted(path),
      options,
    );
    if (found) return found;
  }
  return undefined;
}

/** Source files of a model that is converted: in the mirror (by their bare names), an installed package, the cache. @throws Fault INTEGRITY */
export async function findSources(source: FilesSource, options: ZooOptions): Promise<FoundSources | undefined> {
  const mirror = await mirrorOf(options);
  if (mirror !== undefined) {
    const paths = source.files.map((file) => join(mirror, basename(file.path)));
    if (await allMatch(paths, source, `the mirror ${mirror}`, options.signal)) return { paths, from: 'mirror' };
  }
  return (source.kind === 'npm' ? await findInstalled(source, options) : undefined) ?? findCachedSources(source, options);
}

/** Source files in the cache; damaged ones are removed with a warning. */
export async function findCachedSources(source: FilesSource, options: ZooOptions): Promise<FoundSources | undefined> {
  const folder = sourcesFolder(source, options.cacheFolder);
  const paths = source.files.map((file) => join(folder, file.path));
  const find = async (): Promise<boolean> => allMatch(paths, source, 'the cache', options.signal);
  const whole = await dropBad(find, () => rm(folder, { recursive: true, force: true }), options);
  return whole ? { paths, from: 'cache' } : undefined;
}
