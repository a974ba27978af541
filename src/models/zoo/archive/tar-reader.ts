import { fail } from '../../../core/index.js';

/** One member of a tar archive. */
export interface TarMember {
  /** As the archive says it; not checked, so never to be used as a path before {@link plainPath} has seen it. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  /** The bytes, once, before the next member is asked for; what is not read is skipped. */
  body(): AsyncGenerator<Uint8Array>;
}

const BLOCK = 512;
/** Longest extended header that is read, in bytes; real ones have some hundred. */
const EXTENSION_BYTES = 64 * 1024;

const corrupt = (what: string): never => fail('INPUT_CORRUPT', `not a sound tar archive: ${what}`);

/** Hands out exact numbers of bytes of a stream of chunks. */
class ByteReader {
  #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }
  /** The next bytes, at least one and at most `most`; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }
  /** Exactly `count` bytes; undefined when the stream is already at its end. */
  async exactly(count: number): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const piece = await this.some(count - filled);
      if (!piece) return filled === 0 ? undefined : corrupt('it ends in the middle of a block');
      out.set(piece, filled);
      filled += piece.length;
    }
    return out;
  }
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('utf8');
};

/** A number field: octal digits, or base 256 when the first bit is set. */
function number(field: Uint8Array, what: string): number {
  if (field[0]! & 0x80) {
    let value = BigInt(field[0]! & 0x7f);
    for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : corrupt(`${what} is beyond measure`);
  }
  const digits = text(field).trim();
  if (!/^[0-7]*$/.test(digits)) corrupt(`${what} is not a number`);
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function checkSum(block: Uint8Array): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]!;
  if (number(block.subarray(148, 156), 'a checksum') !== sum) corrupt('a header does not match its checksum');
}

const KINDS: Readonly<Record<string, TarMember['kind']>> = { '0': 'file', '': 'file', '7': 'file', '5': 'folder', '1': 'link', '2': 'link' };

interface Header {
  readonly type: string;
  readonly path: string;
  readonly bytes: number;
}

function parseHeader(block: Uint8Array): Header {
  checkSum(block);
  const name = text(block.subarray(0, 100));
  const prefix = text(block.subarray(257, 262)) === 'ustar' ? text(block.subarray(345, 500)) : '';
  return { type: text(block.subarray(156, 157)), path: prefix ? `${prefix}/${name}` : name, bytes: number(block.subarray(124, 136), 'a size') };
}

/** The `path` and `size` of a pax header: records of `length key=value\n`, the length counting itself. */
function parsePax(bytes: Uint8Array): { path?: string; bytes?: number } {
  const out: { path?: string; bytes?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const length = Number(Buffer.from(bytes.subarray(at, Math.max(at, space))).toString('latin1'));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length) corrupt('an extended header is broken');
    const record = Buffer.from(bytes.subarray(space + 1, at + length - 1)).toString('utf8');
    const [key, value] = [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)];
    if (key === 'path') out.path = value;
    if (key === 'size') out.bytes = /^\d{1,15}$/.test(value) ? Number(value) : corrupt('a size is not a number');
    at += length;
  }
  return out;
}

async function extension(reader: ByteReader, header: Header): Promise<Uint8Array> {
  if (header.bytes > EXTENSION_BYTES) corrupt('an extended header is too long');
  const padded = await reader.exactly(Math.ceil(header.bytes / BLOCK) * BLOCK);
  return (padded ?? corrupt('it ends in an extended header')).subarray(0, header.bytes);
}

async function* bodyOf(reader: ByteReader, left: { bytes: number }): AsyncGenerator<Uint8Array> {
  while (left.bytes > 0) {
    const piece = await reader.some(left.bytes);
    if (!piece) return corrupt('it ends in the middle of a file');
    left.bytes -= piece.length;
    yield piece;
  }
}

/**
 * Members of a tar stream (ustar, with the pax and GNU forms of long names), one after the other. Closes `chunks` when left early.
 * @throws Fault INPUT_CORRUPT for bytes that are no sound archive
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const reader = new ByteReader(chunks);
  const extended: { path?: string; bytes?: number } = {};
  try {
    for (;;) {
      const block = await reader.exactly(BLOCK);
      if (!block) return corrupt('it has no end mark');
      if (block.every((byte) => byte === 0)) return;
      const header = parseHeader(block);
      if (header.type === 'x') Object.assign(extended, parsePax(await extension(reader, header)));
      else if (header.type === 'L') extended.path = text(await extension(reader, header));
      else if (header.type === 'g' || header.type === 'K') await extension(reader, header);
      else {
        const { path, bytes } = { ...header, ...extended };
        delete extended.path;
        delete extended.bytes;
        const left = { bytes };
        yield { path, bytes, kind: KINDS[header.type] ?? 'other', body: () => bodyOf(reader, left) };
        for await (const _ of bodyOf(reader, left));
        const padding = (BLOCK - (bytes % BLOCK)) % BLOCK;
        if (padding > 0 && !(await reader.exactly(padding))) corrupt('it ends in the middle of a block');
      }
    }
  } finally {
    await reader.close();
  }
}

/** The parts of a relative path, or undefined for one that is absolute, climbs, or holds what a file system may read in another way. */
export function plainPath(path: string): readonly string[] | undefined {
  // eslint-disable-next-line no-control-regex
  if (path === '' || /[\\:\u0000-\u001f]/.test(path) || path.startsWith('/')) return undefined;
  const parts = path.split('/').filter((part, i, all) => part !== '.' && !(part === '' && i === all.length - 1));
  return parts.some((part) => part === '' || part === '..') ? undefined : parts;
}
