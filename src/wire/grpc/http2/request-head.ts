import { fail } from '../../../core/index.js';
import { toMetadata, type Metadata } from '../metadata.js';
import type { Header } from './hpack.js';

/** What the headers of a request say. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** By name in lower case; several of one name are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** The headers that are the caller's own. */
  readonly metadata: Metadata;
}

/** Headers that speak of a connection, which HTTP/2 has other ways for. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
const NAME = /^:?[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CONTROL = /[\0\r\n]/;

const malformed = (why: string): never => fail('INVALID_ARGUMENT', `the request is no HTTP/2: ${why}`);

/** Reads the headers of a request. @throws Fault INVALID_ARGUMENT when they are not what HTTP/2 allows */
export function readRequestHead(all: readonly Header[]): RequestHead {
  const headers = new Map<string, string>();
  let plain = false;
  for (const [name, value] of all) {
    if (!NAME.test(name) || CONTROL.test(value)) malformed(`"${name.slice(0, 40)}" is no header`);
    if (name[0] === ':') {
      if (plain || headers.has(name)) malformed(`${name} comes late, or twice`);
    } else plain = true;
    if (OF_CONNECTION.has(name)) malformed(`${name} has no place in it`);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const method = headers.get(':method') ?? malformed('it has no :method');
  const path = headers.get(':path') ?? malformed('it has no :path');
  return { method, path, headers, metadata: toMetadata(headers) };
}
