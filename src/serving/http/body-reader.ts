import { Fault, fail } from '../../core/index.js';
import { joined } from '../../wire/index.js';

/** A body in the two parts that an inference has: what comes first, and what follows it in memory of its own. */
export interface Body {
  readonly head: Uint8Array;
  /** Empty where the body was read as one part. */
  readonly tail: Uint8Array;
}

/** Reads one body. */
export interface BodyReader {
  /** Takes what it can of `bytes` and answers how many. @throws Fault INVALID_ARGUMENT, PAYLOAD_TOO_LARGE */
  push(bytes: Uint8Array): number;
  /** Whether all of it has come. */
  readonly done: boolean;
  /** Once it is done. */
  body(): Body;
  /** What comes from now on is of no interest. */
  drop(): void;
}

const NOTHING = new Uint8Array(0);

/** The body of a request without one. */
export const NO_BODY: Body = Object.freeze({ head: NOTHING, tail: NOTHING });

/** Memory for a body is taken at once up to here; beyond, it grows with what has really come. */
const AT_ONCE_BYTES = 64 << 20;

/** The body as one array. */
export const wholeBody = ({ head, tail }: Body): Uint8Array => (tail.byteLength === 0 ? head : head.byteLength === 0 ? tail : joined([head, tail]));

/** Memory that is not filled first: what lies there is overwritten before anybody reads it. */
const taken = (bytes: number): Uint8Array => Buffer.allocUnsafeSlow(bytes);

/** A body whose length is known: each part is read into one array made for it, so that what is in it can be looked at where it lies. */
export class FixedBody implements BodyReader {
  readonly #parts: Uint8Array[] = [];
  readonly #sizes: readonly number[];
  #at = 0;
  #left: number;
  #dropped = false;

  /** @param headBytes where the second part begins */
  constructor(length: number, headBytes = length) {
    this.#left = length;
    this.#sizes = [Math.min(headBytes, length), length - Math.min(headBytes, length)];
  }

  get done(): boolean {
    return this.#left === 0;
  }

  push(bytes: Uint8Array): number {
    const size = Math.min(bytes.byteLength, this.#left);
    for (let from = 0; from < size && !this.#dropped;) from += this.#fill(bytes.subarray(from, size));
    this.#left -= size;
    return size;
  }

  #fill(bytes: Uint8Array): number {
    const index = this.#parts.length === 2 || (this.#parts.length === 1 && this.#at === this.#sizes[0]) ? 1 : 0;
    if (this.#parts.length === index) {
      this.#parts.push(taken(this.#sizes[index]!));
      this.#at = 0;
    }
    const size = Math.min(bytes.byteLength, this.#sizes[index]! - this.#at);
    // An empty first part is passed over.
    this.#parts[index]!.set(bytes.byteLength === size ? bytes : bytes.subarray(0, size), this.#at);
    this.#at += size;
    return size;
  }

  body(): Body {
    return { head: this.#parts[0] ?? NOTHING, tail: this.#parts[1] ?? NOTHING };
  }

  drop(): void {
    this.#dropped = true;
    this.#parts.length = 0;
  }
}

const MAX_LINE_BYTES = 4096;
const LF = 10;
const CR = 13;
const latin1 = new TextDecoder('latin1');

const bad = (why: string): never => fail('INVALID_ARGUMENT', `the request is no HTTP/1.1: ${why}`);

/** A body of unknown length: pieces, kept until it is whole. */
class Pieces {
  #pieces: Uint8Array[] = [];
  #size = 0;
  #dropped = false;

  constructor(readonly maxBytes: number) {}

  add(piece: Uint8Array): void {
    this.#size += piece.byteLength;
    if (this.#size > this.maxBytes) throw new Fault('PAYLOAD_TOO_LARGE', `the request body is larger than ${this.maxBytes} bytes`);
    if (!this.#dropped) this.#pieces.push(piece);
  }

  whole(): Uint8Array {
    return this.#pieces.length === 1 ? this.#pieces[0]! : joined(this.#pieces);
  }

  drop(): void {
    this.#dropped = true;
    this.#pieces = [];
  }
}

/** A body so long that memory for it is taken only as it comes. */
class LongBody implements BodyReader {
  readonly #pieces: Pieces;

  constructor(private left: number) {
    this.#pieces = new Pieces(left);
  }

  get done(): boolean {
    return this.left === 0;
  }

  push(bytes: Uint8Array): number {
    const piece = bytes.byteLength > this.left ? bytes.subarray(0, this.left) : bytes;
    this.left -= piece.byteLength;
    this.#pieces.add(piece);
    return piece.byteLength;
  }

  body(): Body {
    return { head: this.#pieces.whole(), tail: NOTHING };
  }

  drop(): void {
    this.#pieces.drop();
  }
}

/** A body in chunks. Sizes and trailers are short lines; what of one has come waits for the rest. */
export class ChunkedBody implements BodyReader {
  readonly #pieces: Pieces;
  #state: 'size' | 'data' | 'end' | 'trailers' | 'done' = 'size';
  #left = 0;
  #line = '';

  constructor(maxBytes: number) {
    this.#pieces = new Pieces(maxBytes);
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  push(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.byteLength && this.#state !== 'done') at += this.#state === 'data' ? this.#data(bytes.subarray(at)) : this.#text(bytes, at);
    return at;
  }

  body(): Body {
    return { head: this.#pieces.whole(), tail: NOTHING };
  }

  drop(): void {
    this.#pieces.drop();
  }

  #data(bytes: Uint8Array): number {
    const piece = bytes.byteLength > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.byteLength;
    this.#pieces.add(piece);
    if (this.#left === 0) this.#state = 'end';
    return piece.byteLength;
  }

  #text(bytes: Uint8Array, from: number): number {
    const found = bytes.indexOf(LF, from);
    const to = found < 0 ? bytes.byteLength : found;
    this.#line += latin1.decode(bytes.subarray(from, to));
    if (this.#line.length > MAX_LINE_BYTES) bad('a line between chunks is longer than 4 KiB');
    if (found < 0) return to - from;
    if (this.#line.charCodeAt(this.#line.length - 1) !== CR) bad('a line between chunks does not end with CR LF');
    const line = this.#line.slice(0, -1);
    this.#line = '';
    this.#take(line);
    return to + 1 - from;
  }

  #take(line: string): void {
    if (this.#state === 'size') {
      const [, digits = ''] = /^([\da-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? bad(`"${line.slice(0, 40)}" is no size of a chunk`);
      this.#left = Number.parseInt(digits, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#state === 'end') {
      if (line !== '') bad('a chunk is longer than it said');
      this.#state = 'size';
    } else if (line === '') this.#state = 'done';
  }
}

/**
 * What reads the body of a request.
 * @param length undefined when it comes in chunks
 * @param headBytes where the second part begins, if the request says that it has two
 * @throws Fault PAYLOAD_TOO_LARGE
 */
export function bodyReader(length: number | undefined, maxBytes: number, headBytes: number | undefined): BodyReader {
  if (length === undefined) return new ChunkedBody(maxBytes);
  if (length > maxBytes) throw new Fault('PAYLOAD_TOO_LARGE', `the request body is larger than ${maxBytes} bytes`);
  return length > AT_ONCE_BYTES ? new LongBody(length) : new FixedBody(length, headBytes);
}
