import { fail } from '../core/index.js';

/** Where a server is. */
export interface ServerAddress {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  /** Before the paths of the protocol; '' or `/prefix`. */
  readonly prefix: string;
}

/** Reads `host:port`, `http://host:port/prefix`, `https://...`, `grpc://...` or `grpcs://...`. @throws Fault INVALID_ARGUMENT */
export function serverAddress(url: string, defaultPort: number): ServerAddress {
  const wrong = (why: string): never => fail('INVALID_ARGUMENT', `"${url}" is no address of a server: ${why}; write host:port or http://host:port`);
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z+]*):\/\/)?(.*)$/is.exec(url) ?? [];
  const kind = scheme.toLowerCase();
  if (!['http', 'https', 'grpc', 'grpcs'].includes(kind)) wrong(`the scheme ${scheme} is not known`);
  const secure = kind === 'https' || kind === 'grpcs';
  const parsed = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : wrong('it cannot be read');
  if (parsed.hostname === '') wrong('it names no host');
  if (parsed.username !== '' || parsed.password !== '') wrong('user and password do not belong there, give a token');
  // A port of 80 is left out of a URL that is http.
  const port = parsed.port === '' ? (/:80(?:[/?#]|$)/.test(rest) ? 80 : secure ? 443 : defaultPort) : Number(parsed.port);
  const origin = `${secure ? 'https' : 'http'}://${parsed.hostname}:${port}`;
  return { secure, host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'), port, origin, prefix: parsed.pathname.replace(/\/+$/, '') };
}
