import { fail } from '../../core/index.js';

/** A JSON object; a Map, so that no name of a member is special. */
export type JsonObject = ReadonlyMap<string, JsonValue>;
/** What {@link parseJson} gives: integers beyond 2^53, and all integers below a member `parameters`, are bigints. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

const MAX_DEPTH = 256;
const QUOTE = 34;
const BACKSLASH = 92;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['-NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['Inf', Infinity],
  ['-Inf', -Infinity],
];

/** Reads one JSON text; errors carry the texts of RapidJSON, which Triton's clients know. */
class JsonReader {
  #at = 0;
  #depth = 0;
  #bigintsOnly = false;

  constructor(readonly text: string) {}

  document(): JsonValue {
    this.#space();
    if (this.#at === this.text.length) this.#refuse('The document is empty.');
    const value = this.#value();
    this.#space();
    if (this.#at < this.text.length) this.#refuse('The document root must not be followed by other values.');
    return value;
  }

  #refuse(why: string, at = this.#at): never {
    const bytes = new TextEncoder().encode(this.text.slice(0, at)).byteLength;
    return fail('INTERNAL', `failed to parse the request JSON buffer: ${why} at ${bytes}`);
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #value(): JsonValue {
    const first = this.text[this.#at];
    if (first === '"') return this.#string();
    if (first === '[') return this.#nested(() => this.#array());
    if (first === '{') return this.#nested(() => this.#object());
    if (first !== undefined && first >= '0' && first <= '9') return this.#number();
    for (const [word, value] of WORDS)
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    return this.#number();
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) fail('INVALID_ARGUMENT', `JSON nesting depth exceeds maximum allowed limit (${MAX_DEPTH})`);
    this.#at++;
    this.#space();
    const value = read();
    this.#depth--;
    return value;
  }

  #array(): JsonValue[] {
    const elements: JsonValue[] = [];
    if (this.#take(']')) return elements;
    for (;;) {
      elements.push(this.#value());
      this.#space();
      if (this.#take(']')) return elements;
      if (!this.#take(',')) this.#refuse('Missing a comma or ] after an array element.');
      this.#space();
    }
  }

  #object(): JsonObject {
    const members = new Map<string, JsonValue>();
    if (this.#take('}')) return members;
    for (;;) {
      if (this.text[this.#at] !== '"') this.#refuse('Missing a name for object member.');
      const name = this.#string();
      this.#space();
      if (!this.#take(':')) this.#refuse('Missing a colon after a name of object member.');
      this.#space();
      members.set(name, this.#member(name));
      this.#space();
      if (this.#take('}')) return members;
      if (!this.#take(',')) this.#refuse('Missing a comma or } after an object member.');
      this.#space();
    }
  }

  /** Parameters keep the difference between 1 and 1.0, which is a parameter's type. */
  #member(name: string): JsonValue {
    const before = this.#bigintsOnly;
    this.#bigintsOnly ||= name === 'parameters';
    const value = this.#value();
    this.#bigintsOnly = before;
    return value;
  }

  #take(char: string): boolean {
    if (this.text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) return this.#refuse('Invalid value.');
    const [whole, fraction, exponent] = match;
    this.#at += whole.length;
    const next = this.text[this.#at];
    if (next === '.' && fraction === undefined && exponent === undefined) this.#refuse('Miss fraction part in number.', this.#at + 1);
    if ((next === 'e' || next === 'E') && exponent === undefined) this.#refuse('Miss exponent in number.', this.#at + 1);
    const value = Number(whole);
    if (!Number.isFinite(value)) this.#refuse('Number too big to be stored in double.', this.#at - whole.length);
    if (fraction !== undefined || exponent !== undefined) return value;
    return this.#bigintsOnly || !Number.isSafeInteger(value) ? BigInt(whole) : value;
  }

  #string(): string {
    const start = ++this.#at;
    let text = '';
    let from = start;
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code === QUOTE) {
        text += this.text.slice(from, this.#at++);
        return text;
      }
      if (code === BACKSLASH) {
        text += this.text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else if (code >= 32) this.#at++;
      else if (this.#at >= this.text.length) this.#refuse('Missing a closing quotation mark in string.', start - 1);
      else this.#refuse('Invalid encoding in string.');
    }
  }

  #escape(): string {
    const at = this.#at++;
    const char = this.text[this.#at++] ?? '';
    const plain = ESCAPES[char];
    if (plain !== undefined) return plain;
    if (char !== 'u') return this.#refuse('Invalid escape character in string.', at);
    const unit = this.#hex(at);
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || !this.text.startsWith('\\u', this.#at)) return this.#refuse('The surrogate pair in string is invalid.', at);
    this.#at += 2;
    const low = this.#hex(at);
    if (low < 0xdc00 || low > 0xdfff) this.#refuse('The surrogate pair in string is invalid.', at);
    return String.fromCharCode(unit, low);
  }

  #hex(at: number): number {
    const digits = this.text.slice(this.#at, this.#at + 4);
    if (!/^[\da-fA-F]{4}$/.test(digits)) this.#refuse('Incorrect hex digit after \\u escape in string.', at);
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text. @throws Fault INTERNAL, as Triton does for JSON that it cannot read, when they are no UTF-8 */
function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    return fail('INTERNAL', 'failed to parse the request JSON buffer: Invalid encoding in string. at 0', error);
  }
}

/**
 * Reads JSON as Triton does: with bare NaN, Inf and Infinity, and 64-bit integers in full.
 * @throws Fault INTERNAL with RapidJSON's text and the offset in bytes; INVALID_ARGUMENT when nested too deep
 */
export function parseJson(bytes: Uint8Array | string): JsonValue {
  return new JsonReader(typeof bytes === 'string' ? bytes : utf8(bytes)).document();
}

/** What {@link writeJson} takes; undefined members of an object are left out. */
export type JsonInput =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonInput[]
  | ReadonlyMap<string, JsonInput>
  | { readonly [name: string]: JsonInput | undefined };

/** Writes JSON as Triton does: bigints in full, NaN and Infinity bare. */
export function writeJson(value: JsonInput): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members =
    value instanceof Map ? [...(value as ReadonlyMap<string, JsonInput>)] : Object.entries(value as Record<string, JsonInput | undefined>);
  return `{${members.flatMap(([name, inner]) => (inner === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(inner)}`])).join(',')}}`;
}

/** A double that keeps its point, so that readers that tell 1 from 1.0 see a double. */
export function writeDouble(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Writes the parameters of a request or response: a bigint as an integer, a number as a double. */
export function writeParameters(parameters: ReadonlyMap<string, boolean | number | bigint | string>): string {
  const members = [...parameters].map(
    ([key, value]) => `${JSON.stringify(key)}:${typeof value === 'number' ? writeDouble(value) : writeJson(value)}`,
  );
  return `{${members.join(',')}}`;
}
