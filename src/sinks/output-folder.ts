import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault, fail } from '../core/index.js';

const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to write there';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a part of the path is a file, not a folder';
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
};

/** What an output needs before work starts. */
export interface OutputNeeds {
  readonly overwrite?: boolean;
  /** Free bytes that the disk must have; 1 MiB when absent. */
  readonly freeBytes?: number;
}

/**
 * Makes the folder of the file `path` and checks, before any work is done, that the file can be written there.
 * @throws Fault ALREADY_EXISTS when the file is there and `overwrite` is not set; OUTPUT_FAILED when it cannot be written or the disk is full
 */
export async function prepareOutput(path: string, { overwrite = false, freeBytes = 1 << 20 }: OutputNeeds = {}): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    fail('OUTPUT_FAILED', `cannot write ${path}: ${reasonOf(error)}; choose another output`, error);
  }
  const present = await stat(path).catch(() => null);
  if (present?.isDirectory()) fail('OUTPUT_FAILED', `cannot write ${path}: it is a folder`);
  if (present && !overwrite) fail('ALREADY_EXISTS', `${path} is already there; pass --overwrite (or overwrite: true) to replace it`);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < freeBytes)
    fail('OUTPUT_FAILED', `cannot write ${path}: the disk has ${bavail * bsize} bytes left, at least ${freeBytes} are needed`);
}

/** The fault for a write that failed while work was going on. */
export function writeFault(path: string, error: unknown): Fault {
  return new Fault('OUTPUT_FAILED', `writing ${path} failed: ${reasonOf(error)}`, { cause: error });
}
