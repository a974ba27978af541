import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = process.env['OCELLUS_TEST_ASSETS'] ?? fileURLToPath(new URL('../../../shared/assets', import.meta.url));

/** Absolute path of a development asset such as `videos/campus-walkers.mp4`; it exists only where {@link needs} does not skip. */
export const asset = (path: string): string => `${folder}/${path}`;

/** Options for `test()`: skips with a message where a development asset is missing, as it is on a user's machine. */
export function needs(...paths: string[]): { skip: string | false } {
  const missing = paths.find((path) => !existsSync(asset(path)));
  return { skip: missing === undefined ? false : `needs ${missing} of the development assets` };
}
