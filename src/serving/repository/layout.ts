import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/index.js';

/** Where each model of the repositories lies; a name that two repositories hold belongs to neither. */
export interface RepositoryLayout {
  /** Folder by name, sorted by name. */
  readonly folders: ReadonlyMap<string, string>;
  readonly duplicates: ReadonlySet<string>;
}

async function subfolders(path: string): Promise<string[]> {
  const names = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
    fail('NOT_FOUND', `model repository ${path} cannot be read: name a folder that exists`, error),
  );
  const found: string[] = [];
  for (const entry of names) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(path, entry.name))))) found.push(entry.name);
  }
  return found;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Looks through the repositories. @throws Fault NOT_FOUND for a repository that is not there */
export async function readLayout(repositories: readonly string[]): Promise<RepositoryLayout> {
  const folders = new Map<string, string>();
  const duplicates = new Set<string>();
  for (const repository of repositories)
    for (const name of await subfolders(repository)) {
      if (folders.has(name)) duplicates.add(name);
      folders.set(name, join(repository, name));
    }
  return { folders: new Map([...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))), duplicates };
}

/** Versions of a model's folder, ascending: positive whole numbers without a leading zero. */
export async function versionsIn(folder: string): Promise<number[]> {
  const names = await subfolders(folder);
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Changes whenever a file below `folder` is added, removed or written: what polling compares. */
export async function signatureOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) lines.push(`${path} ${found.mtimeMs} ${found.size}`);
  }
  return lines.toSorted().join('\n');
}
