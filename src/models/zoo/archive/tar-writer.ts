import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fail, throwIfAborted, toFault } from '../../../core/index.js';

/** One file to pack: from memory or from disk. */
export interface TarInput {
  /** At most 100 bytes, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  readonly from: { readonly file: string } | { readonly data: Uint8Array };
}

const BLOCK = 512;

/** A ustar header of a plain file, readable by all, dated 1970 so that the same files make the same archive. @throws Fault INTERNAL for a long path */
export function tarHeader(path: string, bytes: number): Buffer {
  if (Buffer.byteLength(path) > 100) fail('INTERNAL', `"${path}" is too long for a plain tar header`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(path, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

async function* tarChunks(inputs: Iterable<TarInput>): AsyncGenerator<Uint8Array> {
  for (const { path, bytes, from } of inputs) {
    yield tarHeader(path, bytes);
    if ('data' in from) yield from.data;
    else yield* createReadStream(from.file) as AsyncIterable<Uint8Array>;
    yield Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Packs files into a gzipped tar at `target`, which must not exist. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED, RESOURCE_EXHAUSTED (disk full), CANCELLED */
export async function writeTar(target: string, inputs: Iterable<TarInput>, signal?: AbortSignal): Promise<void> {
  try {
    const options = signal ? { signal } : {};
    await pipeline(Readable.from(tarChunks(inputs)), createGzip({ level: 6 }), createWriteStream(target, { flags: 'wx' }), options);
  } catch (error) {
    throwIfAborted(signal);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') fail('ALREADY_EXISTS', `${target} exists already`, error);
    throw toFault(error, code === 'ENOSPC' || code === 'EDQUOT' ? 'RESOURCE_EXHAUSTED' : 'OUTPUT_FAILED', `cannot write ${target}: `);
  }
}
