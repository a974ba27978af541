import { fail } from '../../core/index.js';
import type { HttpHead } from './transport.js';

/** The start of an answer, and whether its connection may be used again. */
export interface ReadHead extends HttpHead {
  readonly keepAlive: boolean;
  /** Bytes of the body; undefined when it is chunked, or ends with the connection. */
  readonly length: number | undefined;
}

/** Told what an answer holds, as it comes. */
export interface ResponseParts {
  head(head: ReadHead): void;
  /** A piece of the body: a view of what was pushed. */
  data(piece: Uint8Array): void;
  end(): void;
}

const MAX_HEAD_BYTES = 65_536;
const CR = 13;
const LF = 10;

const bad = (why: string): never => fail('INPUT_CORRUPT', `the server's answer is no HTTP/1.1: ${why}`);
const latin1 = new TextDecoder('latin1');

function parseHead(text: string): { readonly version: string; readonly status: number; readonly headers: ReadonlyMap<string, string> } {
  const lines = text.split('\r\n');
  const [, version = '', status = ''] = /^HTTP\/(1\.[01]) (\d{3})(?: |$)/.exec(lines[0] ?? '') ?? bad(`it starts with "${lines[0]?.slice(0, 40)}"`);
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(':');
    if (colon <= 0) bad(`"${line.slice(0, 40)}" is no header`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { version, status: Number(status), headers };
}

function readHead(text: string): ReadHead & { readonly chunked: boolean } {
  const { version, status, headers } = parseHead(text);
  const chunked = headers.get('transfer-encoding')?.toLowerCase() === 'chunked';
  if (!chunked && headers.has('transfer-encoding')) bad(`transfer-encoding ${headers.get('transfer-encoding')} is not known`);
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) bad(`content-length is "${length}"`);
  const empty = status === 204 || status === 304;
  const connection = headers.get('connection')?.toLowerCase();
  const bounded = chunked || length !== undefined || empty;
  return {
    status,
    header: (name) => headers.get(name),
    chunked: chunked && !empty,
    length: chunked && !empty ? undefined : empty ? 0 : length === undefined ? undefined : Number(length),
    keepAlive: bounded && (version === '1.1' ? connection !== 'close' : connection === 'keep-alive'),
  };
}

/** Index of the empty line that ends a head, from `from` on; -1 when it has not come. */
function endOfHead(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at >= 0 && at + 3 < bytes.byteLength; at = bytes.indexOf(CR, at + 1))
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at;
  return -1;
}

function joinTwo(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second;
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}

type State = 'head' | 'fixed' | 'until-close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers';

/** Reads the answers of one connection, one after the other. Bytes go in as they come; parts come out. */
export class ResponseReader {
  #state: State = 'head';
  #rest: Uint8Array = new Uint8Array(0);
  #left = 0;

  constructor(readonly parts: ResponseParts) {}

  /** Whether an answer has begun and not ended. */
  get midway(): boolean {
    return this.#state !== 'head' || this.#rest.byteLength > 0;
  }

  /** Takes bytes. @throws Fault INPUT_CORRUPT when they are no HTTP/1.1; the reader is of no more use then */
  push(chunk: Uint8Array): void {
    let bytes = joinTwo(this.#rest, chunk);
    this.#rest = bytes.subarray(bytes.byteLength);
    while (bytes.byteLength > 0) {
      const used = this.#step(bytes);
      if (used === 0) {
        this.#rest = bytes;
        return;
      }
      bytes = bytes.subarray(used);
    }
  }

  /** The connection has ended. @throws Fault UNAVAILABLE in the middle of an answer, unless this is how it ends */
  finish(): void {
    if (this.#state === 'until-close') this.#end();
    else if (this.midway) fail('UNAVAILABLE', 'the connection ended in the middle of the answer');
  }

  /** Takes what it can of `bytes` and answers how many; 0 wants more. */
  #step(bytes: Uint8Array): number {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes);
      case 'fixed':
      case 'chunk-data':
        return this.#data(bytes);
      case 'until-close':
        this.parts.data(bytes);
        return bytes.byteLength;
      case 'chunk-size':
        return this.#line(bytes, (line) => this.#chunkSize(line));
      case 'chunk-end':
        return this.#line(bytes, (line) => {
          if (line !== '') bad('a chunk is longer than it said');
          this.#state = 'chunk-size';
        });
      case 'trailers':
        return this.#line(bytes, (line) => {
          if (line === '') this.#end();
        });
    }
  }

  #head(bytes: Uint8Array): number {
    const end = endOfHead(bytes, 0);
    if (end < 0) return bytes.byteLength > MAX_HEAD_BYTES ? bad('its head is longer than 64 KiB') : 0;
    const head = readHead(latin1.decode(bytes.subarray(0, end)));
    if (head.status >= 200) this.#begin(head);
    return end + 4;
  }

  #begin(head: ReadHead & { readonly chunked: boolean }): void {
    this.#left = head.length ?? 0;
    this.#state = head.chunked ? 'chunk-size' : head.length === undefined ? 'until-close' : 'fixed';
    this.parts.head(head);
    if (this.#state === 'fixed' && this.#left === 0) this.#end();
  }

  #data(bytes: Uint8Array): number {
    const piece = bytes.byteLength > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.byteLength;
    this.parts.data(piece);
    if (this.#left === 0) {
      if (this.#state === 'fixed') this.#end();
      else this.#state = 'chunk-end';
    }
    return piece.byteLength;
  }

  #line(bytes: Uint8Array, take: (line: string) => void): number {
    const end = bytes.indexOf(LF);
    if (end < 0) return bytes.byteLength > MAX_HEAD_BYTES ? bad('a line is longer than 64 KiB') : 0;
    if (bytes[end - 1] !== CR) bad('a line does not end with CR LF');
    take(latin1.decode(bytes.subarray(0, end - 1)));
    return end + 1;
  }

  #chunkSize(line: string): void {
    const [, digits = ''] = /^([\da-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? bad(`"${line.slice(0, 40)}" is no size of a chunk`);
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data';
  }

  #end(): void {
    this.#state = 'head';
    this.parts.end();
  }
}
