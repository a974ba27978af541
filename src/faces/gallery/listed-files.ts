import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, toFault } from '../../core/index.js';
import { type ListedPicture, readPictureList } from './picture-list.js';

/**
 * Reads the list at `listPath` and finds its pictures in `folder`: what is answered names files that can be opened from here.
 * @throws Fault NOT_FOUND for a missing list, or that names the missing pictures with their lines, ten at most; INPUT_CORRUPT
 */
export async function findListedPictures(listPath: string, folder: string): Promise<ListedPicture[]> {
  const data = await readFile(listPath).catch((error: unknown) => {
    throw toFault(error, 'NOT_FOUND', `cannot read the list ${listPath}: `);
  });
  const pictures = readPictureList(data).map((picture) => ({ ...picture, file: join(folder, picture.file) }));
  const missing: string[] = [];
  for (const { file, line } of pictures) if (!(await isFile(file))) missing.push(`line ${line}: there is no picture ${file}`);
  const more = missing.length > 10 ? [`and ${missing.length - 10} more`] : [];
  if (missing.length > 0) fail('NOT_FOUND', [`${listPath} names pictures that are not there`, ...missing.slice(0, 10), ...more].join('\n'));
  return pictures;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
