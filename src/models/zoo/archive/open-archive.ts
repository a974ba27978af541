import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault, throwIfAborted, toFault } from '../../../core/index.js';
import { type TarMember, readTar } from './tar-reader.js';

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/**
 * Members of a tar file, gzipped or not, one after the other.
 * @throws Fault NOT_FOUND, INPUT_CORRUPT (no sound archive), CANCELLED
 */
export async function* openArchive(path: string, signal?: AbortSignal): AsyncGenerator<TarMember> {
  const readable = { ...(signal ? { signal } : {}), highWaterMark: 1 << 18 };
  try {
    const packed = await isGzip(path);
    const file = createReadStream(path, readable);
    // The callback is there because an error reaches the reader through the last stream anyway.
    yield* readTar(packed ? pipeline(file, createGunzip(), () => {}) : file);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Fault)
      throw new Fault(error.code, error.message.startsWith(path) ? error.message : `${path}: ${error.message}`, { cause: error });
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw toFault(error, missing ? 'NOT_FOUND' : 'INPUT_CORRUPT', `cannot read the archive ${path}: `);
  }
}
