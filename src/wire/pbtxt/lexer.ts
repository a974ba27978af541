import { fail } from '../../core/index.js';

/** A piece of text-format protobuf; `at` is where it starts. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  /** As written; of a string with its quotes. */
  readonly text: string;
  readonly at: number;
  /** The bytes that a string stands for. */
  readonly bytes?: Uint8Array;
}

/** A text with the name under which errors speak of it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Fails with the file, line and column of `at`, both counted from 1. */
export function refuseAt({ name, text }: NamedText, at: number, why: string): never {
  const before = text.slice(0, at).split('\n');
  return fail('CONFIG_INVALID', `${name}:${before.length}:${[...before.at(-1)!].length + 1}: ${why}`);
}

const SPACE = /(?:\s|#[^\n]*)*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?/y;
const SIGNS = '{}<>[]:,;-';
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11, '\\': 92, "'": 39, '"': 34, '?': 63 };
const OCTAL = /[0-7]{1,3}/y;
const HEX = /[xX]([\da-fA-F]{1,2})/y;
const UNICODE = /u([\da-fA-F]{4})|U([\da-fA-F]{8})/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** The bytes of an escape sequence and its length, the backslash left out; undefined when there is no such sequence. */
function escapeAt(text: string, at: number): { readonly bytes: Uint8Array; readonly length: number } | undefined {
  const plain = ESCAPES[text[at] ?? ''];
  if (plain !== undefined) return { bytes: Uint8Array.of(plain), length: 1 };
  const octal = matchAt(OCTAL, text, at);
  if (octal) return Number.parseInt(octal[0], 8) < 256 ? { bytes: Uint8Array.of(Number.parseInt(octal[0], 8)), length: octal[0].length } : undefined;
  const hex = matchAt(HEX, text, at);
  if (hex) return { bytes: Uint8Array.of(Number.parseInt(hex[1]!, 16)), length: hex[0].length };
  const unicode = matchAt(UNICODE, text, at);
  const point = Number.parseInt(unicode?.[1] ?? unicode?.[2] ?? 'none', 16);
  if (unicode === null || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  return { bytes: new TextEncoder().encode(String.fromCodePoint(point)), length: unicode[0].length };
}

/** Splits a text into tokens, one at a time, with one token of look-ahead. */
export class Lexer {
  #next: Token;

  constructor(readonly source: NamedText) {
    this.#next = this.#scan(0);
  }

  /** The token that {@link take} will give. */
  get next(): Token {
    return this.#next;
  }

  /** Gives the next token and moves on. */
  take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#next = this.#scan(token.at + token.text.length);
    return token;
  }

  #scan(from: number): Token {
    const { text } = this.source;
    const at = from + matchAt(SPACE, text, from)![0].length;
    const first = text[at];
    if (first === undefined) return { kind: 'end', text: '', at };
    if (first === '"' || first === "'") return this.#string(at, first);
    if (SIGNS.includes(first)) return { kind: 'sign', text: first, at };
    const name = matchAt(NAME, text, at);
    if (name) return { kind: 'name', text: name[0], at };
    const number = matchAt(NUMBER, text, at);
    if (number === null) return refuseAt(this.source, at, `unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`);
    const end = at + number[0].length;
    if (matchAt(NAME, text, end)) refuseAt(this.source, end, `a space is missing between the number ${number[0]} and what follows`);
    return { kind: 'number', text: number[0], at };
  }

  #string(at: number, quote: string): Token {
    const { text } = this.source;
    const encoder = new TextEncoder();
    const bytes: number[] = [];
    let plainFrom = at + 1;
    let here = plainFrom;
    const flush = (): void => {
      for (const byte of encoder.encode(text.slice(plainFrom, here))) bytes.push(byte);
    };
    for (;;) {
      const char = text[here];
      if (char === undefined || char === '\n') return refuseAt(this.source, at, `the string has no closing ${quote} on its line`);
      if (char === quote) break;
      if (char !== '\\') {
        here++;
        continue;
      }
      flush();
      const escape = escapeAt(text, here + 1) ?? refuseAt(this.source, here, `the string has no such escape sequence: \\${text[here + 1] ?? ''}`);
      for (const byte of escape.bytes) bytes.push(byte);
      here += 1 + escape.length;
      plainFrom = here;
    }
    flush();
    return { kind: 'string', text: text.slice(at, here + 1), at, bytes: Uint8Array.from(bytes) };
  }
}
