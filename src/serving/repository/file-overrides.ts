import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { fail } from '../../core/index.js';

/** A model's folder made of what a load request brought. */
export interface WrittenFolder extends AsyncDisposable {
  readonly path: string;
}

/** The place of a file inside its folder. @throws Fault INVALID_ARGUMENT for a place outside */
function inside(place: string): string {
  const path = normalize(place);
  if (isAbsolute(path) || path.split(/[/\\]/)[0] === '..' || path === '.' || place.includes('\0'))
    fail('INVALID_ARGUMENT', `Invalid file parameter 'file:${place}' with normalized path '${path}' must stay within model directory.`);
  return path;
}

/** Writes files into a folder of their own, which goes when it is disposed. @throws Fault INVALID_ARGUMENT */
export async function writeOverrides(files: ReadonlyMap<string, Uint8Array>): Promise<WrittenFolder> {
  const places = [...files].map(([place, bytes]) => [inside(place), bytes] as const);
  const path = await mkdtemp(join(tmpdir(), 'ocellus-model-'));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  try {
    for (const [place, bytes] of places) {
      await mkdir(join(path, dirname(place)), { recursive: true });
      await writeFile(join(path, place), bytes);
    }
  } catch (error) {
    await remove();
    return fail('INVALID_ARGUMENT', `files of the load request cannot be written: ${String(error)}`, error);
  }
  return { path, [Symbol.asyncDispose]: remove };
}
