import { fail } from '../../../core/index.js';
import { decodeHuffman } from './huffman.js';

/** A header's name and value. */
export type Header = readonly [name: string, value: string];

/** RFC 7541, appendix A; the first has the index 1. */
const STATIC: readonly Header[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((status): Header => [':status', status]),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition content-encoding ' +
    'content-language content-length content-location content-range content-type cookie date etag expect expires from host if-match ' +
    'if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards proxy-authenticate ' +
    'proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary via ' +
    'www-authenticate'
  )
    .split(' ')
    .map((name): Header => [name, '']),
];

/** Bytes of the table of headers that a peer may have us remember: the protocol's own default. */
export const TABLE_BYTES = 4096;
const ENTRY_BYTES = 32;

const corrupt = (why: string): never => fail('INPUT_CORRUPT', `HPACK: ${why}`);
const sizeOf = ([name, value]: Header): number => name.length + value.length + ENTRY_BYTES;

/** Bytes of a block, read from the front. */
class Block {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  get left(): boolean {
    return this.at < this.bytes.byteLength;
  }

  /** The next byte, without taking it. */
  get first(): number {
    return this.bytes[this.at] ?? corrupt('a block ends too early');
  }

  /** An integer in the last `bits` bits of a byte and those that follow. */
  integer(bits: number): number {
    const most = (1 << bits) - 1;
    let value = this.first & most;
    this.at++;
    if (value < most) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.first;
      this.at++;
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    return corrupt('a number is too large');
  }

  text(): string {
    const packed = this.first >= 128;
    const length = this.integer(7);
    const end = this.at + length;
    if (end > this.bytes.byteLength) corrupt('a string runs past the end of its block');
    const text = packed ? decodeHuffman(this.bytes.subarray(this.at, end)) : this.bytes.toString('latin1', this.at, end);
    this.at = end;
    return text;
  }
}

/** Reads the header blocks of one connection, in their order. */
export class HpackDecoder {
  /** The newest last. */
  readonly #table: Header[] = [];
  #size = 0;
  #limit = TABLE_BYTES;
  /** Counts changes of the table: a block of the same bytes means the same while this stays. */
  #version = 0;

  /** What blocks mean at present: equal for as long as the table is the same. */
  get version(): number {
    return this.#version;
  }

  /** The headers of a block. @throws Fault INPUT_CORRUPT; the connection is of no more use then */
  decode(bytes: Buffer): Header[] {
    const block = new Block(bytes);
    const headers: Header[] = [];
    while (block.left) {
      const { first } = block;
      if (first >= 128) headers.push(this.#at(block.integer(7)));
      else if (first >= 64) {
        const header = this.#literal(block, 6);
        headers.push(header);
        this.#add(header);
      } else if (first >= 32) {
        if (headers.length > 0) corrupt('the size of the table changes inside a block');
        this.#resize(block.integer(5));
      } else headers.push(this.#literal(block, 4));
    }
    return headers;
  }

  #literal(block: Block, bits: number): Header {
    const index = block.integer(bits);
    const name = index === 0 ? block.text() : this.#at(index)[0];
    return [name, block.text()];
  }

  #at(index: number): Header {
    const header = index <= STATIC.length ? STATIC[index - 1] : this.#table[this.#table.length - (index - STATIC.length)];
    return header ?? corrupt(`there is no header ${index}`);
  }

  #add(header: Header): void {
    this.#version++;
    this.#size += sizeOf(header);
    this.#table.push(header);
    this.#evict();
  }

  #resize(limit: number): void {
    if (limit > TABLE_BYTES) corrupt(`a table of ${limit} bytes was not offered`);
    this.#version++;
    this.#limit = limit;
    this.#evict();
  }

  #evict(): void {
    let count = 0;
    while (this.#size > this.#limit) this.#size -= sizeOf(this.#table[count++]!);
    if (count > 0) this.#table.splice(0, count);
  }
}

function integer(into: number[], bits: number, pattern: number, value: number): void {
  const most = (1 << bits) - 1;
  if (value < most) {
    into.push(pattern | value);
    return;
  }
  into.push(pattern | most);
  let left = value - most;
  for (; left >= 128; left >>>= 7) into.push((left & 127) | 128);
  into.push(left);
}

function text(into: number[], value: string): void {
  const bytes = Buffer.from(value, 'latin1');
  integer(into, 7, 0, bytes.byteLength);
  for (const byte of bytes) into.push(byte);
}

/** A header block that can be sent at any time: it adds nothing to the peer's table, and relies on nothing in it. */
export function encodeHeaders(headers: Iterable<Header>): Buffer {
  const block: number[] = [];
  for (const [name, value] of headers) {
    const whole = STATIC.findIndex((known) => known[0] === name && known[1] === value);
    if (whole >= 0 && value !== '') {
      integer(block, 7, 128, whole + 1);
      continue;
    }
    const named = STATIC.findIndex((known) => known[0] === name);
    integer(block, 4, 0, named + 1);
    if (named < 0) text(block, name);
    text(block, value);
  }
  return Buffer.from(block);
}
