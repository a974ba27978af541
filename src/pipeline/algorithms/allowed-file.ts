import { realpath } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve } from 'node:path';
import { fail } from '../../core/index.js';

const KINDS = ['.js', '.mjs', '.ts', '.mts'];

const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
};

const realOf = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

/**
 * The true path of a file of code, if it lies in one of the folders or below; links are followed first, so that none leads out.
 * @throws Fault NOT_FOUND; PERMISSION_DENIED naming the folders; INVALID_ARGUMENT for another kind of file
 */
export async function allowedFile(file: string, folders: readonly string[]): Promise<string> {
  if (!KINDS.includes(extname(file))) fail('INVALID_ARGUMENT', `${file}: an algorithm is a file of JavaScript or TypeScript: ${KINDS.join(', ')}`);
  const path = await realOf(resolve(file));
  if (path === undefined) return fail('NOT_FOUND', `${file}: there is no such file`);
  for (const folder of folders) {
    const real = await realOf(resolve(folder));
    if (real !== undefined && isWithin(real, path)) return path;
  }
  const where = path === resolve(file) ? file : `${file} (in truth ${path})`;
  return fail(
    'PERMISSION_DENIED',
    `${where}: code is loaded only from ${folders.join(', ') || 'nowhere'} and below; allow its folder with algorithmFolders, or with --algorithms`,
  );
}
