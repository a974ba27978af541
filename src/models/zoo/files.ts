import { createHash } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Fault, fail, toFault } from '../../core/index.js';
import type { Digest } from './digest.js';

/** Whether something is at `path`. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The fault of a disk that does not take a file. */
export function writeFault(path: string, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code;
  return toFault(error, code === 'ENOSPC' || code === 'EDQUOT' ? 'RESOURCE_EXHAUSTED' : 'OUTPUT_FAILED', `cannot write ${path}: `);
}

/** Creates a folder with those above it. @throws Fault OUTPUT_FAILED */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw writeFault(path, error);
  });
}

const asChunks = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
};

/**
 * Writes bytes to a new file at `path` (an older one goes), syncs it, and says what was written. The file is removed on failure.
 * @throws Fault OUTPUT_FAILED, RESOURCE_EXHAUSTED (disk full); INTEGRITY when more than `atMostBytes` come; what the source throws
 */
export async function saveBytes(
  path: string,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  atMostBytes = Number.POSITIVE_INFINITY,
): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'w').catch((error: unknown) => {
    throw writeFault(path, error);
  });
  try {
    for await (const chunk of source instanceof Uint8Array ? asChunks(source) : source) {
      bytes += chunk.length;
      if (bytes > atMostBytes) fail('INTEGRITY', `${path} would be longer than the ${atMostBytes} bytes that it should have`);
      hash.update(chunk);
      await file.appendFile(chunk).catch((error: unknown) => {
        throw writeFault(path, error);
      });
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return { sha256: hash.digest('hex'), bytes };
}

/** Puts a finished file in its place in one step, creating the folder. @throws Fault OUTPUT_FAILED */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await rename(from, to).catch((error: unknown) => {
    throw writeFault(to, error);
  });
}
