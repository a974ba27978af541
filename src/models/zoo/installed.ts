import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwIfAborted } from '../../core/index.js';

/** An npm package found on disk. */
export interface InstalledPackage {
  /** Absolute. */
  readonly folder: string;
  readonly version: string;
}

/** Folder of Ocellus' own code, whose dependencies count as installed too. */
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

function* upwards(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (dirname(at) === at) return;
  }
}

async function versionAt(folder: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Installed copies of a package, as Node would look for them from `cwd` and then from Ocellus' own folder, nearest first.
 * A walk rather than `require.resolve`, which refuses packages whose `exports` leave out their `package.json`.
 */
export async function* installedPackages(name: string, cwd: string, signal?: AbortSignal): AsyncGenerator<InstalledPackage> {
  const seen = new Set<string>();
  for (const above of [...upwards(cwd), ...upwards(OWN_FOLDER)]) {
    throwIfAborted(signal);
    const folder = join(above, 'node_modules', name);
    if (seen.has(folder)) continue;
    seen.add(folder);
    const version = await versionAt(folder);
    if (version !== undefined) yield { folder, version };
  }
}
