import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Fault, fail, throwIfAborted, toFault } from '../../core/index.js';

/** Checksum and size of bytes. */
export interface Digest {
  /** SHA-256 in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

async function hashFile(path: string, hash: Hash, signal: AbortSignal | undefined): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throwIfAborted(signal);
    const code = (error as NodeJS.ErrnoException).code;
    throw toFault(error, code === 'ENOENT' ? 'NOT_FOUND' : 'INPUT_CORRUPT', `cannot read ${path}: `);
  }
  return bytes;
}

/** Checksum and size of a file, read in pieces. @throws Fault NOT_FOUND, INPUT_CORRUPT (unreadable), CANCELLED */
export async function digestFile(path: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  const bytes = await hashFile(path, hash, signal);
  return { sha256: hash.digest('hex'), bytes };
}

/** Checksum and size of bytes in memory. */
export function digestBytes(bytes: Uint8Array): Digest {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

/** The fault for bytes that are not what they should be: names the file, both checksums, and where the bytes came from. */
export function mismatch(file: string, from: string, expected: string, got: string): Fault {
  return new Fault('INTEGRITY', `${file} from ${from} is not the file it should be: expected ${expected}, got ${got}`);
}

/** Hashes the file and returns what it found. @throws Fault INTEGRITY when the file is another than `expected` (SHA-256 in hex); `from` says where it came from */
export async function checkFile(path: string, expected: string, from: string, signal?: AbortSignal): Promise<Digest> {
  const digest = await digestFile(path, signal);
  if (digest.sha256 !== expected) throw mismatch(path, from, `sha256 ${expected}`, `sha256 ${digest.sha256} (${digest.bytes} bytes)`);
  return digest;
}

/** Checks a file against a subresource integrity such as `sha512-...`. @throws Fault INTEGRITY; CONFIG_INVALID for a text that is none */
export async function checkIntegrity(path: string, integrity: string, from: string, signal?: AbortSignal): Promise<void> {
  const parts = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)$/.exec(integrity);
  if (!parts) fail('CONFIG_INVALID', `"${integrity}" is no subresource integrity of one sha256, sha384 or sha512`);
  const hash = createHash(parts[1]!);
  const bytes = await hashFile(path, hash, signal);
  const got = hash.digest('base64');
  if (got !== parts[2]) throw mismatch(path, from, integrity, `${parts[1]}-${got} (${bytes} bytes)`);
}
