import { fail } from '../../core/index.js';

/** The start of a request as it came over HTTP/1.0 or 1.1. */
export interface RequestHead {
  readonly method: string;
  /** What the request line names, without what follows a question mark. */
  readonly path: string;
  /** By name in lower case; several of one name are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
  /** Whether the client reads chunks: HTTP/1.1. */
  readonly readsChunks: boolean;
  /** Bytes of the body; undefined when it comes in chunks. */
  readonly length: number | undefined;
  /** The client waits for a word before it sends the body. */
  readonly waits: boolean;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\0-\x20\x7f]+) HTTP\/1\.([01])$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TAB = 9;
const DELETE = 127;
/** Those that may come once: a second one would mean that somebody on the way reads another request than we do. */
const SINGLE: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host']);

const bad = (why: string): never => fail('INVALID_ARGUMENT', `the request is no HTTP/1.1: ${why}`);

/** Whether a value holds what could end its line, or what no header holds. */
function hasControl(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 32 && code !== TAB) || code === DELETE) return true;
  }
  return false;
}

function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (colon <= 0 || !NAME.test(name) || hasControl(value)) bad(`"${line.slice(0, 40)}" is no header`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (before !== undefined && SINGLE.has(key)) bad(`it has more than one ${key}`);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function bodyLength(headers: ReadonlyMap<string, string>, version: string): number | undefined {
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (length !== undefined) bad('it has both a content-length and a transfer-encoding');
    if (version === '0' || coding.toLowerCase() !== 'chunked') bad(`transfer-encoding ${coding} is not known`);
    return undefined;
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) bad(`content-length is "${length}"`);
  return Number(length ?? 0);
}

/**
 * Reads the head of a request: the text before its empty line.
 * @throws Fault INVALID_ARGUMENT saying what is no HTTP in it, or what two readers could understand in two ways
 */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split('\r\n');
  const [, method = '', target = '', version = ''] = REQUEST_LINE.exec(lines[0]!) ?? bad(`it starts with "${lines[0]!.slice(0, 40)}"`);
  const headers = readHeaders(lines);
  if (version === '1' && !headers.has('host')) bad('it has no host header');
  const connection = headers.get('connection')?.toLowerCase();
  const query = target.indexOf('?');
  return {
    method,
    path: query < 0 ? target : target.slice(0, query),
    headers,
    keepAlive: version === '1' ? !/(?:^|,)\s*close\s*(?:,|$)/.test(connection ?? '') : connection === 'keep-alive',
    readsChunks: version === '1',
    length: bodyLength(headers, version),
    waits: version === '1' && headers.get('expect')?.toLowerCase() === '100-continue',
  };
}
